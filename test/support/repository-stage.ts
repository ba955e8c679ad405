// The stage for stories about whole repositories and installations: GitHub in memory with several repositories, their
// boards, and people who tick. Like every stage, each step ends with a second look that must write nothing.

import { peopleOf } from "../../src/adapters/memory/people.ts";
import { BOARD_TITLES, type BoardKind, boxesIn, boxLine } from "../../src/core/board.ts";
import type { Account } from "../../src/core/observation.ts";
import type { RepositoryRef } from "../../src/core/ports.ts";
import { reconcileRepository } from "../../src/reconcile/dashboard.ts";
import { reconcileInstallation } from "../../src/reconcile/install.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { type StageOptions, stage } from "./stage.ts";

export function repositoryStage(options: StageOptions = {}) {
  const base = stage(options);
  const { world, hub, deps, alice, repository } = base;

  function twice<T>(step: () => Promise<T>): () => Promise<T> {
    return async () => {
      const first = await step();
      const before = world.history.length;
      await step();
      const extra = world.history.slice(before);
      if (extra.length > 0) throw new Error(`a second look wrote: ${JSON.stringify(extra)}`);
      return first;
    };
  }

  const boardIn = (where: RepositoryRef, kind: BoardKind) =>
    [...world.stateOf(where).issues.values()].find(({ title }) => title === BOARD_TITLES[kind]);

  /** Ticks or unticks a box, as a click on the page does. */
  function click(by: Account, box: string, where: RepositoryRef = repository, kind: BoardKind = "tasks"): void {
    const board = boardIn(where, kind);
    if (board === undefined) throw new Error("there is no board");
    const isTicked = boxesIn(board.body).get(box);
    if (isTicked === undefined) throw new Error(`there is no box ${box} in\n${board.body}`);
    const body = board.body.replace(boxLine(box, "", isTicked), boxLine(box, "", !isTicked));
    peopleOf(world, where).editIssue(by, board.number, { body });
  }

  const installed: (RepositoryRef & { readonly id: number })[] = [];
  const gone = new Set<string>();
  /** One more repository of the organisation, with the App on it. */
  function add(name: string, { config, roles = [[alice, "write"]] }: AddOptions = {}) {
    const made = world.createRepository({ owner: "acme", name, roles, configSource: config });
    installed.push({ ...made, id: world.stateOf(made).id });
    return { ref: made, people: peopleOf(world, made) };
  }

  return {
    ...base,
    /** Looks at the repository as a whole. */
    tend: twice(() => reconcileRepository(deps, repository)),
    /** Looks at the installation. */
    install: twice(() =>
      reconcileInstallation(
        { hubFor: async ({ name }) => (gone.has(name) ? null : hub), log: deps.log },
        { id: 1, account: "acme", repositories: installed },
      ),
    ),
    /** Looks at an issue of another repository. */
    lookIn: async (where: RepositoryRef, issue: number) => await reconcile(deps, { ...where, issue }, []),
    click,
    add,
    gone,
    board: (kind: BoardKind = "tasks", where: RepositoryRef = repository) => boardIn(where, kind),
    boardText: (kind: BoardKind = "tasks", where: RepositoryRef = repository) => boardIn(where, kind)?.body ?? "",
    shared: async () => {
      const { repositoryLedger } = await hub.survey(repository);
      if ("problem" in repositoryLedger) throw new Error(repositoryLedger.problem);
      return repositoryLedger.state;
    },
  };
}
export type RepositoryStage = ReturnType<typeof repositoryStage>;

interface AddOptions {
  readonly config?: unknown;
  readonly roles?: readonly (readonly [Account, "admin" | "write" | "read"])[];
}
