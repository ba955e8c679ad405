// What one run is given: the world as ports, and the task that it is for.

import type { Git } from "../adapters/git/git-process.ts";
import type { Remote } from "../adapters/git/work-copy.ts";
import type { Model } from "../adapters/model/conversation.ts";
import type { NoSandbox, Sandbox } from "../adapters/sandbox/sandbox.ts";
import type { HostProgram } from "../adapters/sandbox/tool-host.ts";
import type { TaskView } from "../core/api.ts";
import type { RepositoryConfig } from "../core/config.ts";
import type { Clock } from "../core/ports.ts";
import type { RunRef, Sha } from "../core/task.ts";

/** What a granted bind brings. */
export interface Grant {
  readonly view: TaskView;
  /** As YAML gave it. */
  readonly config: unknown;
  readonly readToken: string;
}

/** The app, as a run sees it. */
export interface RunPermit {
  /** Resolves with a grant, or with the sentence that says why this run must not work. */
  bind(): Promise<Grant | { readonly refused: string }>;
  /** Shown live; a report that is lost changes nothing. */
  reportPhase(report: { phase: string; status: "started" | "passed" | "failed"; cost: number }): Promise<void>;
}

export interface RunPorts {
  readonly permit: RunPermit;
  readonly git: Git;
  readonly clock: Clock;
  readonly program: HostProgram;
  /** @param readToken reads this one repository; it is used for the clone and then forgotten */
  readonly remoteOf: (readToken: string) => Remote;
  readonly openSandbox: (kind: RepositoryConfig["runner"]["sandbox"]) => Promise<Sandbox | NoSandbox>;
  readonly model: Model;
  /** Variables of the step that a configuration may hand to a program in the agent's place, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** What must never be written down. */
  readonly secrets: readonly string[];
  readonly say: (line: string) => void;
}

export interface RunRequest {
  readonly repository: string;
  readonly issue: number;
  readonly token: Sha;
  readonly run: RunRef;
  /** An empty directory of this run alone; the sandbox sees parts of it. */
  readonly root: string;
  /** Where the artifact is put together; no sandbox ever sees it. */
  readonly out: string;
}
