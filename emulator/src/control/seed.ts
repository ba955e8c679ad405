// A whole world from one JSON object: the seed file of the command line, or `POST /_control/seed`.
import type { Emulator } from "../emulator.ts";
import { requiredString } from "../http/body.ts";
import { unprocessable } from "../http/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";
import { appInput, installInput, organizationInput, repositoryInput, userInput } from "./inputs.ts";

const PARTS = ["users", "organizations", "repositories", "apps", "installations", "tokens"] as const;

/**
 * Makes everything in the order of `PARTS`, whatever the order in the file.
 *
 * @returns what was made, part by part, with ids, private keys and tokens
 */
export async function applySeed(
  emulator: Emulator,
  seed: JsonObject,
): Promise<Readonly<Record<string, readonly object[]>>> {
  const unknown = Object.keys(seed).find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw unprocessable(`a seed has no ${unknown}; it has ${PARTS.join(", ")}`);
  const make: Readonly<Record<(typeof PARTS)[number], (entry: JsonObject) => object | Promise<object>>> = {
    users: (entry) => emulator.createUser(userInput(entry)),
    organizations: (entry) => emulator.createOrganization(organizationInput(entry)),
    repositories: (entry) => emulator.createRepository(repositoryInput(entry)),
    apps: (entry) => emulator.createApp(appInput(entry)),
    installations: (entry) => emulator.installApp(installInput(entry)),
    tokens: (entry) => {
      const login = requiredString(entry, "login");
      return { login, token: emulator.tokenOf(login) };
    },
  };
  const made: Record<string, object[]> = {};
  for (const part of PARTS) {
    for (const entry of entries(seed[part], part)) {
      const list = made[part] ?? [];
      list.push(await make[part](entry));
      made[part] = list;
    }
  }
  return made;
}

function entries(value: Json | undefined, part: string): readonly JsonObject[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw unprocessable(`${part} must be an array`);
  return value.map((entry: Json) => {
    if (!isJsonObject(entry)) throw unprocessable(`every entry of ${part} must be an object`);
    return entry;
  });
}
