// Who looks: a cookie names the account, any visitor may choose any. This is a stage for demonstrations, not a login.

import { getCookie, setCookie } from "hono/cookie";
import type { Ctx } from "../http/context.ts";
import type { Hub } from "../hub.ts";
import type { Account } from "../world/accounts.ts";
import { mintUserToken } from "../world/mint.ts";
import { findAccount } from "../world/world.ts";

const COOKIE = "viewer";
const NOBODY = "nobody";

export interface Viewer {
  /** null = not signed in. */
  readonly login: string | null;
  readonly token: string | null;
  /** Everybody whom one may look as. */
  readonly people: readonly string[];
}

export type Viewers = (c: Ctx) => Viewer;

/** @returns finds the viewer of a request; one token per person is made when first needed */
export function createViewers(hub: Hub): Viewers {
  const tokens = new Map<number, string>();
  const tokenOf = (account: Account): string => {
    const known = tokens.get(account.id);
    if (known !== undefined) return known;
    const { value } = mintUserToken(hub.world, account);
    tokens.set(account.id, value);
    return value;
  };
  return (c) => {
    const people = [...hub.world.accounts.values()].filter(isPerson);
    const chosen = getCookie(c, COOKIE);
    const account = chosen === NOBODY ? null : (personNamed(hub, chosen) ?? people[0] ?? null);
    return {
      login: account?.login ?? null,
      token: account === null ? null : tokenOf(account),
      people: people.map((person) => person.login),
    };
  };
}

export function chooseViewer(c: Ctx, login: string): void {
  setCookie(c, COOKIE, login === "" ? NOBODY : login, { path: "/", httpOnly: true, sameSite: "Strict" });
}

/** GitHub's own `ghost` and `web-flow` are accounts too, but nobody looks through their eyes. */
const GITHUB_ITSELF = new Set(["ghost", "web-flow", "github", "github-actions"]);

function isPerson(account: Account): boolean {
  return account.type === "User" && !GITHUB_ITSELF.has(account.login);
}

function personNamed(hub: Hub, login: string | undefined): Account | null {
  const account = login === undefined ? null : findAccount(hub.world, login);
  return account !== null && isPerson(account) ? account : null;
}
