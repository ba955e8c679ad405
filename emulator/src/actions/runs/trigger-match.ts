// Whether an event, as its webhook payload tells it, starts a workflow with these triggers. Pure.
import { isJsonObject, type JsonObject } from "../../world/json.ts";
import type { EventFilter, Triggers } from "../workflow/model.ts";
import { matchesPatterns } from "./filter-pattern.ts";

export interface Occurrence {
  readonly name: string;
  readonly action: string | null;
  readonly payload: JsonObject;
  /** Full ref, for push. */
  readonly ref: string | null;
  /** Branch that a pull request goes to. */
  readonly baseBranch: string | null;
  /** Asked only when a workflow filters by path. */
  readonly changedPaths: () => Promise<readonly string[]>;
}

const PULL_REQUEST_TYPES = ["opened", "synchronize", "reopened"];

/** Activity types that start a workflow which names none; every type for events that are not here. */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: PULL_REQUEST_TYPES,
  pull_request_target: PULL_REQUEST_TYPES,
};

const PULL_EVENTS = new Set(["pull_request", "pull_request_target"]);

export async function isTriggeredBy(triggers: Triggers, occurrence: Occurrence): Promise<boolean> {
  const filter = triggers.events.get(occurrence.name);
  if (filter === undefined || !typeMatches(filter, occurrence)) return false;
  if (occurrence.name === "push") return pushMatches(filter, occurrence);
  if (PULL_EVENTS.has(occurrence.name)) {
    return branchMatches(filter, occurrence.baseBranch) && (await pathsMatch(filter, occurrence));
  }
  if (occurrence.name === "workflow_run") return workflowRunMatches(filter, occurrence.payload);
  return true;
}

function typeMatches(filter: EventFilter, { name, action }: Occurrence): boolean {
  const types = filter.types ?? DEFAULT_TYPES[name] ?? null;
  if (types === null || action === null) return true;
  return types.includes(action);
}

async function pushMatches(filter: EventFilter, occurrence: Occurrence): Promise<boolean> {
  const { ref } = occurrence;
  if (ref === null) return false;
  const namesBranches = filter.branches !== null || filter.branchesIgnore !== null;
  const namesTags = filter.tags !== null || filter.tagsIgnore !== null;
  if (ref.startsWith("refs/tags/")) {
    if (namesBranches && !namesTags) return false;
    // Path filters are not looked at for tags.
    return nameMatches(filter.tags, filter.tagsIgnore, ref.slice("refs/tags/".length));
  }
  if (!ref.startsWith("refs/heads/") || (namesTags && !namesBranches)) return false;
  return branchMatches(filter, ref.slice("refs/heads/".length)) && (await pathsMatch(filter, occurrence));
}

function branchMatches(filter: EventFilter, branch: string | null): boolean {
  return branch === null || nameMatches(filter.branches, filter.branchesIgnore, branch);
}

function nameMatches(only: readonly string[] | null, except: readonly string[] | null, name: string): boolean {
  if (only !== null) return matchesPatterns(only, name);
  return except === null || !matchesPatterns(except, name);
}

async function pathsMatch(filter: EventFilter, occurrence: Occurrence): Promise<boolean> {
  const { paths, pathsIgnore } = filter;
  if (paths === null && pathsIgnore === null) return true;
  const changed = await occurrence.changedPaths();
  if (paths !== null) return changed.some((path) => matchesPatterns(paths, path));
  return pathsIgnore === null || changed.some((path) => !matchesPatterns(pathsIgnore, path));
}

function workflowRunMatches(filter: EventFilter, payload: JsonObject): boolean {
  const run = payload["workflow_run"];
  if (!isJsonObject(run)) return false;
  const name = run["name"];
  const branch = run["head_branch"];
  if (filter.workflows === null || typeof name !== "string" || !matchesPatterns(filter.workflows, name)) return false;
  return branchMatches(filter, typeof branch === "string" ? branch : null);
}
