// Call sites are found, not listed: one story without a fault is told and every request of the app and of its runs is written
// down. A cell is one of them, one fault, and the same story told again.

import { FAULTS, type Fault, type FaultRequest } from "signalbox-emulator";
import { Stuck, type Told, tell } from "./story.ts";
import { isOurs, type Universe, type World } from "./world.ts";

export interface CallSite {
  /** Method and operation, as the emulator's request log names them. */
  readonly call: string;
  /** 1 for the first time in a story. */
  readonly nth: number;
}

export interface Cell {
  readonly site: CallSite;
  readonly fault: Fault;
}

export interface Outcome {
  readonly cell: Cell;
  readonly hasStruck: boolean;
  /** Why the cell failed, in words; empty when it held. */
  readonly wrong: readonly string[];
  readonly sweeps: number;
  readonly attempts: number;
  readonly moves: readonly string[];
  /** For whoever reads a failure. */
  readonly notes: readonly string[];
}

/** A fault that says no for good ends an attempt or a sweep; anything may take this many passes of the sweep at the most. */
export const SWEEPS_MAX = 3;
/** Stories that are told to find the call sites: two looks at once may come in either order. */
const REHEARSALS = 3;
/** The stand-in's own way to leave objects on GitHub, where the publish job pushes with git. */
const STAGING = "POST /repos/{owner}/{repo}/git/refs";

export const callOf = ({ method, operation }: Pick<FaultRequest, "method" | "operation">) => `${method} ${operation}`;

export function nameOf({ site, fault }: Cell): string {
  return `${site.call} #${site.nth}, ${fault}`;
}

/** @returns every call site of the story that each rehearsal went through, in order */
export async function findCallSites(universe: Universe): Promise<readonly CallSite[]> {
  let least = new Map<string, number>();
  for (let rehearsal = 1; rehearsal <= REHEARSALS; rehearsal += 1) {
    const world = await universe.world();
    const told = await tell(world);
    if (told.wrong.length > 0) throw new Error(`the story goes wrong without a fault: ${told.wrong.join("; ")}`);
    const counts = new Map<string, number>();
    for (const entry of world.hub.requests.entries) {
      const call = callOf(entry);
      if (isOurs(entry) && call !== STAGING && entry.status !== 401) counts.set(call, (counts.get(call) ?? 0) + 1);
    }
    least = rehearsal === 1 ? counts : least;
    for (const [call, count] of least) least.set(call, Math.min(count, counts.get(call) ?? 0));
    await world.close();
  }
  return [...least].flatMap(([call, count]) => Array.from({ length: count }, (_, index) => ({ call, nth: index + 1 })));
}

export function allCells(sites: readonly CallSite[]): readonly Cell[] {
  return sites.flatMap((site) => FAULTS.map((fault): Cell => ({ site, fault })));
}

/** Counts the requests of one call and strikes the nth. */
function aim(world: World, { site, fault }: Cell): () => boolean {
  let seen = 0;
  let hasStruck = false;
  world.hub.faults.add({
    match: (request) => {
      if (!isOurs(request) || callOf(request) !== site.call) return false;
      seen += 1;
      if (seen === site.nth) hasStruck = true;
      return seen === site.nth;
    },
    fault,
    times: 1,
  });
  return () => hasStruck;
}

export async function runCell(universe: Universe, cell: Cell): Promise<Outcome> {
  const world = await universe.world();
  const hasStruck = aim(world, cell);
  try {
    return judge(cell, await tell(world), hasStruck(), world);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    const notes = notesOf(world);
    return { cell, hasStruck: hasStruck(), wrong: [error.message], sweeps: Infinity, attempts: 0, moves: [], notes };
  } finally {
    await world.close();
  }
}

function judge(cell: Cell, told: Told, hasStruck: boolean, world: World): Outcome {
  const late = told.sweeps > SWEEPS_MAX ? [`it took ${told.sweeps} sweeps`] : [];
  const { sweeps, attempts, moves } = told;
  return { cell, hasStruck, wrong: [...told.wrong, ...late], sweeps, attempts, moves, notes: notesOf(world) };
}

export function notesOf({ process, runs }: World): readonly string[] {
  const log = process.logged.map((line) => line.slice(0, 400));
  return [...runs.runs.map(({ run, steps }) => `run ${run}: ${steps.join(", ")}`), ...log];
}
