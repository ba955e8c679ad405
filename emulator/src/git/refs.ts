// The refs of one bare repository: reading, listing, and the one way to change them. Every change is a compare-and-swap over
// all its refs at once; who may change what is decided elsewhere.
import type { ObjectStore } from "./object-store.ts";
import { type Sha, ZERO_SHA } from "./objects.ts";
import { type Ref, type RefTable, readRefTable } from "./ref-table.ts";
import { runGit } from "./run-git.ts";

/** `before` undefined = whatever is there; zeros = must not exist. `after` zeros = delete. */
export interface RefChange {
  readonly name: string;
  readonly before?: Sha;
  readonly after: Sha;
}
export interface AppliedRefChange {
  readonly name: string;
  readonly before: Sha;
  readonly after: Sha;
}

export type RefRefusal =
  | { readonly reason: "stale"; readonly name: string; readonly expected: Sha; readonly actual: Sha }
  | { readonly reason: "bad-name"; readonly name: string }
  | { readonly reason: "missing-object"; readonly name: string; readonly sha: Sha }
  | { readonly reason: "name-conflict"; readonly name: string; readonly with: string }
  | { readonly reason: "refused"; readonly name: string; readonly message: string };

export type RefVerdict<R = RefRefusal> =
  | { readonly applied: readonly AppliedRefChange[] }
  | { readonly refused: R | RefRefusal };

export interface RefStore {
  resolve(name: string): Sha | null;
  /** All refs whose name starts with `prefix`, in the order of their names. */
  list(prefix: string): readonly Ref[];
  /**
   * Applies all changes or none. `check` runs inside the same critical section, after the old values were read:
   * what it allows cannot be overtaken by another change.
   */
  update<R = RefRefusal>(changes: readonly RefChange[], check?: RefCheck<R>): Promise<RefVerdict<R>>;
}
export type RefCheck<R> = (changes: readonly AppliedRefChange[]) => Promise<R | null>;

const REF_NAME_CHARS_MAX = 255;

/** The rules of `git check-ref-format`, for a full name below `refs/`. */
export function isRefName(name: string): boolean {
  if (!name.startsWith("refs/") || name.length > REF_NAME_CHARS_MAX) return false;
  const parts = name.split("/");
  if (parts.length < 3) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids exactly these.
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{/.test(name) || name.endsWith(".")) return false;
  return parts.every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/** `refs/heads/a` and `refs/heads/a/b` cannot both exist. */
function nameConflict(name: string, table: RefTable, deleted: ReadonlySet<string>): string | null {
  const parts = name.split("/");
  for (let count = 3; count < parts.length; count += 1) {
    const above = parts.slice(0, count).join("/");
    if (table.get(above) !== null && !deleted.has(above)) return above;
  }
  const below = table.list(`${name}/`).find((ref) => !deleted.has(ref.name));
  return below?.name ?? null;
}

async function firstRefusal(
  changes: readonly RefChange[],
  applied: readonly AppliedRefChange[],
  objects: ObjectStore,
  table: RefTable,
): Promise<RefRefusal | null> {
  const deleted = new Set(applied.filter((change) => change.after === ZERO_SHA).map((change) => change.name));
  for (const [index, change] of changes.entries()) {
    const { name, before, after } = change;
    const actual = applied[index]?.before ?? ZERO_SHA;
    if (!isRefName(name)) return { reason: "bad-name", name };
    if (before !== undefined && before !== actual) return { reason: "stale", name, expected: before, actual };
    if (after !== ZERO_SHA && !(await objects.has(after))) return { reason: "missing-object", name, sha: after };
    if (after === ZERO_SHA || actual !== ZERO_SHA) continue;
    const clash = nameConflict(name, table, deleted);
    if (clash !== null) return { reason: "name-conflict", name, with: clash };
  }
  return null;
}

function transaction(applied: readonly AppliedRefChange[]): string {
  const lines = applied.map(({ name, before, after }) =>
    after === ZERO_SHA ? `delete ${name} ${before}` : `update ${name} ${after} ${before}`,
  );
  return `start\n${lines.join("\n")}\nprepare\ncommit\n`;
}

export function openRefStore(gitDir: string, objects: ObjectStore): RefStore {
  // One change at a time per repository, so that checks and events come in the order of the changes.
  let last: Promise<unknown> = Promise.resolve();
  const table = readRefTable(gitDir);

  async function apply<R>(changes: readonly RefChange[], check: RefCheck<R> | undefined): Promise<RefVerdict<R>> {
    const applied = changes.map(({ name, after }) => ({
      name,
      after,
      before: isRefName(name) ? (table.get(name) ?? ZERO_SHA) : ZERO_SHA,
    }));
    const refusal = (await firstRefusal(changes, applied, objects, table)) ?? (await check?.(applied)) ?? null;
    if (refusal !== null) return { refused: refusal };
    const real = applied.filter((change) => change.before !== change.after);
    if (real.length === 0) return { applied: [] };
    const outcome = await runGit({ args: ["update-ref", "--stdin"], cwd: gitDir, input: transaction(real) });
    if (outcome.code === 0) {
      for (const { name, after } of real) {
        if (after === ZERO_SHA) table.remove(name);
        else table.set(name, after);
      }
      return { applied: real };
    }
    return { refused: { reason: "refused", name: real[0]?.name ?? "", message: outcome.stderr.trim() } };
  }

  return {
    resolve: table.get,
    list: table.list,
    update: (changes, check) => {
      const turn = last.then(() => apply(changes, check));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
