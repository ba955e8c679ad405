// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { describe, expect, it } from "vitest";
import { jobWith, plainLog, runJobOf } from "./support/job-bench.ts";

const NODE_ACTION = {
  "action.yml": `
name: greet
inputs:
  who: { required: true }
  greeting: { default: 'hello from \${{ github.actor }}' }
  with space: { default: x }
outputs: { text: { description: what was said } }
runs: { using: node24, pre: pre.mjs, main: main.mjs, post: post.mjs }
`,
  "pre.mjs": `import { appendFileSync } from "node:fs";
console.log("pre for " + process.env.INPUT_WHO);
appendFileSync(process.env.GITHUB_STATE, "from_pre=1\\n");`,
  "main.mjs": `import { appendFileSync } from "node:fs";
const text = process.env.INPUT_GREETING + ", " + process.env.INPUT_WHO + process.env.INPUT_WITH_SPACE;
console.log(text, "state", process.env.STATE_from_pre, process.env.GITHUB_ACTION_REPOSITORY, process.env.GITHUB_ACTION_REF);
appendFileSync(process.env.GITHUB_OUTPUT, "text=" + text + "\\n");
appendFileSync(process.env.GITHUB_STATE, "from_main=2\\n");`,
  "post.mjs": `console.log("post", process.env.STATE_from_pre, process.env.STATE_from_main, process.env.INPUT_WHO);`,
};

describe("node actions", () => {
  it("run pre, main and post with inputs, state and outputs", async () => {
    const end = await runJobOf(
      jobWith(`      - { id: a, uses: acme/greet@v1, with: { who: bob } }
      - run: echo "said \${{ steps.a.outputs.text }}"
`),
      { actions: { "acme/greet@v1": NODE_ACTION } },
    );
    expect(end.result).toBe("success");
    expect(
      plainLog(end.log)
        .split("\n")
        .filter((line) => /^(pre|hello|said|post)/.test(line)),
    ).toEqual([
      "pre for bob",
      "hello from alice, bobx state 1 acme/greet v1",
      "said hello from alice, bobx",
      "post 1 2 bob",
    ]);
    expect(end.steps.map((view) => view.name)).toEqual([
      "Set up job",
      "Pre Run acme/greet@v1",
      "Run acme/greet@v1",
      'Run echo "said hello from alice, bobx"',
      "Post Run acme/greet@v1",
      "Complete job",
    ]);
  });

  it("run their post scripts in reverse order, also after a failure", async () => {
    const action = (name: string) => ({
      "action.yml": `name: ${name}\nruns: { using: node20, main: main.mjs, post: post.mjs }\n`,
      "main.mjs": `console.log("main ${name}"); process.exitCode = ${name === "b" ? 1 : 0};`,
      "post.mjs": `console.log("post ${name}");`,
    });
    const end = await runJobOf(jobWith("      - uses: x/a@v1\n      - uses: x/b@v1\n"), {
      actions: { "x/a@v1": action("a"), "x/b@v1": action("b") },
    });
    expect(end.result).toBe("failure");
    expect(
      plainLog(end.log)
        .split("\n")
        .filter((line) => /^(main|post)/.test(line)),
    ).toEqual(["main a", "main b", "post b", "post a"]);
  });

  it("are read from the workspace when they are local", async () => {
    const files = {
      "tools/say/action.yml": "name: say\nruns: { using: node24, main: index.mjs }\n",
      "tools/say/index.mjs": 'console.log("local", process.cwd() === process.env.GITHUB_WORKSPACE);',
    };
    const end = await runJobOf(jobWith("      - uses: ./tools/say\n"), { files });
    expect(plainLog(end.log)).toContain("local true");
    const missing = await runJobOf(jobWith("      - uses: ./tools/say\n"));
    expect(missing.result).toBe("failure");
    expect(plainLog(missing.log)).toContain("Did you forget to run actions/checkout");
  });

  it.each<[why: string, action: Readonly<Record<string, string>> | null, line: string]>([
    ["cannot be found", null, "Unable to resolve action"],
    [
      "is a docker action",
      { "action.yml": "name: d\nruns: { using: docker, image: x }\n" },
      "Not emulated: docker actions",
    ],
    ["has no action.yml", { "README.md": "" }, "Can't find 'action.yml'"],
  ])("fail the set-up when one %s", async (_why, action, line) => {
    const actions = action === null ? {} : { "x/a@v1": action };
    const end = await runJobOf(jobWith("      - run: echo never\n      - uses: x/a@v1\n"), { actions });
    expect(end.result).toBe("failure");
    expect(plainLog(end.log)).toContain(line);
    expect(plainLog(end.log).split("\n")).not.toContain("never");
  });
});

describe("composite actions", () => {
  const COMPOSITE = {
    "action.yml": `
name: build
inputs: { target: { default: all } }
outputs: { made: { value: '\${{ steps.make.outputs.made }}' } }
runs:
  using: composite
  steps:
    - { id: make, shell: bash, run: 'echo "made=\${{ inputs.target }}" >> "$GITHUB_OUTPUT"; echo "at $(basename $GITHUB_ACTION_PATH) \${{ github.action_ref }} $LEVEL"' }
    - { uses: x/inner@v2 }
    - { shell: bash, run: 'echo "FROM_COMPOSITE=yes" >> "$GITHUB_ENV"' }
    - { shell: bash, run: exit 1, if: inputs.target == 'broken' }
    - { shell: bash, run: 'echo "inner status \${{ github.action_status }}"', if: always() }
`,
  };
  const INNER = {
    "action.yml": "name: inner\nruns: { using: node24, main: m.mjs, post: p.mjs }\n",
    "m.mjs": 'console.log("inner main");',
    "p.mjs": 'console.log("inner post");',
  };
  const actions = { "x/build@v1": COMPOSITE, "x/inner@v2": INNER };

  it("run their steps with their own inputs, outputs and environment", async () => {
    const end = await runJobOf(
      jobWith(`      - { id: b, uses: x/build@v1, with: { target: web }, env: { LEVEL: "9" } }
      - run: echo "made \${{ steps.b.outputs.made }} $FROM_COMPOSITE [$LEVEL]"
`),
      { actions },
    );
    expect(end.result).toBe("success");
    const lines = plainLog(end.log).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining(["at x_build@v1 v1 9", "inner main", "made web yes []", "inner post"]),
    );
    expect(lines.indexOf("inner post")).toBeGreaterThan(lines.indexOf("made web yes []"));
  });

  it("fail as one step", async () => {
    const end = await runJobOf(
      jobWith(`      - { id: b, uses: x/build@v1, with: { target: broken }, continue-on-error: true }
      - run: echo "outcome \${{ steps.b.outcome }} \${{ job.status }}"
`),
      { actions },
    );
    expect(end.result).toBe("success");
    expect(plainLog(end.log)).toContain("inner status failure");
    expect(plainLog(end.log)).toContain("outcome failure success");
  });

  it("see no secrets", async () => {
    const leak = {
      "action.yml": "name: l\nruns: { using: composite, steps: [{ shell: bash, run: 'echo ${{ secrets.KEY }}' }] }\n",
    };
    const end = await runJobOf(jobWith("      - uses: x/leak@v1\n"), {
      actions: { "x/leak@v1": leak },
      secrets: { KEY: "k" },
    });
    expect(end.result).toBe("failure");
    expect(plainLog(end.log)).toContain("Unrecognized named-value: 'secrets'");
  });
});
