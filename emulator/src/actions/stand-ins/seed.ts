// Puts our stand-ins of the best-known actions into emulated repositories, where `uses:` finds them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seedFiles } from "../../control/git-view.ts";
import type { Hub } from "../../hub.ts";
import { addOrganization, addRepository } from "../../world/create.ts";
import { findAccount, findRepository } from "../../world/world.ts";
import type { AccessSettings } from "../runs/access-settings.ts";

const NAMES = ["checkout", "upload-artifact", "download-artifact", "setup-node"] as const;

/** What every stand-in stands on. */
const SHARED = ["kit.ts", "zip.ts"];

/** Owner of the stand-ins; whoever emulates that owner brings its actions. */
const OWNER = "actions";

export async function seedStandIns(hub: Hub, access: AccessSettings): Promise<void> {
  if (findAccount(hub.world, OWNER) !== null) return;
  const owner = addOrganization(hub.world, OWNER, {});
  for (const name of NAMES) {
    if (findRepository(hub.world, OWNER, name) !== null) continue;
    const repository = addRepository(hub.world, { owner, name });
    hub.git.create(repository);
    access.addStandIn(repository);
    await seedFiles(hub, repository, owner, filesOf(name));
  }
}

function filesOf(name: string): Readonly<Record<string, Uint8Array>> {
  const read = (...path: readonly string[]): Uint8Array => readFileSync(join(import.meta.dirname, ...path));
  return {
    "action.yml": read(name, "action.yml"),
    [`${name}/main.ts`]: read(name, "main.ts"),
    ...Object.fromEntries(SHARED.map((file) => [file, read(file)])),
    ...(name === "checkout" ? { "checkout/post.ts": read(name, "post.ts") } : {}),
  };
}
