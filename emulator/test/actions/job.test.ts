// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jobWith, plainLog, runJobOf } from "./support/job-bench.ts";

/** A killed process may stay in the table as a zombie until its parent asks for it. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe("run steps", () => {
  it("hand values on through outputs, environment, path and summary", async () => {
    const end = await runJobOf(
      jobWith(
        `      - id: one
        run: |
          echo "sha=abc" >> "$GITHUB_OUTPUT"
          printf 'text<<EOF\\nline 1\\nline 2\\nEOF\\n' >> "$GITHUB_OUTPUT"
          echo "LEVEL=high" >> "$GITHUB_ENV"
          mkdir -p bin && printf '#!/bin/sh\\necho tool says $LEVEL\\n' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
          echo "# done" >> "$GITHUB_STEP_SUMMARY"
      - run: tool
      - run: echo "got \${{ steps.one.outputs.sha }} \${{ env.LEVEL }} \${{ vars.COLOR }}"
`,
        "    outputs: { sha: '${{ steps.one.outputs.sha }}', text: '${{ steps.one.outputs.text }}' }\n",
      ),
    );
    expect(end.result).toBe("success");
    expect(end.outputs).toEqual({ sha: "abc", text: "line 1\nline 2" });
    expect(end.summary).toBe("# done\n");
    expect(plainLog(end.log)).toContain("tool says high");
    expect(plainLog(end.log)).toContain("got abc high blue");
  });

  it("see a built environment and nothing of ours", async () => {
    const end = await runJobOf(jobWith("      - run: env | cut -d= -f1 | sort | tr '\\n' ' '\n"), {
      env: { EXTRA: "1" },
    });
    const names = plainLog(end.log)
      .split("\n")
      .find((line) => line.includes("GITHUB_ACTIONS"))
      ?.split(" ");
    expect(names).toEqual(
      expect.arrayContaining(["CI", "EXTRA", "GITHUB_REPOSITORY", "GITHUB_WORKSPACE", "HOME", "PATH", "RUNNER_TEMP"]),
    );
    expect(names?.filter((name) => /VITEST|NODE_|npm_/.test(name))).toEqual([]);
    expect(names).not.toContain("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  });

  it.each<[why: string, step: string, line: string]>([
    [
      "stop at the first failing command by default",
      "run: 'false | true; echo piped; false; echo never'",
      "exit code 1",
    ],
    ["see failures in pipes with shell: bash", "{ run: 'false | true; echo never', shell: bash }", "exit code 1"],
    ["fail on a missing directory", "{ run: pwd, working-directory: nowhere }", "No such file or directory"],
    ["fail on an unknown shell", "{ run: pwd, shell: fish }", "Invalid shell option"],
    ["fail on a broken output file", 'run: echo nonsense >> "$GITHUB_OUTPUT"', "Invalid format 'nonsense'"],
    ["fail on a disabled command", "run: 'echo \"::set-env name=A::b\"'", "`set-env` command is disabled"],
    ["fail on a template that cannot be evaluated", "run: echo ${{ fromJSON('{') }}", "The template is not valid"],
  ])("%s", async (_why, step, line) => {
    const end = await runJobOf(jobWith(`      - ${step}\n      - run: echo after\n`));
    expect(end.result).toBe("failure");
    expect(plainLog(end.log)).toContain(line);
    expect(plainLog(end.log).split("\n")).not.toContain("never");
    expect(plainLog(end.log).split("\n")).not.toContain("after");
    expect(end.steps.map((view) => view.conclusion)).toEqual(["success", "failure", "skipped", "success"]);
  });

  it("go on after a failure where the file says so", async () => {
    const end = await runJobOf(
      jobWith(`      - { id: soft, run: exit 3, continue-on-error: true }
      - run: echo "\${{ steps.soft.outcome }} \${{ steps.soft.conclusion }} \${{ job.status }}"
      - { run: exit 4 }
      - { run: echo never }
      - { run: 'echo "cleaning \${{ job.status }}"', if: failure() }
      - { run: echo "always", if: always() }
`),
    );
    expect(end.result).toBe("failure");
    const lines = plainLog(end.log).split("\n");
    expect(lines).toEqual(expect.arrayContaining(["failure success success", "cleaning failure", "always"]));
    expect(lines).not.toContain("never");
  });

  it("turn commands into annotations and keep secrets out of the log", async () => {
    const end = await runJobOf(
      jobWith(`      - run: |
          echo "::error file=a.ts,line=3,title=Oops::it broke"
          echo "::warning::careful"
          echo "::add-mask::derived-value"
          echo "derived-value and \${{ secrets.KEY }}"
          echo "::stop-commands::pause-7"
          echo "::error::not a command now"
          echo "::pause-7::"
          echo "::notice::back"
`),
      { secrets: { KEY: "hunter2hunter2" } },
    );
    expect(end.annotations).toMatchObject([
      { level: "failure", message: "it broke", title: "Oops", path: "a.ts", line: 3 },
      { level: "warning", message: "careful" },
      { level: "notice", message: "back" },
    ]);
    expect(plainLog(end.log)).toContain("*** and ***");
    expect(end.log).not.toContain("hunter2");
  });

  it("withhold an output that holds a secret", async () => {
    const end = await runJobOf(
      jobWith(
        `      - { id: a, run: 'echo "x=\${{ secrets.KEY }}" >> "$GITHUB_OUTPUT"; echo "y=fine" >> "$GITHUB_OUTPUT"' }\n`,
        "    outputs: { x: '${{ steps.a.outputs.x }}', y: '${{ steps.a.outputs.y }}' }\n",
      ),
      { secrets: { KEY: "hunter2" } },
    );
    expect(end.outputs).toEqual({ y: "fine" });
  });
});

describe("stopping", () => {
  it("kills the whole group of a step, then runs what asked to run", async () => {
    const end = await runJobOf(
      jobWith(`      - run: |
          sleep 300 & echo "child $!"
          echo started
          sleep 300
      - run: echo never
      - { run: 'echo "cleanup \${{ job.status }}"', if: always() }
`),
      { onLog: (text, bench) => (/Z started\n$/.test(text) ? bench.cancel() : undefined) },
    );
    expect(end.result).toBe("cancelled");
    expect(end.steps.map((view) => view.conclusion)).toEqual(["success", "cancelled", "skipped", "success", "success"]);
    expect(plainLog(end.log)).toContain("cleanup cancelled");
    const child = Number(/child (\d+)/.exec(plainLog(end.log))?.[1]);
    expect(isRunning(child)).toBe(false);
  });

  it("lets a step finish whose condition holds for a cancelled job", async () => {
    const end = await runJobOf(jobWith("      - { run: 'echo started; sleep 0.3; echo finished', if: always() }\n"), {
      onLog: (text, bench) => (/Z started\n$/.test(text) ? bench.cancel() : undefined),
    });
    expect(plainLog(end.log)).toContain("finished");
    expect(end.result).toBe("cancelled");
  });

  it("abandons everything at once when the machine is lost", async () => {
    const end = await runJobOf(
      jobWith("      - run: echo started; sleep 300\n      - { run: echo never, if: always() }\n"),
      {
        onLog: (text, bench) => (/Z started\n$/.test(text) ? bench.abandon() : undefined),
      },
    );
    expect(end.result).toBe("cancelled");
    expect(plainLog(end.log).split("\n")).not.toContain("never");
  });

  it.each<[what: string, step: string, job: string, result: string, line: string]>([
    [
      "a step",
      "{ run: 'echo started; sleep 300', timeout-minutes: 1 }",
      "",
      "failure",
      "has timed out after 1 minutes",
    ],
    [
      "a job",
      "run: echo started; sleep 300",
      "    timeout-minutes: 2\n",
      "cancelled",
      "maximum execution time of 2m0s",
    ],
  ])("ends %s whose time is up", async (_what, step, job, result, line) => {
    const end = await runJobOf(jobWith(`      - ${step}\n`, job), {
      onLog: (text, bench) => (/Z started\n$/.test(text) ? bench.ring() : undefined),
    });
    expect(end.result).toBe(result);
    expect(plainLog(end.log)).toContain(line);
  });
});
