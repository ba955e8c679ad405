// Keys that mean the same in a workflow and in a job: permissions, concurrency, defaults.
import { AVAILABILITY, type Availability } from "./availability.ts";
import type { YamlTree } from "./located-yaml.ts";
import { type Access, type Concurrency, type Permissions, type RunDefaults, TOKEN_SCOPES } from "./model.ts";
import { type Report, readBooleanTemplate, readChoice, readKnown, readTemplate, readText } from "./reader.ts";

export const NO_DEFAULTS: RunDefaults = { shell: null, workingDirectory: null };

export function readPermissions(tree: YamlTree, report: Report): Permissions {
  if (tree.kind === "scalar") {
    const all = readText(tree, report);
    if (all === "read-all" || all === "write-all") return everyScope(all === "read-all" ? "read" : "write");
    report(tree.place, `Unexpected value '${all}'`);
    return {};
  }
  const permissions: Partial<Record<(typeof TOKEN_SCOPES)[number], Access>> = {};
  for (const [key, value] of readKnown(tree, TOKEN_SCOPES, report)) {
    const scope = TOKEN_SCOPES.find((known) => known === key);
    if (scope === undefined) continue;
    const allowed: readonly Access[] = scope === "id-token" ? ["write", "none"] : ["read", "write", "none"];
    permissions[scope] = readChoice(value, allowed, "none", report);
  }
  return permissions;
}

export function readConcurrency(tree: YamlTree, where: Availability, report: Report): Concurrency {
  if (tree.kind === "scalar") {
    return { group: readTemplate(tree, where, report), cancelInProgress: false, queue: "single" };
  }
  const entries = readKnown(tree, ["group", "cancel-in-progress", "queue"], report);
  const group = entries.get("group");
  if (group === undefined) report(tree.place, "Required property is missing: group");
  const cancel = entries.get("cancel-in-progress");
  const queue = entries.get("queue");
  return {
    group: group === undefined ? "" : readTemplate(group, where, report),
    cancelInProgress: cancel === undefined ? false : readBooleanTemplate(cancel, where, report),
    queue: queue === undefined ? "single" : readChoice(queue, ["single", "max"], "single", report),
  };
}

export function readDefaults(tree: YamlTree, report: Report): RunDefaults {
  const run = readKnown(tree, ["run"], report).get("run");
  if (run === undefined) return NO_DEFAULTS;
  const entries = readKnown(run, ["shell", "working-directory"], report);
  const text = (key: string) => {
    const value = entries.get(key);
    return value === undefined ? null : readTemplate(value, AVAILABILITY.jobDefaults, report);
  };
  return { shell: text("shell"), workingDirectory: text("working-directory") };
}

function everyScope(access: Access): Permissions {
  // id-token has no read level; read-all leaves it out.
  const scopes = TOKEN_SCOPES.filter((scope) => access === "write" || scope !== "id-token");
  return Object.fromEntries(scopes.map((scope) => [scope, access]));
}
