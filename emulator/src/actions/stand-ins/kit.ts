// How our stand-in actions talk to their runner. Runs inside a job, so it reads the environment: that is an action's edge.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

// biome-ignore lint/style/noProcessEnv: an action is an entry point, its inputs are variables.
const env = process.env;

export function variable(name: string): string {
  return env[name] ?? "";
}

export function input(name: string): string {
  return variable(`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`).trim();
}

export function flag(name: string): boolean {
  return /^(true|yes|on)$/i.test(input(name));
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function warn(text: string): void {
  say(`::warning::${escaped(text)}`);
}

export function mask(secret: string): void {
  say(`::add-mask::${escaped(secret)}`);
}

export function setOutput(name: string, value: string): void {
  hand("GITHUB_OUTPUT", name, value);
}

/** For the post script of the same step. */
export function saveState(name: string, value: string): void {
  hand("GITHUB_STATE", name, value);
}

export function state(name: string): string {
  return variable(`STATE_${name}`);
}

export function addPath(directory: string): void {
  appendFileSync(variable("GITHUB_PATH"), `${directory}\n`);
}

/** Runs an action's body; what it throws fails the step. */
export async function run(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    say(`::error::${escaped(error instanceof Error ? error.message : String(error))}`);
    process.exitCode = 1;
  }
}

export interface Told {
  readonly code: number;
  readonly output: string;
}

/** Runs a program and shows what it prints. */
export function tell(file: string, args: readonly string[], cwd: string, isQuiet = false): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const hear = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      if (!isQuiet) process.stdout.write(chunk);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The fields of a JSON object; none for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function hand(file: string, name: string, value: string): void {
  const delimiter = `end-${randomUUID()}`;
  appendFileSync(variable(file), `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
