// Parameters of sign-in requests: query, form or JSON, all strings.
import type { Ctx } from "../http/context.ts";
import type { Hub } from "../hub.ts";
import type { App } from "../world/apps.ts";
import { isJsonObject } from "../world/json.ts";

export async function fieldsOf(c: Ctx): Promise<Readonly<Record<string, string>>> {
  const text = await c.req.text();
  const query = c.req.query();
  if (!(c.req.header("content-type") ?? "").includes("json"))
    return { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
  const body: unknown = text === "" ? {} : JSON.parse(text);
  if (!isJsonObject(body)) return query;
  const strings = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]);
  return { ...query, ...Object.fromEntries(strings) };
}

export function findClient(hub: Hub, clientId: string): App | null {
  for (const app of hub.world.apps.values()) if (app.clientId === clientId) return app;
  return null;
}
