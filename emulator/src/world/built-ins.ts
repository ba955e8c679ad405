// GitHub's own accounts and its Actions app. Nothing else exists before somebody makes it.
import {
  ACTIONS_APP_ID,
  ACTIONS_BOT_ID,
  addAccount,
  addApp,
  GHOST_ID,
  GITHUB_ORGANIZATION_ID,
  WEB_FLOW_ID,
} from "./create.ts";
import type { World } from "./world.ts";

/** What every GitHub has before anybody signs up. */
export function addBuiltIns(world: World): void {
  addAccount(world, { login: "ghost", id: GHOST_ID, name: "Deleted user" });
  addAccount(world, { login: "web-flow", id: WEB_FLOW_ID, name: "GitHub Web Flow", email: "noreply@github.com" });
  addAccount(world, { login: "github", id: GITHUB_ORGANIZATION_ID, type: "Organization", name: "GitHub" });
  addApp(world, {
    slug: "github-actions",
    name: "GitHub Actions",
    ownerId: GITHUB_ORGANIZATION_ID,
    id: ACTIONS_APP_ID,
    botId: ACTIONS_BOT_ID,
    description: "Automate your workflow from idea to production",
    externalUrl: "https://help.github.com/en/actions",
    permissions: { actions: "write", checks: "write", contents: "write", issues: "write", pull_requests: "write" },
    events: [],
  });
}
