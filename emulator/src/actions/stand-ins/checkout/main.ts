// Stand-in of actions/checkout: fetches one ref of one emulated repository into the workspace, with the token of the job.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { flag, input, mask, run, saveState, say, setOutput, tell, variable } from "../kit.ts";

interface Target {
  /** What to ask the server for. */
  readonly refspec: string;
  /** What to check out, and as which branch (null = detached). */
  readonly start: string;
  readonly branch: string | null;
}

await run(async () => {
  for (const name of ["submodules", "lfs"]) {
    if (!/^(false|)$/i.test(input(name))) throw new Error(`Not emulated: ${name} of actions/checkout`);
  }
  const workspace = variable("GITHUB_WORKSPACE");
  const directory = resolve(workspace, input("path"));
  if (relative(workspace, directory).startsWith(".."))
    throw new Error(`Repository path '${directory}' is not under '${workspace}'`);
  mkdirSync(directory, { recursive: true });
  const repository = input("repository");
  const server = variable("GITHUB_SERVER_URL");
  const git = (...args: readonly string[]) => tell("git", args, directory);
  const must = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await git(...args);
    if (code !== 0) throw new Error(`The process 'git ${args[0] ?? ""}' failed with exit code ${code}`);
    return output.trim();
  };
  const isOurs =
    (await tell("git", ["remote", "get-url", "origin"], directory, true)).output.trim() === `${server}/${repository}`;
  const isEmpty = readdirSync(directory).length === 0;
  if (!isOurs) {
    if (!isEmpty)
      for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
    await must("init", "--quiet", "--initial-branch", "main", ".");
    await must("remote", "add", "origin", `${server}/${repository}`);
  } else if (flag("clean")) {
    await must("clean", "-ffdx");
    await must("reset", "--hard", "--quiet");
  }
  await must("config", "--local", "gc.auto", "0");
  const header = `http.${server}/.extraheader`;
  saveState("directory", directory);
  saveState("header", header);
  if (input("token") !== "") {
    const basic = Buffer.from(`x-access-token:${input("token")}`).toString("base64");
    mask(basic);
    await must("config", "--local", header, `AUTHORIZATION: basic ${basic}`);
  }
  const target = await targetOf(repository, (name) =>
    tell("git", ["ls-remote", "--symref", "origin", name], directory, true),
  );
  const depth = Number(input("fetch-depth"));
  if (depth === 0) {
    await must("fetch", "--quiet", "--prune", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
    const there = await tell("git", ["rev-parse", "--verify", "--quiet", `${target.start}^{commit}`], directory, true);
    // Not on any branch: a test merge, or a commit that its branch has left.
    if (there.code !== 0) await must("fetch", "--quiet", "origin", target.refspec);
  } else {
    const tags = flag("fetch-tags") ? "--tags" : "--no-tags";
    await must("fetch", "--quiet", "--prune", tags, `--depth=${depth}`, "origin", target.refspec);
  }
  await must(
    "checkout",
    "--quiet",
    "--force",
    ...(target.branch === null ? ["--detach"] : ["-B", target.branch]),
    target.start,
  );
  if (target.branch !== null)
    await tell("git", ["branch", `--set-upstream-to=origin/${target.branch}`], directory, true);
  if (input("token") !== "" && !flag("persist-credentials")) await must("config", "--local", "--unset-all", header);
  const commit = await must("log", "-1", "--format=%H");
  setOutput("commit", commit);
  setOutput("ref", input("ref") || variable("GITHUB_REF"));
  say(`Checked out ${commit}`);
});

async function targetOf(
  repository: string,
  remote: (name: string) => Promise<{ readonly output: string }>,
): Promise<Target> {
  const isSelf = repository.toLowerCase() === variable("GITHUB_REPOSITORY").toLowerCase();
  const wanted = input("ref");
  if (wanted === "" && isSelf) return pinned(variable("GITHUB_REF"), variable("GITHUB_SHA"));
  if (/^[0-9a-f]{40}$/.test(wanted)) return { refspec: wanted, start: wanted, branch: null };
  if (wanted.startsWith("refs/")) return named(wanted);
  const listed = (await remote(wanted === "" ? "HEAD" : wanted)).output;
  if (wanted === "") {
    const head = /^ref: (refs\/heads\/\S+)\s+HEAD$/m.exec(listed)?.[1];
    if (head === undefined) throw new Error(`Repository ${repository} has no default branch`);
    return named(head);
  }
  for (const full of [`refs/heads/${wanted}`, `refs/tags/${wanted}`]) {
    if (listed.split("\n").some((line) => line.endsWith(`\t${full}`))) return named(full);
  }
  throw new Error(`A branch or tag with the name '${wanted}' could not be found`);
}

function named(ref: string): Target {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null;
  const local = ref.startsWith("refs/tags/")
    ? ref
    : ref.replace(/^refs\/(heads|pull)\//, (_, kind) =>
        kind === "heads" ? "refs/remotes/origin/" : "refs/remotes/pull/",
      );
  return { refspec: `+${ref}:${local}`, start: local, branch };
}

/** The exact commit that the run is about, under the name of its ref. */
function pinned(ref: string, sha: string): Target {
  const { refspec, branch } = named(ref);
  const local = refspec.slice(refspec.indexOf(":") + 1);
  return { refspec: `+${sha}:${local}`, start: sha, branch };
}
