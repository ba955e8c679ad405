// Suspending and removing installations, whoever asks for it.
import type { Hub } from "../hub.ts";
import { announceInstallation, type InstallationChange } from "../webhooks/installation-payloads.ts";
import type { Account } from "../world/accounts.ts";
import type { Installation } from "../world/apps.ts";

/** Suspends, unsuspends or removes an installation; its tokens die with it. */
export function applyChange(hub: Hub, installation: Installation, change: InstallationChange, person: Account): void {
  if (change === "suspend") {
    installation.suspendedAt = hub.world.clock.now();
    installation.suspendedById = person.id;
  } else {
    installation.suspendedAt = null;
    installation.suspendedById = null;
  }
  announceInstallation(hub, installation, change, person);
  if (change !== "deleted") return;
  hub.world.installations.delete(installation.id);
  for (const token of hub.world.tokens.values()) {
    if (token.kind === "installation" && token.installationId === installation.id) token.revoked = true;
  }
}
