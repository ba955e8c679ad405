// Between accounts and the names in commits: what GitHub writes for an account, and whom it recognises in an address.
import type { EpochMs, Person } from "../git/objects.ts";
import type { Account } from "../world/accounts.ts";
import type { World } from "../world/world.ts";

const NOREPLY_HOST = "users.noreply.github.com";

export function noreplyAddress(account: Account): string {
  return `${account.id}+${account.login}@${NOREPLY_HOST}`;
}

/** How an account signs the commits that it makes through the API. */
export function personOf(account: Account, date: EpochMs): Person {
  return {
    name: account.name ?? account.login,
    email: account.email ?? noreplyAddress(account),
    date,
    offset: "+0000",
  };
}

/** GitHub itself, as the committer of what people do in the browser or through the API. */
export function webFlow(date: EpochMs): Person {
  return { name: "GitHub", email: "noreply@github.com", date, offset: "+0000" };
}

/** The account that GitHub links to a commit address, or null. Links show; they prove nothing. */
export function accountOfAddress(world: World, email: string): Account | null {
  const wanted = email.toLowerCase();
  const noreply = /^(?:(\d+)\+)?(.+)@users\.noreply\.github\.com$/.exec(wanted);
  if (noreply !== null) {
    const byLogin = world.accountsByLogin.get(noreply[2] ?? "") ?? null;
    const id = noreply[1];
    return id === undefined ? byLogin : (world.accounts.get(Number(id)) ?? null);
  }
  if (wanted === "noreply@github.com") return world.accountsByLogin.get("web-flow") ?? null;
  for (const account of world.accounts.values()) {
    if (account.email !== null && account.email.toLowerCase() === wanted) return account;
  }
  return null;
}
