// Takes the token out of the checked-out repository again.
import { existsSync } from "node:fs";
import { run, state, tell } from "../kit.ts";

await run(async () => {
  const directory = state("directory");
  if (directory === "" || !existsSync(directory)) return;
  await tell("git", ["config", "--local", "--unset-all", state("header")], directory, true);
});
