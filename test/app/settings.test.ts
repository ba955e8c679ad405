// The environment: what it takes to start, and what a person is told who gets it wrong.

import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSettings, VARIABLES } from "../../src/app/settings.ts";
import { ENVIRONMENT, PRIVATE_KEY_PEM, SECRET } from "./app-under-test.ts";

const noFile = () => null;

function settingsWith(environment: Readonly<Record<string, string | undefined>>) {
  const read = readSettings({ ...ENVIRONMENT, ...environment }, noFile);
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.settings;
}

function problemsWith(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const read = readSettings({ ...ENVIRONMENT, ...environment }, noFile);
  return "problems" in read ? read.problems : [];
}

describe("what starts", () => {
  it("three variables are enough", () => {
    const { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET } = ENVIRONMENT;
    const read = readSettings({ APP_ID, PRIVATE_KEY, WEBHOOK_SECRET }, noFile);
    expect(read).toMatchObject({
      settings: {
        appId: 77,
        webhookSecrets: [SECRET],
        host: "localhost",
        port: 3000,
        apiUrl: "https://api.github.com",
        oidcIssuer: "https://token.actions.githubusercontent.com",
        sweepMinutes: 5,
        isPaced: true,
        logLevel: "info",
        webhookProxyUrl: null,
      },
    });
  });

  it.each([
    ["PEM", PRIVATE_KEY_PEM],
    ["PEM with line breaks written out", PRIVATE_KEY_PEM.replaceAll("\n", "\\n")],
    ["base64 of the PEM", Buffer.from(PRIVATE_KEY_PEM).toString("base64")],
  ])("a key as %s", (_form, PRIVATE_KEY) => {
    expect(settingsWith({ PRIVATE_KEY }).privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it("a key as the path of its file", () => {
    const read = readSettings({ ...ENVIRONMENT, PRIVATE_KEY: "/run/secrets/key.pem" }, (path) =>
      path === "/run/secrets/key.pem" ? PRIVATE_KEY_PEM : null,
    );
    expect("settings" in read).toBe(true);
  });

  it("GitHub Enterprise Server, as Probot has it", () => {
    expect(settingsWith({ GHE_HOST: "github.example.com" }).apiUrl).toBe("https://github.example.com/api/v3");
    expect(settingsWith({ GHE_HOST: "127.0.0.1:4000", GHE_PROTOCOL: "http" }).apiUrl).toBe(
      "http://127.0.0.1:4000/api/v3",
    );
  });

  it("an empty variable is one that is not set", () => {
    expect(settingsWith({ GHE_HOST: "", WEBHOOK_SECRET_PREVIOUS: " ", PORT: "" })).toMatchObject({
      apiUrl: "https://api.github.com",
      webhookSecrets: [SECRET],
      port: 3000,
    });
  });
});

describe("what does not start, and what a person is told", () => {
  const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  it.each<[why: string, environment: Readonly<Record<string, string | undefined>>, problem: string]>([
    [
      "no secret",
      { WEBHOOK_SECRET: undefined },
      "WEBHOOK_SECRET is missing: set it to the webhook secret of your GitHub App, at least 32 characters (`openssl rand -hex 32`).",
    ],
    [
      "an empty secret",
      { WEBHOOK_SECRET: "" },
      "WEBHOOK_SECRET is missing: set it to the webhook secret of your GitHub App, at least 32 characters (`openssl rand -hex 32`).",
    ],
    [
      "Probot's own secret",
      { WEBHOOK_SECRET: "development" },
      "WEBHOOK_SECRET is a well-known default that anybody can sign with: set it to a random text, for example from `openssl rand -hex 32`.",
    ],
    [
      "a short secret",
      { WEBHOOK_SECRET: "x".repeat(31) },
      "WEBHOOK_SECRET is too short: set it to at least 32 random characters, for example from `openssl rand -hex 32`.",
    ],
    [
      "a short previous secret",
      { WEBHOOK_SECRET_PREVIOUS: "short" },
      "WEBHOOK_SECRET_PREVIOUS is too short: set it to at least 32 random characters, for example from `openssl rand -hex 32`.",
    ],
    ["no App", { APP_ID: undefined }, "APP_ID is missing: set it to the numeric id of your GitHub App."],
    [
      "a client id for the App",
      { APP_ID: "Iv1.0123" },
      "APP_ID must be the numeric App ID (not the client ID that starts with Iv).",
    ],
    [
      "no key",
      { PRIVATE_KEY: undefined },
      "PRIVATE_KEY is missing: set it to the private key of your GitHub App: the PEM text, its base64 form, or the path of the .pem file.",
    ],
    [
      "a file that is not there",
      { PRIVATE_KEY: "/nowhere.pem" },
      "PRIVATE_KEY is not an RSA key: set it to the private key of your GitHub App: the PEM text, its base64 form, or the path of the .pem file.",
    ],
    [
      "a key of another kind",
      { PRIVATE_KEY: key },
      "PRIVATE_KEY is not an RSA key: set it to the private key of your GitHub App: the PEM text, its base64 form, or the path of the .pem file.",
    ],
    ["a port that is none", { PORT: "99999" }, "PORT must be a whole number from 0 to 65535."],
    [
      "a host with a path",
      { GHE_HOST: "https://github.example.com/api" },
      "GHE_HOST must be a host name without protocol and path, for example github.example.com.",
    ],
    [
      "an issuer that is no URL",
      { OIDC_ISSUER: "github" },
      "OIDC_ISSUER must be a URL that starts with https:// or http://.",
    ],
    [
      "half a pair of workflows",
      { RUNNER_WORKFLOWS: "a/b/.github/workflows/work.yml@refs/tags/v1" },
      "RUNNER_WORKFLOWS names no publish.yml, so no task could ever be finished.",
    ],
    ["pacing of a third kind", { PACING: "maybe" }, "PACING must be on or off."],
  ])("%s", (_why, environment, problem) => {
    expect(problemsWith(environment)).toEqual([problem]);
  });

  it("every mistake at once, one sentence each, and no value of a secret in any", () => {
    const problems = problemsWith({ APP_ID: "x", WEBHOOK_SECRET: "hunter2", PRIVATE_KEY: "hunter3", PORT: "-1" });
    expect(problems).toHaveLength(4);
    expect(problems.join(" ")).not.toContain("hunter");
  });
});

describe("the files that are read by people", () => {
  it(".env.example names every variable, with what it is for, and no other", () => {
    const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
    const names = [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    expect(names).toEqual(Object.keys(VARIABLES));
    for (const [name, { what }] of Object.entries(VARIABLES)) expect(text, name).toContain(what);
  });

  it("what .env.example leaves switched on are the required ones, and it starts nothing as it stands", () => {
    const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
    const active = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map((match) => [match[1] ?? "", match[2] ?? ""] as const);
    const required = Object.entries(VARIABLES)
      .filter(([, variable]) => variable.required)
      .map(([name]) => name);
    expect(active.map(([name]) => name)).toEqual(required);
    expect("problems" in readSettings(Object.fromEntries(active), noFile)).toBe(true);
  });
});
