// Everything that a Hub promises, whichever it is. The memory hub and the GitHub adapter both run all of it.

import { describe } from "vitest";
import { effectsContract } from "./effects.contract.ts";
import { familyContract } from "./family.contract.ts";
import { mendingContract } from "./mending.contract.ts";
import { observeContract } from "./observe.contract.ts";
import { pullRequestsContract } from "./pull-requests.contract.ts";
import { refsContract } from "./refs.contract.ts";
import type { MakeStage } from "./stage.ts";
import { surveyContract } from "./survey.contract.ts";

export function hubContract(name: string, make: MakeStage): void {
  describe(name, () => {
    describe("records and refs", () => refsContract(make));
    describe("a look", () => observeContract(make));
    describe("effects", () => effectsContract(make));
    describe("kin", () => familyContract(make));
    describe("a survey", () => surveyContract(make));
    describe("the pull request of a task", () => pullRequestsContract(make));
    describe("what keeps a merge", () => mendingContract(make));
  });
}
