// Stand-in of actions/setup-node: there is one Node, the one that runs this; it goes first on the PATH.
import { dirname } from "node:path";
import { addPath, input, run, say, setOutput, warn } from "../kit.ts";

await run(async () => {
  const wanted = /\d+/.exec(input("node-version"))?.[0];
  const major = process.versions.node.split(".")[0];
  if (wanted !== undefined && wanted !== major)
    warn(`Node ${input("node-version")} was asked for; the emulator has ${process.version}`);
  addPath(dirname(process.execPath));
  setOutput("node-version", process.version);
  setOutput("cache-hit", "false");
  say(`node: ${process.version}`);
});
