// The emulator as its users see it.

import type { ActionsControl } from "./actions/control.ts";
import type { FaultRule } from "./http/faults.ts";
import type { RequestEntry } from "./hub.ts";
import type { ChaosOptions } from "./webhooks/chaos.ts";
import type { OrganizationRole, Role } from "./world/accounts.ts";
import type { Permissions } from "./world/apps.ts";
import type { Delivery } from "./world/hooks.ts";

export interface UserInput {
  readonly login: string;
  readonly type?: "User" | "Bot";
  readonly name?: string;
  readonly email?: string;
}

export interface OrganizationInput {
  readonly login: string;
  /** Logins, or login → role. Logins that do not exist yet become users. */
  readonly members?: readonly string[] | Readonly<Record<string, OrganizationRole>>;
  /** What members may do in every repository; GitHub's default is "read". */
  readonly defaultRole?: Role;
}

export type Files = Readonly<Record<string, string | Uint8Array>> | { readonly fromDirectory: string };

export interface RepositoryInput {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  /** Not given = an empty repository without a commit. */
  readonly files?: Files;
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, Role>>;
}

export interface AppInput {
  readonly slug: string;
  readonly owner: string;
  readonly name?: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  readonly callbackUrls?: readonly string[];
}

export interface InstallInput {
  readonly app: string;
  readonly account: string;
  /** Names within the account; not given = all. */
  readonly repositories?: readonly string[];
}

export interface CommitInput {
  readonly branch: string;
  readonly message: string;
  /** null deletes the file. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  /** Login. */
  readonly author: string;
}

export interface LogLine {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly at: number;
}

/** A look into a repository's git side, past the API. */
export interface GitView {
  /** The bare repository on disk. */
  readonly path: string;
  /** The SHA of a branch, tag, full ref or SHA; null when there is none. */
  readonly resolve: (ref: string) => Promise<string | null>;
  /** Newest first. */
  readonly log: (ref: string) => Promise<readonly LogLine[]>;
  /** A file's text at a commit; null when it is not there. */
  readonly show: (ref: string, path: string) => Promise<string | null>;
  /** Full ref names below a prefix → SHA. */
  readonly refs: (prefix: string) => Readonly<Record<string, string>>;
  /** Commits as that user, as a `git push` would: unsigned, with every event. Creates the branch from the default one. */
  readonly commitFiles: (input: CommitInput) => Promise<string>;
}

export interface RequestLogView {
  /** Oldest first. */
  readonly entries: readonly RequestEntry[];
  readonly clear: () => void;
  readonly writes: (filter?: (entry: RequestEntry) => boolean) => readonly RequestEntry[];
  readonly graphqlPoints: () => number;
}

export interface Emulator {
  readonly url: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly clock: { readonly now: () => number; readonly advance: (ms: number) => void };

  readonly createUser: (input: UserInput) => { readonly id: number; readonly nodeId: string; readonly login: string };
  readonly createOrganization: (input: OrganizationInput) => {
    readonly id: number;
    readonly nodeId: string;
    readonly login: string;
  };
  readonly createRepository: (input: RepositoryInput) => Promise<{
    readonly id: number;
    readonly nodeId: string;
    readonly fullName: string;
    /** null = no commit yet. */
    readonly head: string | null;
  }>;
  readonly createApp: (input: AppInput) => {
    readonly id: number;
    readonly slug: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly privateKeyPem: string;
    readonly botUserId: number;
  };
  readonly updateApp: (
    slug: string,
    change: {
      readonly webhookUrl?: string | null;
      readonly webhookSecret?: string;
      readonly permissions?: Permissions;
      readonly events?: readonly string[];
    },
  ) => void;
  readonly installApp: (input: InstallInput) => { readonly id: number };
  /** Names within the account; null = all. Emits installation_repositories. */
  readonly selectRepositories: (installationId: number, repositories: readonly string[] | null) => void;
  readonly suspendInstallation: (id: number, suspended?: boolean) => void;
  readonly uninstall: (id: number) => void;
  /** A classic personal token: everything that the user may do. The same one every time. */
  readonly tokenOf: (login: string) => string;
  readonly permissionOf: (login: string, fullName: string) => Role;
  /** "none" removes the collaborator. */
  readonly setCollaborator: (fullName: string, login: string, role: Role) => void;
  /** Deletes an issue for good, as its repository's administrator: it answers 410 from then on. */
  readonly deleteIssue: (fullName: string, number: number) => void;
  /** "none" takes them out of the organisation. */
  readonly setMember: (organization: string, login: string, role: OrganizationRole | "none") => void;
  readonly git: (fullName: string) => GitView;

  readonly requests: RequestLogView;
  /** Every webhook attempt, oldest first. */
  readonly deliveries: readonly Delivery[];
  readonly hooks: { readonly chaos: (options?: ChaosOptions) => void };
  /** Sends the newest delivery of this GUID again. */
  readonly redeliver: (guid: string) => Promise<Delivery>;
  readonly faults: { readonly add: (rule: FaultRule) => void; readonly clear: () => void };
  readonly actions: ActionsControl;
  /** Resolves when no request, delivery or workflow run is under way, and none begins within a turn of the loop. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}
