// Stand-in of actions/download-artifact: fetches archives of this run, or of another run through the REST API when it is
// given a token, and unpacks them.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fieldsOf, flag, input, run, say, setOutput, variable } from "../kit.ts";
import { readZip } from "../zip.ts";

interface Listed {
  readonly id: number;
  readonly name: string;
}

interface Source {
  readonly list: () => Promise<readonly Listed[]>;
  readonly fetch: (id: number) => Promise<Buffer>;
}

await run(async () => {
  const target = resolve(variable("GITHUB_WORKSPACE"), input("path"));
  const source = input("github-token") === "" ? thisRun() : otherRun();
  const all = await source.list();
  const chosen = choose(all);
  const isSingle =
    input("name") !== "" || flag("merge-multiple") || (input("artifact-ids") !== "" && chosen.length === 1);
  for (const artifact of chosen) {
    const directory = isSingle ? target : join(target, artifact.name);
    mkdirSync(directory, { recursive: true });
    for (const { path, content, mode } of readZip(await source.fetch(artifact.id))) {
      const file = resolve(directory, path);
      // An archive must not write beside its directory.
      if (relative(directory, file).startsWith("..")) throw new Error(`Malformed archive: ${path}`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      chmodSync(file, mode);
    }
    say(`Artifact ${artifact.name} has been downloaded to ${directory}`);
  }
  setOutput("download-path", target);
});

function choose(all: readonly Listed[]): readonly Listed[] {
  if (input("name") !== "") {
    const found = all.find((artifact) => artifact.name === input("name"));
    if (found === undefined)
      throw new Error(`Unable to download artifact(s): Artifact not found for name: ${input("name")}`);
    return [found];
  }
  if (input("artifact-ids") !== "") {
    const ids = input("artifact-ids")
      .split(",")
      .map((id) => Number(id.trim()));
    return all.filter((artifact) => ids.includes(artifact.id));
  }
  if (input("pattern") === "") return all;
  const source = input("pattern")
    .replace(/[.+^$()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return all.filter((artifact) => new RegExp(`^${source}$`).test(artifact.name));
}

function thisRun(): Source {
  const base = variable("ACTIONS_RESULTS_URL");
  const headers = { authorization: `Bearer ${variable("ACTIONS_RUNTIME_TOKEN")}` };
  return {
    list: async () => artifactsIn(await ask(base, headers)),
    fetch: async (id) => Buffer.from(await (await ask(`${base}${id}`, headers)).arrayBuffer()),
  };
}

function otherRun(): Source {
  const api = `${variable("GITHUB_API_URL")}/repos/${input("repository")}/actions`;
  const headers = { authorization: `Bearer ${input("github-token")}` };
  return {
    list: async () => artifactsIn(await ask(`${api}/runs/${input("run-id")}/artifacts?per_page=100`, headers)),
    fetch: async (id) => Buffer.from(await (await ask(`${api}/artifacts/${id}/zip`, headers)).arrayBuffer()),
  };
}

async function artifactsIn(answer: Response): Promise<readonly Listed[]> {
  const { artifacts } = fieldsOf(await answer.json());
  const list: readonly unknown[] = Array.isArray(artifacts) ? artifacts : [];
  return list.map(fieldsOf).map(({ id, name }) => ({ id: Number(id), name: String(name) }));
}

async function ask(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`Unable to download artifact(s): ${answer.status} ${await answer.text()}`);
  return answer;
}
