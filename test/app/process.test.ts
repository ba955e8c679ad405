// The process itself: what it says when it cannot start, and how it ends when it is told to.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ENVIRONMENT } from "./app-under-test.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));

/** Starts `main.ts` with exactly this environment. */
function start(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const out: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => out.push(text));
  const ended = once(child, "close").then(([code, signal]: unknown[]) => ({ code, signal, said: out.join("") }));
  return { child, out, ended };
}

it("says every mistake of its environment in one sentence, and no secret, and ends with 1", async () => {
  const { ended } = start({ APP_ID: "Iv1.abc", WEBHOOK_SECRET: "development", PRIVATE_KEY: "hunter2" });
  const { code, said } = await ended;
  expect(code).toBe(1);
  expect(said.split("\n")).toEqual([
    "Signalbox cannot start:",
    "  - APP_ID must be the numeric App ID (not the client ID that starts with Iv).",
    "  - WEBHOOK_SECRET is a well-known default that anybody can sign with: set it to a random text, for example from `openssl rand -hex 32`.",
    "  - PRIVATE_KEY is not an RSA key: set it to the private key of your GitHub App: the PEM text, its base64 form, or the path of the .pem file.",
    "",
  ]);
});

it.each(["SIGTERM", "SIGINT"] as const)("ends with 0 on %s, even while GitHub is away", async (signal) => {
  // Port 1 of this machine answers nobody.
  const { child, out, ended } = start({
    ...ENVIRONMENT,
    GHE_HOST: "127.0.0.1:1",
    GHE_PROTOCOL: "http",
    LOG_LEVEL: "info",
  });
  const listening = new Promise<void>((resolve) => {
    child.stdout.on("data", () => out.join("").includes('"message":"listening"') && resolve());
  });
  await listening;
  child.kill(signal);
  const { code, said } = await ended;
  expect([code, said.includes('"message":"stopped"')]).toEqual([0, true]);
});
