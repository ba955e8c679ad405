// JSON from outside (control plane, seed files) turned into the inputs of the emulator's own functions. Refuses what does not fit.
import type {
  AppInput,
  CommitInput,
  Files,
  InstallInput,
  OrganizationInput,
  RepositoryInput,
  UserInput,
} from "../emulator.ts";
import {
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalOneOf,
  optionalString,
  optionalStrings,
  requiredString,
} from "../http/body.ts";
import { unprocessable } from "../http/errors.ts";
import { FAULTS, type FaultRequest, type FaultRule } from "../http/faults.ts";
import type { ChaosOptions } from "../webhooks/chaos.ts";
import { type OrganizationRole, ROLES, type Role } from "../world/accounts.ts";
import type { PermissionLevel, Permissions } from "../world/apps.ts";
import { isJsonObject, type Json, type JsonObject } from "../world/json.ts";

/** Leaves out what is undefined: absent and undefined are different things here. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The one cast: TypeScript cannot see that the filter removes exactly the undefined values.
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export function userInput(body: JsonObject): UserInput {
  const login = requiredString(body, "login");
  const name = optionalString(body, "name");
  const email = optionalString(body, "email");
  return { login, ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) };
}

export function organizationInput(body: JsonObject): OrganizationInput {
  const { members } = body;
  const defaultRole = optionalOneOf(body, "defaultRole", ROLES);
  return {
    login: requiredString(body, "login"),
    ...(defaultRole === undefined ? {} : { defaultRole }),
    members: isJsonObject(members) ? organizationRoles(members) : (optionalStrings(body, "members") ?? []),
  };
}

function organizationRoles(members: JsonObject): Readonly<Record<string, OrganizationRole>> {
  return Object.fromEntries(
    Object.entries(members).map(([login, role]) => [
      login,
      role === "admin" ? ("admin" as const) : ("member" as const),
    ]),
  );
}

export function repositoryInput(body: JsonObject): RepositoryInput {
  const files = optionalObject(body, "files");
  const collaborators = optionalObject(body, "collaborators");
  const isPrivate = optionalBoolean(body, "private");
  const description = optionalString(body, "description");
  const defaultBranch = optionalString(body, "defaultBranch");
  return {
    owner: requiredString(body, "owner"),
    name: requiredString(body, "name"),
    ...(isPrivate === undefined ? {} : { private: isPrivate }),
    ...(description === undefined ? {} : { description }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    ...(files === undefined ? {} : { files: filesInput(files) }),
    ...(collaborators === undefined ? {} : { collaborators: roles(collaborators) }),
  };
}

function filesInput(files: JsonObject): Files {
  const directory = files["fromDirectory"];
  if (typeof directory === "string" && Object.keys(files).length === 1) return { fromDirectory: directory };
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, text(path, content)]));
}

function text(path: string, content: Json | undefined): string {
  if (typeof content === "string") return content;
  throw unprocessable(`the content of ${path} must be a string`);
}

function roles(collaborators: JsonObject): Readonly<Record<string, Role>> {
  return Object.fromEntries(Object.keys(collaborators).map((login) => [login, roleInput(collaborators, login)]));
}

export function roleInput(body: JsonObject, name: string): Role {
  const role = optionalOneOf(body, name, ROLES);
  if (role === undefined) throw unprocessable(`${name} must be a role`);
  return role;
}

export function appInput(body: JsonObject): AppInput {
  const optional = {
    name: optionalString(body, "name"),
    webhookUrl: optionalString(body, "webhookUrl"),
    webhookSecret: optionalString(body, "webhookSecret"),
    callbackUrls: optionalStrings(body, "callbackUrls"),
  };
  return {
    slug: requiredString(body, "slug"),
    owner: requiredString(body, "owner"),
    permissions: permissions(optionalObject(body, "permissions") ?? {}),
    events: optionalStrings(body, "events") ?? [],
    ...given(optional),
  };
}

export function permissions(body: JsonObject): Permissions {
  const held: Record<string, PermissionLevel> = {};
  for (const name of Object.keys(body)) {
    const level = optionalOneOf(body, name, ["read", "write", "admin"] as const);
    if (level !== undefined) held[name] = level;
  }
  return held;
}

export function installInput(body: JsonObject): InstallInput {
  const repositories = optionalStrings(body, "repositories");
  return {
    app: requiredString(body, "app"),
    account: requiredString(body, "account"),
    ...(repositories === undefined ? {} : { repositories }),
  };
}

export function commitInput(body: JsonObject): CommitInput {
  const files = optionalObject(body, "files") ?? {};
  return {
    branch: requiredString(body, "branch"),
    message: requiredString(body, "message"),
    author: requiredString(body, "author"),
    files: Object.fromEntries(
      Object.entries(files).map(([path, content]) => [path, content === null ? null : text(path, content)]),
    ),
  };
}

/**
 * A fault rule as data. Every given field must fit; `operation` and `path` may be regular expressions between slashes.
 * `nth` strikes only the nth request of its method and operation.
 */
export function faultRule(body: JsonObject): FaultRule {
  const fault = optionalOneOf(body, "fault", FAULTS);
  if (fault === undefined) throw unprocessable(`fault must be one of ${FAULTS.join(", ")}`);
  const times = optionalNumber(body, "times");
  const nth = optionalNumber(body, "nth");
  const method = optionalString(body, "method");
  const login = optionalString(body, "login");
  const operation = textTest(optionalString(body, "operation"));
  const path = textTest(optionalString(body, "path"));
  const match = (request: FaultRequest): boolean =>
    (method === undefined || request.method === method.toUpperCase()) &&
    (login === undefined || request.token.login === login) &&
    (nth === undefined || request.count === nth) &&
    operation(request.operation) &&
    path(request.path);
  return { match, fault, ...(times === undefined ? {} : { times }) };
}

function textTest(wanted: string | undefined): (value: string) => boolean {
  if (wanted === undefined) return () => true;
  if (wanted.startsWith("/") && wanted.endsWith("/") && wanted.length > 2) {
    const pattern = new RegExp(wanted.slice(1, -1));
    return (value) => pattern.test(value);
  }
  return (value) => value === wanted;
}

export function chaosInput(body: JsonObject): ChaosOptions | undefined {
  const seed = optionalNumber(body, "seed");
  if (seed === undefined) return undefined;
  return {
    seed,
    ...given({
      drop: optionalNumber(body, "drop"),
      lose: optionalNumber(body, "lose"),
      duplicate: optionalNumber(body, "duplicate"),
      delayMs: optionalNumber(body, "delayMs"),
      reorder: optionalNumber(body, "reorder"),
    }),
  };
}
