import { afterAll } from "vitest";
import { createGithubStages } from "./github-stage.ts";
import { hubContract } from "./hub.contract.ts";

const stages = createGithubStages();
afterAll(() => stages.stop());

hubContract("the hub on GitHub", stages.make);
