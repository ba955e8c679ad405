// The real adapter as a stage of the contract: an App on the emulator, and people who act on it through REST and git.

import { createEmulator, type Emulator, type Fault, type FaultRequest } from "signalbox-emulator";
import { createGithubApp } from "../../src/adapters/github/app.ts";
import type { Account } from "../../src/core/observation.ts";
import type { Clock, RepositoryRef } from "../../src/core/ports.ts";
import type { ContractStage, World } from "./stage.ts";

const PERMISSIONS = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
} as const;

/** What a runner repository has: the thin workflow. Its job is held, so that a run stays as it was dispatched. */
const WORKFLOW = `name: signalbox
run-name: signalbox \${{ inputs.repository }}#\${{ inputs.issue }} \${{ inputs.token }}
on:
  workflow_dispatch:
    inputs:
      repository: { required: true, type: string }
      issue: { required: true, type: string }
      token: { required: true, type: string }
jobs:
  work:
    runs-on: ubuntu-latest
    steps:
      - run: "true"
`;
const CI = "on: workflow_dispatch\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n";

interface Github {
  readonly emulator: Emulator;
  readonly app: ReturnType<typeof createGithubApp>;
  readonly people: { readonly [login in "alice" | "carol" | "mallory" | "stranger" | "owner"]: Account };
  readonly writer: Account;
}

/** Waiting takes no time, but moves GitHub's clock. */
function clockOf(emulator: Emulator): Clock {
  return { now: () => emulator.clock.now(), wait: async (ms) => emulator.clock.advance(ms) };
}

async function start(): Promise<Github> {
  const emulator = await createEmulator({ clock: "virtual", now: Date.now() });
  const person = (login: string): Account => ({ id: emulator.createUser({ login }).id, login, isBot: false });
  const people = {
    alice: person("alice"),
    carol: person("carol"),
    mallory: person("mallory"),
    stranger: person("stranger"),
    owner: person("owner"),
  };
  emulator.createOrganization({ login: "acme", members: { owner: "admin" }, defaultRole: "none" });
  const made = emulator.createApp({ slug: "signalbox", owner: "acme", permissions: PERMISSIONS, events: [] });
  emulator.installApp({ app: "signalbox", account: "acme" });
  emulator.actions.holdJob(({ step }) => step !== null);
  const app = createGithubApp({
    baseUrl: emulator.apiUrl,
    appId: made.id,
    privateKey: made.privateKeyPem,
    clock: clockOf(emulator),
    random: { next: () => 0.5 },
    isPacing: false,
  });
  return { emulator, app, people, writer: { id: made.botUserId, login: "signalbox[bot]", isBot: true } };
}

/** REST as a person. @returns the body */
async function rest(github: Github, by: Account, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${github.emulator.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${github.emulator.tokenOf(by.login)}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

function field(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}

function issueLevers(github: Github, { owner, name }: RepositoryRef) {
  const repo = `/repos/${owner}/${name}`;
  let libraries = 0;
  const act = (by: Account, method: string, path: string, body?: unknown) =>
    rest(github, by, method, `${repo}${path}`, body);
  return {
    openIssue: async (by, text) => Number(field(await act(by, "POST", "/issues", text), "number")),
    editIssue: async (by, issue, text) => void (await act(by, "PATCH", `/issues/${issue}`, text)),
    deleteIssue: async (_by, issue) => github.emulator.deleteIssue(`${owner}/${name}`, issue),
    addLabel: async (by, issue, label) => void (await act(by, "POST", `/issues/${issue}/labels`, { labels: [label] })),
    removeLabel: async (by, issue, label) =>
      void (await act(by, "DELETE", `/issues/${issue}/labels/${encodeURIComponent(label)}`)),
    renameLabel: async (by, from, to) =>
      void (await act(by, "PATCH", `/labels/${encodeURIComponent(from)}`, { new_name: to })),
    deleteLabel: async (by, label) => void (await act(by, "DELETE", `/labels/${encodeURIComponent(label)}`)),
    closeIssue: async (by, issue, reason) =>
      void (await act(by, "PATCH", `/issues/${issue}`, { state: "closed", state_reason: reason })),
    async blockBy(by, issue, blocker) {
      const issue_id = field(await act(by, "GET", `/issues/${blocker}`), "id");
      await act(by, "POST", `/issues/${issue}/dependencies/blocked_by`, { issue_id });
    },
    async adopt(by, parent, child) {
      const sub_issue_id = field(await act(by, "GET", `/issues/${child}`), "id");
      await act(by, "POST", `/issues/${parent}/sub_issues`, { sub_issue_id });
    },
    async openElsewhere(by, text) {
      libraries += 1;
      const lib = `lib-of-${name}-${libraries}`;
      await github.emulator.createRepository({ owner, name: lib, private: true, collaborators: { alice: "write" } });
      const there = (method: string, path: string, body?: unknown) =>
        rest(github, by, method, `/repos/${owner}/${lib}${path}`, body);
      const made = await there("POST", "/issues", text);
      const number = Number(field(made, "number"));
      return {
        ref: `${owner}/${lib}#${number}`,
        async blocks(issue) {
          await act(by, "POST", `/issues/${issue}/dependencies/blocked_by`, { issue_id: field(made, "id") });
        },
        async close(reason) {
          await there("PATCH", `/issues/${number}`, { state: "closed", state_reason: reason });
        },
      };
    },
    comment: async (by, on, body) => Number(field(await act(by, "POST", `/issues/${on}/comments`, { body }), "id")),
    editComment: async (by, id, body) => void (await act(by, "PATCH", `/issues/comments/${id}`, { body })),
    async review(by, pull, state, body) {
      const event = state === "approved" ? "APPROVE" : "REQUEST_CHANGES";
      await act(by, "POST", `/pulls/${pull}/reviews`, { event, body });
    },
    async requireChecks(contexts) {
      await act(github.people.owner, "PUT", "/branches/main/protection", {
        required_status_checks: { strict: false, contexts },
        enforce_admins: false,
        required_pull_request_reviews: null,
        restrictions: null,
      });
    },
    settle: () => github.emulator.idle(),
    async report(head, { name: context, status }) {
      const state = status === "neutral" ? "success" : status;
      await act(github.people.alice, "POST", `/statuses/${head}`, { state, context });
    },
  } satisfies Partial<World>;
}

function gitLevers(github: Github, { owner, name }: RepositoryRef) {
  const git = github.emulator.git(`${owner}/${name}`);
  const repo = `/repos/${owner}/${name}`;
  let commits = 0;
  return {
    async push(by, branch, { path = "work.txt", message = "work" } = {}) {
      commits += 1;
      const text = path.endsWith(".yml") ? `${CI}# ${commits}\n` : `${commits}\n`;
      return await git.commitFiles({ branch, message, files: { [path]: text }, author: by.login });
    },
    async forcePush(by, branch, message) {
      const files = [{ path: "forged.txt", mode: "100644", type: "blob", content: "mine\n" }];
      const tree = field(await rest(github, by, "POST", `${repo}/git/trees`, { tree: files }), "sha");
      const made = await rest(github, by, "POST", `${repo}/git/commits`, { message, tree, parents: [] });
      const sha = String(field(made, "sha"));
      const isThere = (await git.resolve(`refs/heads/${branch}`)) !== null;
      if (isThere) await rest(github, by, "PATCH", `${repo}/git/refs/heads/${branch}`, { sha, force: true });
      else await rest(github, by, "POST", `${repo}/git/refs`, { ref: `refs/heads/${branch}`, sha });
      return sha;
    },
    async setConfig(yaml) {
      const files = { ".github/signalbox.yml": yaml };
      await git.commitFiles({ branch: "main", message: "config", files, author: "alice" });
    },
    pushConfig: async (by, branch, yaml) =>
      await git.commitFiles({
        branch,
        message: "config",
        files: { ".github/signalbox.yml": yaml },
        author: by.login,
      }),
    refOf: async (ref) => git.refs(ref)[ref] ?? null,
    async collide(by) {
      await git.commitFiles({ branch: "main", message: "collide", files: { "work.txt": "other\n" }, author: by.login });
    },
  } satisfies Partial<World>;
}

/** One emulator for a whole file; every test gets a repository of its own. */
export function createGithubStages() {
  let started: Promise<Github> | null = null;
  let repositories = 0;

  async function make(): Promise<ContractStage> {
    started ??= start();
    const github = await started;
    const { emulator, app, people, writer } = github;
    repositories += 1;
    const repository = { owner: "acme", name: `app${repositories}` };
    const full = `acme/${repository.name}`;
    await emulator.createRepository({
      ...repository,
      private: true,
      files: { "README.md": "# app\n", ".github/workflows/signalbox.yml": WORKFLOW },
      collaborators: { alice: "write", carol: "maintain", mallory: "read" },
    });
    const hub = await app.hubFor(repository);
    if (hub === null) throw new Error("the App is not installed");
    return {
      hub,
      world: { ...issueLevers(github, repository), ...gitLevers(github, repository) },
      repository,
      writer,
      alice: people.alice,
      carol: people.carol,
      mallory: people.mallory,
      stranger: people.stranger,
      setRole: (account, role) => emulator.setCollaborator(full, account.login, role),
      pass: (ms) => emulator.clock.advance(ms),
      loseAnswer(to, when) {
        const operations = {
          updateRefs: /^graphql:updateRefs$/,
          "create-child": /^graphql:createIssue$/,
          "create-comment": /issues\/\{issue_number\}\/comments$/,
        };
        const isIt = (operation: string) => operations[to].test(operation);
        emulator.faults.add({
          match: ({ method, operation }) => method === "POST" && isIt(operation),
          fault: when === "before-it-was-applied" ? "reset" : "applied-then-lost",
          times: 1,
        });
      },
      close: async () => emulator.faults.clear(),
    };
  }

  return {
    make,
    /** Lets the next request of the app that matches fail in this way, once; faults that did not strike are forgotten. */
    async strike(hits: (method: string, operation: string) => boolean, fault: Fault): Promise<void> {
      const { emulator } = await (started ?? start());
      emulator.faults.clear();
      const match = ({ method, operation, token }: FaultRequest) => token.kind !== "user" && hits(method, operation);
      emulator.faults.add({ match, fault, times: 1 });
    },
    /** What the app itself asked of GitHub since this was last called, in order. */
    async asked(): Promise<{ readonly requests: readonly string[]; readonly points: number }> {
      const { emulator } = await (started ?? start());
      const ours = emulator.requests.entries.filter(({ token }) => token.kind !== "user");
      const requests = ours.map(({ method, operation }) =>
        operation.startsWith("graphql:") ? operation : `${method} ${operation}`,
      );
      const points = emulator.requests.graphqlPoints();
      emulator.requests.clear();
      return { requests, points };
    },
    async stop() {
      const github = await started;
      await github?.emulator.close();
    },
  };
}
