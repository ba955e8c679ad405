// `.github/signalbox.yml`: one schema yields the parser, the defaults and the published JSON Schema. Every key is optional.

import { z } from "zod";
import { phasesOf } from "./phases.ts";

const dollars = z
  .number()
  .nonnegative()
  .max(100_000)
  .transform((usd) => Math.round(usd * 1_000_000));
const limit = (standard: number) => z.int().min(1).max(200).default(standard);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,49}$/, "use lowercase letters, digits and dashes");
const command = z.string().min(1).max(1_000);
const glob = z.string().min(1).max(500);

export const RESULT_KINDS = ["change", "verdict", "tasks", "report"] as const;

/** Tools of the sandbox; a role has them all unless it names some. */
export const SANDBOX_TOOLS = ["bash", "read", "write", "edit", "grep", "glob"] as const;

const roleOverride = z.strictObject({
  kind: z.enum(RESULT_KINDS).optional(),
  prompt: z.string().max(300).optional(),
  tools: z.array(z.enum(SANDBOX_TOOLS)).min(1).max(SANDBOX_TOOLS.length).optional(),
  model: z.enum(["base", "heavy"]).optional(),
  turns: z.int().min(1).max(500).optional(),
  when: z.enum(["checks-green", "always", "never"]).optional(),
});

const CHECKS_NONE = "none";

const configFields = {
  _extends: z.string().max(200).optional(),
  /** Prefix of state labels. */
  prefix: name.default("task"),
  runner: z
    .strictObject({
      repository: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/)
        .nullable()
        .default(null),
      workflow: z
        .string()
        .regex(/^[\w.-]+\.ya?ml$/)
        .default("signalbox.yml"),
      "timeout-minutes": z.int().min(1).max(360).default(60),
      sandbox: z.enum(["required", "none"]).default("required"),
    })
    .prefault({}),
  setup: z.array(command).max(20).default([]),
  checks: z
    .union([
      z.literal(CHECKS_NONE),
      z
        .array(
          z.strictObject({
            name: z.string().min(1).max(100),
            run: command,
            /** An end-to-end check is left out between two rounds of a run with `--skip-e2e`; its evidence never is. */
            kind: z.enum(["test", "e2e"]).default("test"),
          }),
        )
        .max(20),
    ])
    .default([]),
  phases: z
    .string()
    .max(300)
    .refine((text) => phasesOf(text) !== null, "no such preset or list of phases")
    .default("plan-build-test-review"),
  /** Another program in the place of the agent: it reads its task on standard input and works in the sandbox. */
  agent: z
    .strictObject({
      command,
      /** `host` is the machine's whole network: most programs must reach their model. */
      network: z.enum(["none", "host"]).default("none"),
      /** Variables of the work step that it may read. Whatever it can read, the code that it runs can read. */
      env: z
        .array(z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/))
        .max(20)
        .default([]),
    })
    .nullable()
    .default(null),
  plan: z.enum(["show", "approve"]).default("show"),
  assignee: z.enum(["requester", "none"]).default("requester"),
  limits: z
    .strictObject({
      claimed: limit(3),
      review: limit(10),
      queued: limit(20),
      attempts: limit(3),
      rejections: limit(3),
      suspensions: limit(3),
      "check-failures": limit(2),
      "merge-updates": limit(2),
    })
    .prefault({}),
  budget: z.strictObject({ task: dollars.prefault(5), day: dollars.prefault(50) }).prefault({}),
  models: z
    .strictObject({
      base: z.string().min(1).max(100).default("claude-sonnet-5-5"),
      heavy: z.string().min(1).max(100).default("claude-opus-5-5"),
    })
    .prefault({}),
  roles: z.record(name, roleOverride).default({}),
  merge: z
    .strictObject({
      method: z.enum(["merge", "squash", "rebase"]).default("squash"),
      accept_on: z.enum(["command", "approval"]).default("command"),
      ci: z.enum(["run", "ask"]).optional(),
      /** Whether a task whose phases end with `ship` is merged once its gate is green, without anybody accepting it. */
      ship: z.boolean().default(false),
    })
    .prefault({}),
  paths: z
    .strictObject({
      protected: z.array(glob).max(100).default([".github/**"]),
      overlap: z.enum(["serialise", "warn", "ignore"]).default("serialise"),
    })
    .prefault({}),
  schedules: z
    .array(z.strictObject({ role: name, every: z.enum(["daily", "weekly", "monthly"]), prompt: z.string().max(300) }))
    .max(20)
    .default([]),
  bots: z.array(z.int().positive()).max(50).default([]),
};

export const configSchema = z.strictObject(configFields);
export type RepositoryConfig = Readonly<z.infer<typeof configSchema>>;

/** What holds when a repository has no file. */
export const DEFAULT_CONFIG: RepositoryConfig = configSchema.parse({});

/** Roles that exist without any config. */
export const BUILT_IN_ROLES = {
  implement: "change",
  fix: "change",
  test: "change",
  document: "change",
  gatekeeper: "verdict",
  review: "verdict",
  breakdown: "tasks",
  research: "report",
} as const satisfies Record<string, (typeof RESULT_KINDS)[number]>;

/** @returns names of every role that a task may ask for, sorted */
export function knownRoles(config: RepositoryConfig): readonly string[] {
  return [...new Set([...Object.keys(BUILT_IN_ROLES), ...Object.keys(config.roles)])].sort();
}

/** The name of the one file that configures a repository. */
export const CONFIG_PATH = ".github/signalbox.yml";

/**
 * Validates a parsed file.
 *
 * @param value what YAML made of it; null and undefined (an empty file) are the defaults
 * @returns the config, or one sentence per mistake, each with the key it is about
 */
export function parseConfig(
  value: unknown,
): { readonly config: RepositoryConfig } | { readonly problems: readonly string[] } {
  const result = configSchema.safeParse(value ?? {});
  if (result.success) return { config: result.data };
  return {
    problems: result.error.issues.map((issue) => `\`${issue.path.join(".") || "the file"}\`: ${issue.message}`),
  };
}

/** @returns the JSON Schema that editors use, made from the same source as the parser */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
}
