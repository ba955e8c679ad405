// Apps and installations as REST and webhooks show them.
import type { Hub } from "../hub.ts";
import type { App, Installation } from "../world/apps.ts";
import { isoOrNull, isoSeconds } from "../world/clock.ts";
import type { JsonObject } from "../world/json.ts";
import { entity } from "../world/world.ts";
import { accountByIdJson, accountOrNullJson } from "./accounts.ts";

/** "integration": also the value of `performed_via_github_app`. */
export function appJson(hub: Hub, app: App): JsonObject {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: app.nodeId,
    owner: accountByIdJson(hub, app.ownerId),
    name: app.name,
    description: app.description,
    external_url: app.externalUrl,
    html_url: `${hub.urls.web}/apps/${app.slug}`,
    created_at: isoSeconds(app.createdAt),
    updated_at: isoSeconds(app.updatedAt),
    permissions: { metadata: "read", ...app.permissions },
    events: app.events,
  };
}

export function appOrNullJson(hub: Hub, id: number | null): JsonObject | null {
  return id === null ? null : appJson(hub, entity(hub.world.apps, id, "app"));
}

export function installationJson(hub: Hub, installation: Installation): JsonObject {
  const app = entity(hub.world.apps, installation.appId, "app");
  const account = entity(hub.world.accounts, installation.accountId, "account");
  const settings = account.type === "Organization" ? `organizations/${account.login}/settings` : "settings";
  return {
    id: installation.id,
    client_id: app.clientId,
    account: accountByIdJson(hub, account.id),
    repository_selection: installation.repositoryIds === null ? "all" : "selected",
    access_tokens_url: `${hub.urls.api}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${hub.urls.api}/installation/repositories`,
    html_url: `${hub.urls.web}/${settings}/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: { metadata: "read", ...installation.permissions },
    events: installation.events,
    created_at: isoSeconds(installation.createdAt),
    updated_at: isoSeconds(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: accountOrNullJson(hub, installation.suspendedById),
    suspended_at: isoOrNull(installation.suspendedAt),
  };
}
