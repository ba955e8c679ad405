// Judges acceptance cases by the names of executed tests. Pure, so that it can be tested: a reporter that never fails
// would be worth nothing.

import { type Case, REPLACED_MAX } from "../test/acceptance/cases.ts";

export interface ExecutedTest {
  readonly name: string;
  readonly passed: boolean;
}

export interface Verdict {
  /** One for each case: its ID, what came of it, and the test or decision that says so. */
  readonly lines: readonly string[];
  readonly summary: string;
  readonly isComplete: boolean;
}

const ID = /\b[A-J]\d{2}\b/g;

/** @param decisions names of the files in `docs/adr` */
export function judge(
  cases: Readonly<Record<string, Case>>,
  tests: readonly ExecutedTest[],
  decisions: readonly string[],
): Verdict {
  const byId = new Map<string, ExecutedTest[]>();
  for (const test of tests) {
    for (const id of new Set(test.name.match(ID) ?? [])) byId.set(id, [...(byId.get(id) ?? []), test]);
  }
  const lines: string[] = [];
  const counts = { passed: 0, failed: 0, replaced: 0, missing: 0 };
  for (const [id, { says, adr }] of Object.entries(cases)) {
    const found = byId.get(id) ?? [];
    const failing = found.find(({ passed }) => !passed);
    const decision = adr === undefined ? undefined : decisions.find((name) => name.startsWith(`${adr}-`));
    const [first] = found;
    if (failing !== undefined) {
      counts.failed += 1;
      lines.push(`${id}  FAILED   ${says}: ${failing.name}`);
    } else if (first !== undefined) {
      counts.passed += 1;
      const more = found.length === 1 ? "" : ` (and ${found.length - 1} more)`;
      lines.push(`${id}  passed   ${says}: ${first.name}${more}`);
    } else if (decision !== undefined) {
      counts.replaced += 1;
      lines.push(`${id}  replaced ${says}: docs/adr/${decision}`);
    } else {
      counts.missing += 1;
      lines.push(`${id}  MISSING  ${says}`);
    }
  }
  const { passed, failed, replaced, missing } = counts;
  return {
    lines,
    summary: `${passed} passed, ${replaced} replaced by a decision (at most ${REPLACED_MAX}), ${failed} failed, ${missing} without a test`,
    isComplete: failed === 0 && missing === 0 && replaced <= REPLACED_MAX,
  };
}
