// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { type ActionsWorld, createActionsWorld, type RunView } from "./support/actions-world.ts";

const dispatchable = (steps: string): string =>
  `on: workflow_dispatch\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps}`;

async function logOf(world: ActionsWorld, run: RunView): Promise<string> {
  const [job] = await world.jobs(run);
  if (job === undefined) throw new Error(world.hub.actions.startupProblem(run.id) ?? "no job");
  return world.log(job);
}

describe("actions/checkout", () => {
  it("takes the commit of the run, deep or shallow, and forgets the token when told to", async () => {
    await using world = await createActionsWorld({
      "a.yml":
        dispatchable(`      - { id: c, uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683, with: { path: shallow } }
      - { uses: actions/checkout@v4, with: { path: deep, fetch-depth: 0, persist-credentials: false } }
      - run: |
          echo "shallow $(git -C shallow rev-list --count HEAD) deep $(git -C deep rev-list --count HEAD) on $(git -C deep branch --show-current)"
          echo "commit \${{ steps.c.outputs.commit }} $(git -C shallow config --get-regexp extraheader | wc -l) $(git -C deep config --get-regexp extraheader | wc -l)"
          git -C deep branch -r
`),
    });
    await world.hub.git("acme/app").commitFiles({ branch: "main", message: "two", files: { b: "b" }, author: "alice" });
    await world.hub
      .git("acme/app")
      .commitFiles({ branch: "other", message: "three", files: { c: "c" }, author: "alice" });
    const run = await world.dispatch("a.yml");
    const log = await logOf(world, run);
    expect(run.conclusion).toBe("success");
    expect(log).toContain("shallow 1 deep 2 on main");
    expect(log).toContain(`commit ${run.head_sha} 1 0`);
    expect(log).toContain("origin/other");
  });

  it("takes branches, tags, SHAs and other repositories, and says what is not there", async () => {
    await using world = await createActionsWorld({
      "a.yml": dispatchable(`      - { uses: actions/checkout@v4, with: { ref: topic, path: branch } }
      - { uses: actions/checkout@v4, with: { repository: acme/lib, path: lib } }
      - { uses: actions/checkout@v4, with: { repository: acme/lib, ref: v1, path: tag } }
      - run: cat branch/t.txt lib/l.txt tag/l.txt && git -C branch branch --show-current
      - { uses: actions/checkout@v4, with: { ref: nowhere } }
`),
    });
    await world.hub
      .git("acme/app")
      .commitFiles({ branch: "topic", message: "t", files: { "t.txt": "from topic\n" }, author: "alice" });
    const lib = await world.hub.createRepository({ owner: "acme", name: "lib", files: { "l.txt": "from lib\n" } });
    await fetch(`${world.hub.apiUrl}/repos/acme/lib/git/refs`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.hub.tokenOf("alice")}` },
      body: JSON.stringify({ ref: "refs/tags/v1", sha: lib.head }),
    });
    const run = await world.dispatch("a.yml");
    const log = await logOf(world, run);
    expect(log).toContain("from topic\nfrom lib\nfrom lib\ntopic\n");
    expect(log).toContain("##[error]A branch or tag with the name 'nowhere' could not be found");
    expect(run.conclusion).toBe("failure");
  });

  it("takes the test merge of a pull request, and pushes with the job's token", async () => {
    await using world = await createActionsWorld({
      "pr.yml": `on: pull_request\npermissions: { contents: write }\njobs:\n  a:\n    runs-on: x\n    steps:
      - uses: actions/checkout@v5
      - run: ls && git log -1 --format=%s
      - { uses: actions/checkout@v5, with: { ref: '\${{ github.head_ref }}' } }
      - run: git config user.name bot && git config user.email bot@example.com && git commit -q --allow-empty -m 'from the job' && git push -q
`,
    });
    await world.hub
      .git("acme/app")
      .commitFiles({ branch: "topic", message: "t", files: { "t.txt": "t" }, author: "alice" });
    await world.hub
      .git("acme/app")
      .commitFiles({ branch: "main", message: "m", files: { "m.txt": "m" }, author: "alice" });
    await world.call("POST", "/pulls", { title: "T", head: "topic", base: "main" });
    await world.hub.idle();
    const run = (await world.runs()).find(
      (one) => one.event === "pull_request" && one.conclusion !== "action_required",
    );
    if (run === undefined) throw new Error("no run");
    const log = await logOf(world, run);
    expect(run.conclusion).toBe("success");
    expect(log).toContain("README.md\nm.txt\nt.txt\nMerge ");
    expect((await world.hub.git("acme/app").log("topic"))[0]?.message.trim()).toBe("from the job");
  });
});

it("actions/setup-node puts its Node first and names its version", async () => {
  await using world = await createActionsWorld({
    "a.yml":
      dispatchable(`      - { id: n, uses: actions/setup-node@v4, with: { node-version: ${process.versions.node.split(".")[0]} } }
      - run: echo "same $([ "$(node --version)" = "\${{ steps.n.outputs.node-version }}" ] && echo yes)"
`),
  });
  expect(await logOf(world, await world.dispatch("a.yml"))).toContain("same yes");
});

it("actions of emulated repositories are found by branch, tag, SHA and path", async () => {
  const action = (text: string) =>
    `name: x\nruns: { using: composite, steps: [{ shell: bash, run: 'echo ${text}' }] }\n`;
  await using world = await createActionsWorld({});
  const tools = await world.hub.createRepository({
    owner: "acme",
    name: "tools",
    files: { "action.yml": action("at the root"), "deep/er/action.yaml": action("deeper") },
  });
  const file = dispatchable(`      - uses: acme/tools@main
      - uses: acme/tools/deep/er@${tools.head}
      - { uses: acme/tools@v9, continue-on-error: true }
`);
  await world.hub.git("acme/app").commitFiles({
    branch: "main",
    message: "use",
    files: { ".github/workflows/a.yml": file.replace(/.*v9.*\n/, "") },
    author: "alice",
  });
  const log = await logOf(world, await world.dispatch("a.yml"));
  expect(log).toContain("\nat the root\n");
  expect(log).toContain("\ndeeper\n");
  await world.hub
    .git("acme/app")
    .commitFiles({ branch: "main", message: "use", files: { ".github/workflows/a.yml": file }, author: "alice" });
  const run = await world.dispatch("a.yml");
  expect(run.conclusion).toBe("failure");
  expect(await logOf(world, run)).toContain("Unable to resolve action `acme/tools@v9`");
});

it("schedules run when a test says that it is time", async () => {
  await using world = await createActionsWorld({
    "nightly.yml":
      "name: Nightly\non: { schedule: [{ cron: '0 3 * * *' }] }\njobs: { a: { runs-on: x, steps: [{ run: 'echo \"at ${{ github.event.schedule }}\"' }] } }\n",
  });
  const [id] = await world.hub.actions.runSchedules("acme/app");
  await world.hub.idle();
  const [run] = await world.runs();
  expect(run).toMatchObject({ id, event: "schedule", name: "Nightly", conclusion: "success", head_branch: "main" });
  if (run !== undefined) expect(await logOf(world, run)).toContain("at 0 3 * * *");
});

it("a caller's GITHUB_TOKEN, passed on by name, is the token of the job that it reaches", async () => {
  await using world = await createActionsWorld({
    "call.yml":
      "on: workflow_dispatch\npermissions: { issues: write }\njobs: { c: { uses: ./.github/workflows/inner.yml, secrets: { token: '${{ secrets.GITHUB_TOKEN }}' } } }\n",
    "inner.yml": `on: { workflow_call: { secrets: { token: { required: true } } } }
jobs:
  a:
    runs-on: x
    steps: [{ env: { T: '\${{ secrets.token }}' }, run: 'curl -sS -o /dev/null -w "%{http_code}" -X POST -H "Authorization: Bearer $T" "$GITHUB_API_URL/repos/acme/app/issues" -d "{\\"title\\":\\"x\\"}"' }]
`,
  });
  expect(await logOf(world, await world.dispatch("call.yml"))).toContain("\n201\n");
});
