// Who the App is on GitHub: its slug, and the account that its records and comments are made by.

import { z } from "zod";
import type { Wire } from "./wire.ts";

export interface AppIdentity {
  readonly slug: string;
  readonly botId: number;
}

const appSchema = z.object({ slug: z.string().min(1) });
const userSchema = z.object({ id: z.int() });

/**
 * @param appWire speaks as the App
 * @param anybody speaks without a token: the account is public, and the App itself may not ask for it
 */
export async function findIdentity(appWire: Wire, anybody: Wire): Promise<AppIdentity> {
  const app = await appWire.rest({ route: "GET /app", parameters: {}, repeat: "freely", kind: "read" });
  if (!app.ok) throw new Error(`GitHub does not know the App: ${app.message}`);
  const { slug } = appSchema.parse(app.data);
  const parameters = { username: `${slug}[bot]` };
  const bot = await anybody.rest({ route: "GET /users/{username}", parameters, repeat: "freely", kind: "read" });
  if (!bot.ok) throw new Error(`GitHub does not show the App's account ${slug}[bot]: ${bot.message}`);
  return { slug, botId: userSchema.parse(bot.data).id };
}
