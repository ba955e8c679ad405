// Reading arguments that the schema has checked already.
import type { Args } from "./view.ts";

export function text(args: Args, name: string): string {
  const value = args[name];
  if (typeof value !== "string") throw new Error(`argument ${name} is not a string`);
  return value;
}

/** undefined = not given; null = given as null. */
export function optionalText(args: Args, name: string): string | null | undefined {
  const value = args[name];
  return value === undefined || value === null ? value : text(args, name);
}

export function optionalNumber(args: Args, name: string): number | null {
  const value = args[name];
  return typeof value === "number" ? value : null;
}

export function number(args: Args, name: string): number {
  const value = args[name];
  if (typeof value !== "number") throw new Error(`argument ${name} is not a number`);
  return value;
}

export function optionalFlag(args: Args, name: string): boolean | null {
  const value = args[name];
  return typeof value === "boolean" ? value : null;
}

export function texts(args: Args, name: string): readonly string[] | null {
  const value = args[name];
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw new Error(`argument ${name} is not a list`);
  return value.filter((entry): entry is string => typeof entry === "string");
}

function isArgs(value: unknown): value is Args {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function optionalObject(args: Args, name: string): Args | null {
  const value = args[name];
  return isArgs(value) ? value : null;
}

export function object(args: Args, name: string): Args {
  const value = optionalObject(args, name);
  if (value === null) throw new Error(`argument ${name} is not an object`);
  return value;
}

export function objects(args: Args, name: string): readonly Args[] {
  const value = args[name];
  return Array.isArray(value) ? value.filter(isArgs) : [];
}
