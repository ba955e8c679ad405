// The process's log: a static message with data beside it, as JSON lines. No secret and no whole payload is ever handed in.

import { type DestinationStream, type Logger, pino } from "pino";

export type LogData = Readonly<Record<string, unknown>>;

export interface Log {
  debug(data: LogData, message: string): void;
  info(data: LogData, message: string): void;
  warn(data: LogData, message: string): void;
  error(data: LogData, message: string): void;
}

/** Longest error text that is kept, in characters. */
const ERROR_CHARS_MAX = 2_000;
/** Tokens of GitHub of every kind, and JSON web tokens: of any length, because their length is not promised. */
const TOKEN = /\b(gh[a-z]_[\w.-]+|github_pat_\w+|eyJ[\w-]+\.[\w-]+\.[\w-]*)/g;

/** @returns what a log may say of an error: name, message and where, without anything that looks like a token */
export function describeError(error: unknown): LogData {
  if (!(error instanceof Error)) return { error: clean(String(error)) };
  const inner = error instanceof AggregateError ? error.errors.slice(0, 5).map((one) => describeError(one)) : undefined;
  return { error: clean(error.stack ?? error.message), ...(inner === undefined ? {} : { inner }) };
}

function clean(text: string): string {
  return text.slice(0, ERROR_CHARS_MAX).replaceAll(TOKEN, "[token]");
}

export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, messageKey: "message", errorKey: "error" };
  return destination === undefined ? pino(options) : pino(options, destination);
}

export function createLog(logger: Logger): Log {
  const at = (level: "debug" | "info" | "warn" | "error") => (data: LogData, message: string) =>
    logger[level](scrub(data), message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Errors become text before the logger sees them, so that no field of a request error (headers, bodies) is printed. */
function scrub(data: LogData): LogData {
  const error = data["error"];
  return error instanceof Error ? { ...data, ...describeError(error) } : data;
}
