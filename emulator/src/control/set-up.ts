// Making the world: users, organisations, repositories, apps and installations, as a person would by clicking.
import { deleteIssue } from "../changes/delete-issue.ts";
import type { AppInput, Emulator, InstallInput, OrganizationInput, RepositoryInput, UserInput } from "../emulator.ts";
import type { Hub } from "../hub.ts";
import {
  announceInstallation,
  announceSelection,
  coveredRepositories,
  type InstallationChange,
} from "../webhooks/installation-payloads.ts";
import type { Account, Role } from "../world/accounts.ts";
import type { App, Installation } from "../world/apps.ts";
import { roleOf } from "../world/caller.ts";
import { addAccount, addApp, addInstallation, addOrganization, addRepository, findApp } from "../world/create.ts";
import { mintUserToken } from "../world/mint.ts";
import type { Repository } from "../world/repositories.ts";
import { findAccount, findRepository, fullNameOf, ownerOf } from "../world/world.ts";
import { createGitView, seedFiles } from "./git-view.ts";
import { applyChange } from "./installation-changes.ts";

type SetUp = Pick<
  Emulator,
  | "createUser"
  | "createOrganization"
  | "createRepository"
  | "createApp"
  | "updateApp"
  | "installApp"
  | "selectRepositories"
  | "deleteIssue"
  | "setMember"
  | "suspendInstallation"
  | "uninstall"
  | "tokenOf"
  | "permissionOf"
  | "setCollaborator"
  | "git"
>;

export function createSetUp(hub: Hub): SetUp {
  const tokens = new Map<number, string>();
  return {
    createUser: (input) => createUser(hub, input),
    createOrganization: (input) => createOrganization(hub, input),
    createRepository: (input) => createRepository(hub, input),
    createApp: (input) => createApp(hub, input),
    updateApp: (slug, change) => updateApp(hub, mustApp(hub, slug), change),
    installApp: (input) => installApp(hub, input),
    deleteIssue: (fullName, number) => {
      const repository = mustRepository(hub, fullName);
      const issue = repository.issues.get(number);
      if (issue === undefined) throw new Error(`${fullName} has no issue ${number}`);
      const account = firstPerson(hub, ownerOf(hub.world, repository));
      deleteIssue(hub, { account, app: null, through: "user" }, issue);
    },
    selectRepositories: (id, names) => selectRepositories(hub, id, names),
    setMember: (organization, login, role) => {
      const { members } = mustAccount(hub, organization);
      const user = findAccount(hub.world, login) ?? addAccount(hub.world, { login });
      if (role === "none") members.delete(user.id);
      else members.set(user.id, role);
    },
    suspendInstallation: (id, suspended = true) => changeInstallation(hub, id, suspended ? "suspend" : "unsuspend"),
    uninstall: (id) => changeInstallation(hub, id, "deleted"),
    tokenOf: (login) => {
      const user = mustAccount(hub, login);
      const known = tokens.get(user.id) ?? mintUserToken(hub.world, user).value;
      tokens.set(user.id, known);
      return known;
    },
    permissionOf: (login, fullName) => roleOf(hub.world, mustAccount(hub, login), mustRepository(hub, fullName)),
    setCollaborator: (fullName, login, role) => {
      const { collaborators } = mustRepository(hub, fullName);
      const user = findAccount(hub.world, login) ?? addAccount(hub.world, { login });
      if (role === "none") collaborators.delete(user.id);
      else collaborators.set(user.id, role);
    },
    git: (fullName) => createGitView(hub, mustRepository(hub, fullName)),
  };
}

function createUser(hub: Hub, input: UserInput): ReturnType<SetUp["createUser"]> {
  const { id, nodeId, login } = addAccount(hub.world, input);
  return { id, nodeId, login };
}

function createOrganization(hub: Hub, input: OrganizationInput): ReturnType<SetUp["createOrganization"]> {
  const members = input.members ?? {};
  const roles = isList(members)
    ? Object.fromEntries(members.map((login, index) => [login, index === 0 ? ("admin" as const) : ("member" as const)]))
    : members;
  const organization = addOrganization(hub.world, input.login, roles);
  organization.defaultRole = input.defaultRole ?? "read";
  const { id, nodeId, login } = organization;
  return { id, nodeId, login };
}

function isList<T extends object>(value: T | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}

async function createRepository(hub: Hub, input: RepositoryInput): ReturnType<SetUp["createRepository"]> {
  const owner = findAccount(hub.world, input.owner) ?? addAccount(hub.world, { login: input.owner });
  const collaborators = new Map<number, Role>();
  for (const [login, role] of Object.entries(input.collaborators ?? {})) {
    const user = findAccount(hub.world, login) ?? addAccount(hub.world, { login });
    collaborators.set(user.id, role);
  }
  const repository = addRepository(hub.world, { ...input, owner, collaborators });
  hub.git.create(repository);
  const author = firstPerson(hub, owner);
  const head = input.files === undefined ? null : await seedFiles(hub, repository, author, input.files);
  return { id: repository.id, nodeId: repository.nodeId, fullName: fullNameOf(hub.world, repository), head };
}

/** An organisation makes no commits: its first administrator does. */
function firstPerson(hub: Hub, owner: Account): Account {
  if (owner.type !== "Organization") return owner;
  for (const [id, role] of owner.members) {
    const member = hub.world.accounts.get(id);
    if (role === "admin" && member !== undefined) return member;
  }
  return owner;
}

function createApp(hub: Hub, input: AppInput): ReturnType<SetUp["createApp"]> {
  const owner = mustAccount(hub, input.owner);
  const { owner: _, ...rest } = input;
  const { app, privateKeyPem } = addApp(hub.world, { ...rest, ownerId: owner.id });
  const { id, slug, clientId, clientSecret, botId } = app;
  return { id, slug, clientId, clientSecret, privateKeyPem, botUserId: botId };
}

function updateApp(hub: Hub, app: App, change: Parameters<SetUp["updateApp"]>[1]): void {
  if (change.webhookUrl !== undefined) app.webhookUrl = change.webhookUrl;
  if (change.webhookSecret !== undefined) app.webhookSecret = change.webhookSecret;
  if (change.permissions !== undefined) app.permissions = change.permissions;
  if (change.events !== undefined) app.events = change.events;
  for (const installation of hub.world.installations.values()) {
    if (installation.appId !== app.id) continue;
    installation.permissions = app.permissions;
    installation.events = app.events;
  }
  app.updatedAt = hub.world.clock.now();
}

function installApp(hub: Hub, input: InstallInput): { readonly id: number } {
  const app = mustApp(hub, input.app);
  const account = mustAccount(hub, input.account);
  const chosen = input.repositories?.map((name) => mustRepository(hub, `${account.login}/${name}`).id);
  const installation = addInstallation(hub.world, app, account, chosen === undefined ? null : new Set(chosen));
  announceInstallation(hub, installation, "created", firstPerson(hub, account));
  return { id: installation.id };
}

function selectRepositories(hub: Hub, id: number, names: readonly string[] | null): void {
  const installation = mustInstallation(hub, id);
  const account = mustAccountById(hub, installation);
  const before = coveredRepositories(hub, installation);
  const chosen = names?.map((name) => mustRepository(hub, `${account.login}/${name}`).id);
  installation.repositoryIds = chosen === undefined ? null : new Set(chosen);
  const after = coveredRepositories(hub, installation);
  const person = firstPerson(hub, account);
  const added = after.filter((repository) => !before.includes(repository));
  const removed = before.filter((repository) => !after.includes(repository));
  if (added.length > 0) announceSelection(hub, installation, { added, removed: [] }, person);
  if (removed.length > 0) announceSelection(hub, installation, { added: [], removed }, person);
}

function changeInstallation(hub: Hub, id: number, change: InstallationChange): void {
  const installation = mustInstallation(hub, id);
  const person = firstPerson(hub, mustAccountById(hub, installation));
  applyChange(hub, installation, change, person);
}

function mustInstallation(hub: Hub, id: number): Installation {
  const installation = hub.world.installations.get(id);
  if (installation === undefined) throw new Error(`there is no installation ${id}`);
  return installation;
}

function mustAccountById(hub: Hub, installation: Installation): Account {
  const account = hub.world.accounts.get(installation.accountId);
  if (account === undefined) throw new Error(`installation ${installation.id} has no account`);
  return account;
}

function mustAccount(hub: Hub, login: string): Account {
  const account = findAccount(hub.world, login);
  if (account === null) throw new Error(`there is no account ${login}`);
  return account;
}

function mustApp(hub: Hub, slug: string): App {
  const app = findApp(hub.world, slug);
  if (app === null) throw new Error(`there is no app ${slug}`);
  return app;
}

function mustRepository(hub: Hub, fullName: string): Repository {
  const [owner = "", name = ""] = fullName.split("/");
  const repository = findRepository(hub.world, owner, name);
  if (repository === null) throw new Error(`there is no repository ${fullName}`);
  return repository;
}
