// The process's environment, turned into settings or into one clear sentence per mistake. Reads no environment itself.

import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { type AllowedWorkflow, parseAllowedWorkflows } from "./runner-workflows.ts";

/** Shorter secrets can be guessed offline from one captured delivery. */
const SECRET_CHARS_MIN = 32;
/** What Probot, tutorials and templates ship: everybody knows them. */
const KNOWN_SECRETS = ["development", "secret", "changeme", "your-webhook-secret"];

const OWN_WORKFLOWS =
  "{repository}/.github/workflows/work.yml@{default_branch} {repository}/.github/workflows/publish.yml@{default_branch}";

/** One row per variable, so that `.env.example`, the documentation and the parser cannot differ. */
export const VARIABLES = {
  APP_ID: { what: "numeric id of your GitHub App", required: true },
  PRIVATE_KEY: {
    what: "private key of your GitHub App: the PEM text, its base64 form, or the path of the .pem file",
    required: true,
  },
  WEBHOOK_SECRET: {
    what: "webhook secret of your GitHub App, at least 32 characters (`openssl rand -hex 32`)",
    required: true,
  },
  WEBHOOK_SECRET_PREVIOUS: {
    what: "the secret before the current one, accepted as well while you rotate",
    required: false,
  },
  HOST: { what: "address to listen on; 0.0.0.0 in a container", required: false },
  PORT: { what: "port to listen on", required: false },
  GHE_HOST: { what: "host of your GitHub Enterprise Server, without protocol", required: false },
  GHE_PROTOCOL: { what: "http or https, for GHE_HOST", required: false },
  OIDC_ISSUER: { what: "issuer of the tokens that workflow runs show", required: false },
  RUNNER_WORKFLOWS: {
    what: "workflows that may ask for work: `owner/repo/path@ref` or `owner/repo/path@sha`, separated by spaces",
    required: false,
  },
  SWEEP_MINUTES: { what: "minutes between two looks at everything that is open", required: false },
  PACING: {
    what: "off only against an emulator: GitHub blocks apps that write faster than once a second",
    required: false,
  },
  LOG_LEVEL: { what: "debug, info, warn, error or silent", required: false },
  DATABASE_URL: {
    what: "PostgreSQL that several instances share; without it one process works alone and needs no database",
    required: false,
  },
  WEBHOOK_PROXY_URL: { what: "smee.io channel that brings webhooks to a development machine", required: false },
} as const satisfies Record<string, { readonly what: string; readonly required: boolean }>;

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
    )
    .transform((text) => text.replace(/\/+$/, ""));

const secret = z
  .string()
  .refine((text) => !KNOWN_SECRETS.includes(text.toLowerCase()), {
    error:
      "is a well-known default that anybody can sign with: set it to a random text, for example from `openssl rand -hex 32`",
    abort: true,
  })
  .min(
    SECRET_CHARS_MIN,
    `is too short: set it to at least ${SECRET_CHARS_MIN} random characters, for example from \`openssl rand -hex 32\``,
  );

const schema = z.object({
  APP_ID: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "must be the numeric App ID (not the client ID that starts with Iv)")
    .transform(Number),
  WEBHOOK_SECRET: secret,
  WEBHOOK_SECRET_PREVIOUS: secret.optional(),
  HOST: z.string().default("localhost"),
  PORT: integer(0, 65_535).default(3000),
  GHE_HOST: z
    .string()
    .regex(/^[\w.-]+(:\d+)?$/, "must be a host name without protocol and path, for example github.example.com")
    .optional(),
  GHE_PROTOCOL: z.enum(["http", "https"], "must be http or https").default("https"),
  OIDC_ISSUER: url(["https:", "http:"]).default("https://token.actions.githubusercontent.com"),
  RUNNER_WORKFLOWS: z
    .string()
    .default(OWN_WORKFLOWS)
    .transform((text, context): readonly AllowedWorkflow[] => {
      const parsed = parseAllowedWorkflows(text);
      if ("workflows" in parsed) return parsed.workflows;
      context.addIssue({ code: "custom", message: parsed.problem });
      return z.NEVER;
    }),
  SWEEP_MINUTES: integer(1, 1_440).default(5),
  PACING: z.enum(["on", "off"], "must be on or off").default("on"),
  LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], "must be debug, info, warn, error or silent")
    .default("info"),
  DATABASE_URL: url(["postgresql:", "postgres:"]).optional(),
  WEBHOOK_PROXY_URL: url(["https:", "http:"]).optional(),
});

export interface Settings {
  readonly appId: number;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** The current one first. */
  readonly webhookSecrets: readonly [string, ...string[]];
  readonly host: string;
  readonly port: number;
  /** Where REST lives, without a slash at the end. */
  readonly apiUrl: string;
  readonly oidcIssuer: string;
  readonly runnerWorkflows: readonly AllowedWorkflow[];
  readonly sweepMinutes: number;
  /** Writes are spaced as GitHub asks. */
  readonly isPaced: boolean;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Null: the queue is in memory. */
  readonly databaseUrl: string | null;
  readonly webhookProxyUrl: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the environment.
 *
 * @param environment the process's variables; an empty value counts as missing
 * @param readFile reads a text file, for a PRIVATE_KEY that is a path; null when it cannot be read
 * @returns the settings, or one sentence per mistake that names the variable and what to set; never a value of one
 */
export function readSettings(
  environment: Environment,
  readFile: (path: string) => string | null,
): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || value.trim() === "" ? [] : [[name, value.trim()]],
    ),
  );
  const missing = Object.entries(VARIABLES)
    .filter(([name, variable]) => variable.required && given[name] === undefined)
    .map(([name, variable]) => `${name} is missing: set it to the ${variable.what}.`);
  const key = given["PRIVATE_KEY"] === undefined ? null : readKey(given["PRIVATE_KEY"], readFile);
  const parsed = schema.safeParse(given);
  const wrong = parsed.success
    ? []
    : parsed.error.issues
        .filter((issue) => given[String(issue.path[0])] !== undefined)
        .map((issue) => `${String(issue.path[0])} ${issue.message}.`);
  const keyProblem = key !== null && "problem" in key ? [key.problem] : [];
  const problems = [...missing, ...wrong, ...keyProblem];
  if (!parsed.success || key === null || "problem" in key || problems.length > 0) return { problems };
  return { settings: settingsFrom(parsed.data, key.pem) };
}

function settingsFrom(values: z.infer<typeof schema>, privateKey: string): Settings {
  const previous = values.WEBHOOK_SECRET_PREVIOUS;
  return {
    appId: values.APP_ID,
    privateKey,
    webhookSecrets: [values.WEBHOOK_SECRET, ...(previous === undefined ? [] : [previous])],
    host: values.HOST,
    port: values.PORT,
    apiUrl:
      values.GHE_HOST === undefined ? "https://api.github.com" : `${values.GHE_PROTOCOL}://${values.GHE_HOST}/api/v3`,
    oidcIssuer: values.OIDC_ISSUER,
    runnerWorkflows: values.RUNNER_WORKFLOWS,
    sweepMinutes: values.SWEEP_MINUTES,
    isPaced: values.PACING === "on",
    logLevel: values.LOG_LEVEL,
    databaseUrl: values.DATABASE_URL ?? null,
    webhookProxyUrl: values.WEBHOOK_PROXY_URL ?? null,
  };
}

/** PEM text (also with `\n` written out), its base64 form, or a path. */
function readKey(
  value: string,
  readFile: (path: string) => string | null,
): { readonly pem: string } | { readonly problem: string } {
  const problem = `PRIVATE_KEY is not an RSA key: set it to the ${VARIABLES.PRIVATE_KEY.what}.`;
  const text = pemIn(value) ?? pemIn(Buffer.from(value, "base64").toString("latin1")) ?? pemIn(readFile(value) ?? "");
  if (text === null) return { problem };
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType !== "rsa") return { problem };
    return { pem: key.export({ type: "pkcs8", format: "pem" }).toString() };
  } catch {
    return { problem };
  }
}

function pemIn(text: string): string | null {
  return text.includes("-----BEGIN") ? text.replaceAll("\\n", "\n") : null;
}
