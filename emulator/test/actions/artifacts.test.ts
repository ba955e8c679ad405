// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { readZip, writeZip } from "../../src/actions/stand-ins/zip.ts";
import { createActionsWorld } from "./support/actions-world.ts";

const WORKFLOW = `
on: workflow_dispatch
jobs:
  make:
    runs-on: ubuntu-latest
    outputs: { id: '\${{ steps.up.outputs.artifact-id }}', digest: '\${{ steps.up.outputs.artifact-digest }}' }
    steps:
      - run: mkdir -p out/deep out/.hidden && echo one > out/a.txt && echo two > out/deep/b.txt && echo no > out/.hidden/c && printf '#!/bin/sh\\necho ran\\n' > out/run.sh && chmod +x out/run.sh
      - { id: up, uses: actions/upload-artifact@v4, with: { name: result, path: out } }
      - { uses: actions/upload-artifact@v4, with: { name: texts, path: "out/**/*.txt\\n!out/deep/b.txt", retention-days: 3 } }
      - { id: again, uses: actions/upload-artifact@v4, with: { name: result, path: out }, continue-on-error: true }
      - run: echo "again \${{ steps.again.outcome }}"
  use:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/download-artifact@v4, with: { name: result, path: got } }
      - run: cd got && find . -type f | sort && cat a.txt deep/b.txt && ./run.sh
      - { uses: actions/download-artifact@v4, with: { path: all } }
      - run: ls all && cat all/texts/a.txt
`;

describe("artifacts", () => {
  it("go from job to job and out through the API", async () => {
    await using world = await createActionsWorld({ "a.yml": WORKFLOW });
    const run = await world.dispatch("a.yml");
    const [make, use] = await world.jobs(run);
    if (make === undefined || use === undefined) throw new Error("no jobs");
    expect(await world.log(make)).toContain("again failure");
    const log = await world.log(use);
    expect(run.conclusion).toBe("success");
    expect(log).toContain("./a.txt\n./deep/b.txt\n./run.sh\none\ntwo\nran\n");
    expect(log).toContain("result\ntexts\none\n");

    expect(world.hub.requests.writes((entry) => entry.path.startsWith("/_"))).toEqual([]);
    const { body } = await world.call("GET", `/actions/runs/${run.id}/artifacts`);
    expect(body.artifacts).toMatchObject([
      { name: "texts", expired: false, workflow_run: { id: run.id, head_sha: run.head_sha } },
      { name: "result", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
    const [texts] = body.artifacts;
    const answer = await fetch(texts.archive_download_url, {
      headers: { authorization: `Bearer ${world.hub.tokenOf("alice")}` },
      redirect: "manual",
    });
    expect(answer.status).toBe(302);
    const zip = Buffer.from(await (await fetch(answer.headers.get("location") ?? "")).arrayBuffer());
    expect(readZip(zip).map((entry) => [entry.path, Buffer.from(entry.content).toString()])).toEqual([
      ["a.txt", "one\n"],
    ]);

    world.hub.clock.advance(3 * 86_400_000 + 1);
    expect((await world.call("GET", `/actions/artifacts/${texts.id}`)).body.expired).toBe(true);
    expect((await world.call("GET", `/actions/artifacts/${texts.id}/zip`)).status).toBe(410);
    expect((await world.call("DELETE", `/actions/artifacts/${texts.id}`)).status).toBe(204);
    expect((await world.call("GET", "/actions/artifacts?name=texts")).body).toEqual({ total_count: 0, artifacts: [] });
  });

  it.each<[why: string, with_: string, result: string, line: string]>([
    ["a name with a slash", "{ name: a/b, path: README.md }", "failure", "The artifact name is not valid"],
    ["nothing to upload, as an error", "{ path: nowhere, if-no-files-found: error }", "failure", "No files were found"],
    ["nothing to upload, by default", "{ path: nowhere }", "success", "No artifacts will be uploaded"],
  ])("with %s", async (_why, given, result, line) => {
    await using world = await createActionsWorld({
      "a.yml": `on: workflow_dispatch\njobs: { a: { runs-on: x, steps: [{ uses: actions/checkout@v5 }, { uses: actions/upload-artifact@v4, with: ${given} }] } }\n`,
    });
    const run = await world.dispatch("a.yml");
    const [job] = await world.jobs(run);
    if (job === undefined) throw new Error("no job");
    expect(await world.log(job)).toContain(line);
    expect(run.conclusion).toBe(result);
  });
});

describe("zip archives", () => {
  it("hold what was put in", () => {
    const entries = [
      { path: "ä/b.txt", content: Buffer.from("hello ".repeat(1000)), mode: 0o755 },
      { path: "empty", content: Buffer.alloc(0), mode: 0o600 },
    ];
    const read = readZip(writeZip(entries));
    expect(read.map(({ path, mode, content }) => ({ path, mode, content: Buffer.from(content) }))).toEqual(entries);
  });

  it("are refused when they are none", () => {
    expect(() => readZip(Buffer.from("hello"))).toThrow("not a zip archive");
  });
});
