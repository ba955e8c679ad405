// `author`, `committer` and `tagger` in request bodies.
import type { EpochMs, Person } from "../git/objects.ts";
import { optionalObject, optionalString } from "../http/body.ts";
import { unprocessable } from "../http/errors.ts";
import type { JsonObject } from "../world/json.ts";

/** undefined when the field is not given; its date defaults to `now`. */
export function personFrom(body: JsonObject, field: string, now: EpochMs): Person | undefined {
  const given = optionalObject(body, field);
  if (given === undefined) return undefined;
  const name = optionalString(given, "name");
  const email = optionalString(given, "email");
  if (name === undefined || email === undefined) {
    throw unprocessable(`Invalid request.\n\n"name" and "email" weren't supplied for ${field}.`);
  }
  const date = optionalString(given, "date");
  const at = date === undefined ? now : Date.parse(date);
  if (Number.isNaN(at)) throw unprocessable(`Invalid request.\n\n${field}.date is not a date.`);
  const zone = /[+-]\d\d:\d\d$/.exec(date ?? "")?.[0];
  return { name, email, date: Math.floor(at / 1000) * 1000, offset: zone?.replace(":", "") ?? "+0000" };
}
