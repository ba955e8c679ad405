// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { createActionsWorld } from "./support/actions-world.ts";

describe("a run out of git", () => {
  it("checks out, uses a local node action and a composite action, and passes outputs on", async () => {
    await using world = await createActionsWorld(
      {
        "ci.yml": `
name: CI
run-name: CI for \${{ github.ref_name }}
on: [push, workflow_dispatch]
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { text: '\${{ steps.say.outputs.text }}' }
    steps:
      - uses: actions/checkout@v5
      - { id: say, uses: ./.github/actions/say, with: { who: world } }
      - uses: ./.github/actions/twice
  after:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: echo "build said \${{ needs.build.outputs.text }} (\${{ needs.build.result }})"
`,
      },
      {
        files: {
          ".github/actions/say/action.yml": "name: say\ninputs: { who: {} }\nruns: { using: node24, main: main.mjs }\n",
          ".github/actions/say/main.mjs":
            'import { appendFileSync } from "node:fs";\nappendFileSync(process.env.GITHUB_OUTPUT, `text=hello ${process.env.INPUT_WHO}\\n`);\n',
          ".github/actions/twice/action.yml":
            "name: twice\nruns: { using: composite, steps: [{ shell: bash, run: cat README.md }, { shell: bash, run: git log --oneline } ] }\n",
        },
      },
    );
    await world.hub
      .git("acme/app")
      .commitFiles({ branch: "main", message: "second", files: { "README.md": "# two\n" }, author: "alice" });
    await world.hub.idle();
    const [run] = await world.runs();
    expect(run).toMatchObject({
      name: "CI",
      event: "push",
      status: "completed",
      conclusion: "success",
      display_title: "CI for main",
    });
    if (run === undefined) throw new Error("no run");
    const [build, after] = await world.jobs(run);
    if (build === undefined || after === undefined) throw new Error("no jobs");
    expect(build.steps.map((step) => [step.name, step.conclusion])).toEqual([
      ["Set up job", "success"],
      ["Run actions/checkout@v5", "success"],
      ["Run ./.github/actions/say", "success"],
      ["Run ./.github/actions/twice", "success"],
      ["Post Run actions/checkout@v5", "success"],
      ["Complete job", "success"],
    ]);
    expect(await world.log(build)).toContain("# two");
    expect(await world.log(build)).toContain("second");
    expect(await world.log(after)).toContain("build said hello world (success)");
  });
});
