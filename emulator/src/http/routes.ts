// The table of contents: every area of the API, one line each. Add your own line.
import { listenForAutoMerge } from "../code/auto-merge.ts";
import { registerSmartHttp } from "../git/smart-http.ts";
import type { Hub } from "../hub.ts";
import { registerBranchProtection } from "../rest/branch-protection.ts";
import { registerBranches, registerSingleBranch } from "../rest/branches.ts";
import { registerChecks } from "../rest/checks.ts";
import { registerCommits, registerSingleCommit } from "../rest/commits.ts";
import { registerContents } from "../rest/contents.ts";
import { registerGitData } from "../rest/git-data.ts";
import { registerGitRefs } from "../rest/git-refs.ts";
import { registerStatuses } from "../rest/statuses.ts";
import type { Register } from "./context.ts";

/** Mounted below /api/v3. */
export const API_AREAS: readonly Register[] = [
  registerGitData,
  registerGitRefs,
  registerContents,
  registerBranchProtection,
  registerBranches,
  registerSingleBranch,
  registerChecks,
  registerStatuses,
  registerCommits,
  registerSingleCommit,
];

/** Mounted at the root of the server, beside /api: GraphQL, git, OIDC, pages, sign-in. */
export const ROOT_AREAS: readonly Register[] = [registerSmartHttp];

/** Called once with the finished hub: subscribe to `hub.events` here (Actions triggers, …). */
export const LISTENERS: readonly ((hub: Hub) => void)[] = [listenForAutoMerge];
