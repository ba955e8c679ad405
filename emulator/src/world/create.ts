// Making accounts, apps, installations and repositories: entities only, no events and no git.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { Account, AccountType, OrganizationRole, Role } from "./accounts.ts";
import type { App, Installation, Permissions } from "./apps.ts";
import { nodeId } from "./ids.ts";
import type { Label } from "./issues.ts";
import type { Repository } from "./repositories.ts";
import { findAccount, findRepository, type World } from "./world.ts";

export interface AccountInput {
  readonly login: string;
  readonly type?: AccountType;
  readonly name?: string | null;
  readonly email?: string | null;
  /** Fixed ids belong to GitHub's own accounts. */
  readonly id?: number;
  readonly appId?: number;
}

/** Throws when the login is taken: two accounts of one login are a mistake of the set-up. */
export function addAccount(world: World, input: AccountInput): Account {
  if (findAccount(world, input.login) !== null) throw new Error(`the login ${input.login} is taken`);
  const id = input.id ?? world.ids.next();
  const type = input.type ?? "User";
  const now = world.clock.now();
  const account: Account = {
    id,
    nodeId: nodeId(type, id),
    type,
    login: input.login,
    name: input.name ?? null,
    email: input.email ?? null,
    createdAt: now,
    updatedAt: now,
    members: new Map(),
    defaultRole: "read",
    appId: input.appId ?? null,
  };
  world.accounts.set(id, account);
  world.accountsByLogin.set(account.login.toLowerCase(), account);
  return account;
}

export function addOrganization(
  world: World,
  login: string,
  members: Readonly<Record<string, OrganizationRole>>,
): Account {
  const organization = addAccount(world, { login, type: "Organization" });
  for (const [name, role] of Object.entries(members)) {
    const member = findAccount(world, name) ?? addAccount(world, { login: name });
    organization.members.set(member.id, role);
  }
  return organization;
}

export interface AppInput {
  readonly slug: string;
  readonly ownerId: number;
  readonly name?: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookUrl?: string | null;
  readonly webhookSecret?: string | null;
  readonly callbackUrls?: readonly string[];
  readonly externalUrl?: string;
  readonly description?: string | null;
  readonly id?: number;
  readonly botId?: number;
}

const RSA_BITS = 2048;

/** @returns the app, and its private key as GitHub hands it out: once, as PKCS#1 PEM */
export function addApp(world: World, input: AppInput): { readonly app: App; readonly privateKeyPem: string } {
  const id = input.id ?? world.ids.next();
  const keys = generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
  const privateKeyPem = keys.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const bot = addAccount(world, {
    login: `${input.slug}[bot]`,
    type: "Bot",
    appId: id,
    ...(input.botId === undefined ? {} : { id: input.botId }),
  });
  const now = world.clock.now();
  const app: App = {
    id,
    nodeId: nodeId("App", id),
    slug: input.slug,
    name: input.name ?? input.slug,
    ownerId: input.ownerId,
    clientId: `Iv23${world.randomBytes(8).toString("hex")}`,
    clientSecret: world.randomBytes(20).toString("hex"),
    publicKeyPem: createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString(),
    botId: bot.id,
    permissions: input.permissions,
    events: input.events,
    webhookUrl: input.webhookUrl ?? null,
    webhookSecret: input.webhookSecret ?? null,
    webhookActive: true,
    description: input.description ?? null,
    externalUrl: input.externalUrl ?? "https://example.com",
    callbackUrls: input.callbackUrls ?? [],
    hookId: world.ids.next(),
    createdAt: now,
    updatedAt: now,
  };
  world.apps.set(id, app);
  return { app, privateKeyPem };
}

export function findApp(world: World, slug: string): App | null {
  for (const app of world.apps.values()) if (app.slug === slug) return app;
  return null;
}

export function addInstallation(
  world: World,
  app: App,
  account: Account,
  repositoryIds: ReadonlySet<number> | null,
): Installation {
  const id = world.ids.next();
  const now = world.clock.now();
  const installation: Installation = {
    id,
    nodeId: nodeId("Installation", id),
    appId: app.id,
    accountId: account.id,
    repositoryIds: repositoryIds === null ? null : new Set(repositoryIds),
    permissions: app.permissions,
    events: app.events,
    suspendedAt: null,
    suspendedById: null,
    createdAt: now,
    updatedAt: now,
  };
  world.installations.set(id, installation);
  return installation;
}

export interface RepositoryInput {
  readonly owner: Account;
  readonly name: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly description?: string | null;
  /** By user id. */
  readonly collaborators?: ReadonlyMap<number, Role>;
}

export function addRepository(world: World, input: RepositoryInput): Repository {
  if (findRepository(world, input.owner.login, input.name) !== null) {
    throw new Error(`the repository ${input.owner.login}/${input.name} exists`);
  }
  const id = world.ids.next();
  const now = world.clock.now();
  const repository: Repository = {
    id,
    nodeId: nodeId("Repository", id),
    ownerId: input.owner.id,
    name: input.name,
    private: input.private ?? false,
    description: input.description ?? null,
    homepage: null,
    topics: [],
    defaultBranch: input.defaultBranch ?? "main",
    archived: false,
    disabled: false,
    isTemplate: false,
    hasIssues: true,
    allowSquashMerge: true,
    allowMergeCommit: true,
    allowRebaseMerge: true,
    allowAutoMerge: false,
    allowUpdateBranch: false,
    deleteBranchOnMerge: false,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    collaborators: new Map(input.collaborators ?? []),
    labels: new Map(),
    milestones: new Map(),
    issues: new Map(),
    goneNumbers: new Set(),
    pulls: new Map(),
    lastNumber: 0,
    lastMilestone: 0,
    openIssueCount: 0,
    protections: new Map(),
    rulesets: new Map(),
    variables: new Map(),
    secrets: new Map(),
    defaultWorkflowPermissions: "read",
    canApprovePullRequestReviews: false,
  };
  world.repositories.set(id, repository);
  world.repositoriesByName.set(`${input.owner.login}/${input.name}`.toLowerCase(), repository);
  for (const [name, color, description] of DEFAULT_LABELS)
    addLabel(world, repository, { name, color, description }, true);
  return repository;
}

/** The labels that GitHub puts into every new repository. */
const DEFAULT_LABELS: readonly (readonly [name: string, color: string, description: string])[] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

export interface LabelInput {
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export function addLabel(world: World, repository: Repository, input: LabelInput, isDefault = false): Label {
  const id = world.ids.next();
  const now = world.clock.now();
  const label: Label = {
    id,
    nodeId: nodeId("Label", id),
    repositoryId: repository.id,
    name: input.name,
    color: input.color,
    description: input.description,
    isDefault,
    createdAt: now,
    updatedAt: now,
  };
  world.labels.set(id, label);
  repository.labels.set(label.name.toLowerCase(), label);
  return label;
}

/** GitHub's own accounts, with the ids that they have there. */
export const GHOST_ID = 10_137;
export const WEB_FLOW_ID = 19_864_447;
export const ACTIONS_BOT_ID = 41_898_282;
export const ACTIONS_APP_ID = 15_368;
export const GITHUB_ORGANIZATION_ID = 9_919;
