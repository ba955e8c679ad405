// The page of a workflow run: what its jobs did and printed.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/index.ts";

const WORKFLOW = `name: ci
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - name: Speak
        run: |
          echo "<b>bold</b>"
          echo "::warning::careful"
      - name: Break
        run: exit 3
`;

let hub: Emulator;

beforeAll(async () => {
  hub = await createEmulator();
  hub.createUser({ login: "alice" });
  await hub.createRepository({ owner: "alice", name: "app", files: { "README.md": "1\n" } });
  const files = { ".github/workflows/ci.yml": WORKFLOW };
  await hub.git("alice/app").commitFiles({ branch: "main", message: "Test it", files, author: "alice" });
  await hub.idle();
});
afterAll(() => hub.close());

it("lists the run, and shows its jobs, steps and log as text", async () => {
  const list = await (await fetch(`${hub.url}/alice/app/actions`)).text();
  const path = /href="(\/alice\/app\/actions\/runs\/\d+)">Test it</.exec(list)?.[1];
  const page = await (await fetch(`${hub.url}${path}`)).text();
  expect(page).toMatch(/<span class="mark failure" title="failure">✕<\/span>\s+Test it/);
  expect(
    [...page.matchAll(/title="(\w+)">.<\/span\s*><span class="grow">([^<]+)</g)].map(([, outcome, step]) => [
      step,
      outcome,
    ]),
  ).toEqual([
    ["Set up job", "success"],
    ["Speak", "success"],
    ["Break", "failure"],
    ["Complete job", "success"],
  ]);
  expect(page).toContain("&lt;b&gt;bold&lt;/b&gt;");
  expect(page).toContain('<span class="busy">careful</span>');
  expect(page).not.toContain("##[");
});
