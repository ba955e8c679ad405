// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ … }} is what these files are about.
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { type ActionsWorld, createActionsWorld, type Json } from "./support/actions-world.ts";

/** Prints the token in pieces, since the log would mask nothing of it anyway but a line of it is easier to find. */
const ASK = `
          answer=$(curl -sS -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=signalbox")
          echo "TOKEN $(echo "$answer" | node -pe 'JSON.parse(require("fs").readFileSync(0, "utf8")).value')"
          echo "REQUEST $ACTIONS_ID_TOKEN_REQUEST_URL" > "$HOME/../request"
`;

const CALLED = `
on: { workflow_call: {} }
jobs:
  work:
    runs-on: ubuntu-latest
    environment: prod:eu
    steps:
      - run: |${ASK}
`;

async function tokenOf(
  world: ActionsWorld,
  file: string,
): Promise<{ readonly token: string; readonly runId: number; readonly jobId: number }> {
  const run = await world.dispatch(file);
  const [job] = await world.jobs(run);
  if (job === undefined) throw new Error(world.hub.actions.startupProblem(run.id) ?? "no job");
  const log = await world.log(job);
  const token = /^TOKEN (\S+)$/m.exec(log)?.[1];
  if (token === undefined) throw new Error(log);
  return { token, runId: run.id, jobId: job.id };
}

const NOW = Date.UTC(2026, 10, 20, 12);

describe("identity tokens", () => {
  it("say what GitHub's say, for a job of a called workflow in an environment", async () => {
    await using world = await createActionsWorld(
      {
        "caller.yml":
          "name: Caller\non: workflow_dispatch\npermissions: { id-token: write, contents: read }\njobs: { call: { uses: acme/runner/.github/workflows/work.yml@main } }\n",
      },
      { clock: "virtual", now: NOW },
    );
    await world.hub.createRepository({
      owner: "acme",
      name: "runner",
      files: { ".github/workflows/work.yml": CALLED },
    });
    const { token, runId, jobId } = await tokenOf(world, "caller.yml");
    const issuer = `${world.hub.url}/_oidc`;
    const discovery: Json = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({ issuer, id_token_signing_alg_values_supported: ["RS256"] });
    const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
      issuer,
      audience: "signalbox",
      currentDate: new Date(NOW),
    });
    expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "JWT", kid: expect.any(String) });
    const app = (await world.call("GET", "")).body;
    const head = await world.hub.git("acme/app").resolve("main");
    const called = await world.hub.git("acme/runner").resolve("main");
    expect(payload).toEqual({
      iss: issuer,
      aud: "signalbox",
      sub: `repo:acme@${app.owner.id}/app@${app.id}:environment:prod%3Aeu`,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      iat: NOW / 1000,
      nbf: NOW / 1000 - 600,
      exp: NOW / 1000 + 300,
      actor: "alice",
      actor_id: expect.stringMatching(/^\d+$/),
      base_ref: "",
      check_run_id: String(jobId),
      environment: "prod:eu",
      event_name: "workflow_dispatch",
      head_ref: "",
      job_workflow_ref: "acme/runner/.github/workflows/work.yml@refs/heads/main",
      job_workflow_sha: called,
      ref: "refs/heads/main",
      ref_protected: "false",
      ref_type: "branch",
      repository: "acme/app",
      repository_id: String(app.id),
      repository_owner: "acme",
      repository_owner_id: String(app.owner.id),
      repository_visibility: "public",
      run_attempt: "1",
      run_id: String(runId),
      run_number: "1",
      runner_environment: "github-hosted",
      sha: head,
      workflow: "Caller",
      workflow_ref: "acme/app/.github/workflows/caller.yml@refs/heads/main",
      workflow_sha: head,
    });
  });

  it.each<[when: string, now: number, subject: RegExp]>([
    ["before the middle of July 2026", Date.UTC(2026, 6, 14), /^repo:acme\/app:ref:refs\/heads\/main$/],
    ["after it", Date.UTC(2026, 6, 16), /^repo:acme@\d+\/app@\d+:ref:refs\/heads\/main$/],
  ])("name a repository made %s as GitHub does", async (_when, now, subject) => {
    const workflow = `on: workflow_dispatch\npermissions: { id-token: write }\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |${ASK}`;
    await using world = await createActionsWorld({ "a.yml": workflow }, { clock: "virtual", now });
    expect(decodeJwt((await tokenOf(world, "a.yml")).token).sub).toMatch(subject);
  });

  it("are only for jobs with id-token: write, while they run", async () => {
    await using world = await createActionsWorld({
      "without.yml":
        "on: workflow_dispatch\njobs: { a: { runs-on: x, steps: [{ run: 'echo \"url=[$ACTIONS_ID_TOKEN_REQUEST_URL]\"' }] } }\n",
      "with.yml":
        'on: workflow_dispatch\npermissions: { id-token: write }\njobs: { a: { runs-on: x, steps: [{ run: \'echo "$ACTIONS_ID_TOKEN_REQUEST_URL" | rev; echo "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" | rev\' }] } }\n',
    });
    const without = await world.dispatch("without.yml");
    const [plain] = await world.jobs(without);
    if (plain === undefined) throw new Error("no job");
    expect(await world.log(plain)).toContain("url=[]");
    const [job] = await world.jobs(await world.dispatch("with.yml"));
    if (job === undefined) throw new Error("no job");
    const lines = (await world.log(job)).trim().split("\n");
    const reversed = (line: string | undefined): string => [...(line ?? "")].reverse().join("");
    const at = lines.findIndex((line) => reversed(line).startsWith("http://"));
    const url = reversed(lines[at]);
    const authorization = `Bearer ${reversed(lines[at + 1])}`;
    expect((await fetch(`${url}&audience=x`, { headers: { authorization } })).status).toBe(401);
    expect((await fetch(`${url}&audience=x`)).status).toBe(401);
  });
});
