// The table of contents: every area of the API, one line each. Add your own line.

import { registerArtifactService } from "../actions/artifacts/service.ts";
import { registerActionsControl } from "../actions/control.ts";
import { listenForActions } from "../actions/listen.ts";
import { registerDownloads } from "../actions/runs/downloads.ts";
import { listenForAutoMerge } from "../code/auto-merge.ts";
import { registerSmartHttp } from "../git/smart-http.ts";
import { registerGraphql } from "../graphql/endpoint.ts";
import type { Hub } from "../hub.ts";
import { registerPages } from "../pages/register-pages.ts";
import { registerArtifacts } from "../rest/actions-artifacts.ts";
import { registerJobs } from "../rest/actions-jobs.ts";
import { registerRuns } from "../rest/actions-runs.ts";
import { registerActionsSettings } from "../rest/actions-settings.ts";
import { registerWorkflows } from "../rest/actions-workflows.ts";
import { registerApplications } from "../rest/applications.ts";
import { registerApps } from "../rest/apps.ts";
import { registerAssignees } from "../rest/assignees.ts";
import { registerBranchProtection } from "../rest/branch-protection.ts";
import { registerBranches, registerSingleBranch } from "../rest/branches.ts";
import { registerChecks } from "../rest/checks.ts";
import { registerCollaborators } from "../rest/collaborators.ts";
import { registerComments } from "../rest/comments.ts";
import { registerCommits, registerSingleCommit } from "../rest/commits.ts";
import { registerContents } from "../rest/contents.ts";
import { registerDependencies } from "../rest/dependencies.ts";
import { registerGitData } from "../rest/git-data.ts";
import { registerGitRefs } from "../rest/git-refs.ts";
import { registerHookDeliveries } from "../rest/hook-deliveries.ts";
import { registerHooks } from "../rest/hooks.ts";
import { registerInstallations } from "../rest/installations.ts";
import { registerIssues } from "../rest/issues.ts";
import { registerLabels } from "../rest/labels.ts";
import { registerManifestConversion, registerManifestForms } from "../rest/manifest.ts";
import { registerMilestones } from "../rest/milestones.ts";
import { registerOAuth } from "../rest/oauth.ts";
import { registerOidc } from "../rest/oidc.ts";
import { registerOrganizations } from "../rest/organizations.ts";
import { registerPullMerges } from "../rest/pull-merges.ts";
import { registerPulls } from "../rest/pulls.ts";
import { registerRateLimit } from "../rest/rate-limit.ts";
import { registerReactions } from "../rest/reactions.ts";
import { registerRepositories } from "../rest/repositories.ts";
import { registerReviewComments } from "../rest/review-comments.ts";
import { registerReviews } from "../rest/reviews.ts";
import { registerRulesets } from "../rest/rulesets.ts";
import { registerSearch } from "../rest/search.ts";
import { registerStatuses } from "../rest/statuses.ts";
import { registerSubIssues } from "../rest/sub-issues.ts";
import { registerTimeline } from "../rest/timeline.ts";
import { registerUsers } from "../rest/users.ts";
import type { Register } from "./context.ts";

/** Mounted below /api/v3. The first route that matches answers: fixed names stand before parameters. */
export const API_AREAS: readonly Register[] = [
  registerApps,
  registerInstallations,
  registerHookDeliveries,
  registerUsers,
  registerOrganizations,
  registerRepositories,
  registerCollaborators,
  registerHooks,
  registerComments,
  registerTimeline,
  registerIssues,
  registerLabels,
  registerMilestones,
  registerAssignees,
  registerReactions,
  registerSubIssues,
  registerDependencies,
  registerSearch,
  registerRateLimit,
  registerApplications,
  registerManifestConversion,
  registerGitData,
  registerGitRefs,
  registerContents,
  registerBranchProtection,
  registerRulesets,
  registerBranches,
  registerSingleBranch,
  registerChecks,
  registerStatuses,
  registerCommits,
  registerSingleCommit,
  registerReviewComments,
  registerReviews,
  registerPullMerges,
  registerPulls,
  registerWorkflows,
  registerRuns,
  registerJobs,
  registerArtifacts,
  registerActionsSettings,
];

/** Mounted at the root of the server, beside /api: GraphQL, git, OIDC, pages, sign-in. */
export const ROOT_AREAS: readonly Register[] = [
  registerGraphql,
  registerActionsControl,
  registerOidc,
  registerArtifactService,
  registerDownloads,
  registerOAuth,
  registerManifestForms,
  registerSmartHttp,
  registerPages,
];

/** Called once with the finished hub: subscribe to `hub.events` here (Actions triggers, …). */
export const LISTENERS: readonly ((hub: Hub) => void)[] = [listenForActions, listenForAutoMerge];
