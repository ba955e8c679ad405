// The control plane over HTTP, for other processes and other languages. JSON in, JSON out, no authentication: the server
// listens on the loopback interface only.
import type { Emulator } from "../emulator.ts";
import { optionalObject, optionalString, readJson, requiredNumber, requiredString } from "../http/body.ts";
import type { Api, Ctx } from "../http/context.ts";
import { forbidden, unprocessable } from "../http/errors.ts";
import { isOwnSite } from "../http/same-site.ts";
import type { JsonObject } from "../world/json.ts";
import {
  appInput,
  chaosInput,
  commitInput,
  faultRule,
  installInput,
  organizationInput,
  permissions,
  repositoryInput,
  roleInput,
  userInput,
} from "./inputs.ts";
import { applySeed } from "./seed.ts";

type Run = (body: JsonObject) => object | undefined | Promise<object | undefined>;

/** What each `POST /_control/<name>` does. */
function commands(emulator: Emulator): Readonly<Record<string, Run>> {
  const nothing = (run: () => void): undefined => {
    run();
    return undefined;
  };
  return {
    users: (body) => emulator.createUser(userInput(body)),
    organizations: (body) => emulator.createOrganization(organizationInput(body)),
    repositories: (body) => emulator.createRepository(repositoryInput(body)),
    apps: (body) => emulator.createApp(appInput(body)),
    "apps/update": (body) => nothing(() => updateApp(emulator, body)),
    installations: (body) => emulator.installApp(installInput(body)),
    "installations/suspend": (body) =>
      nothing(() => emulator.suspendInstallation(requiredNumber(body, "id"), body["suspended"] !== false)),
    "installations/uninstall": (body) => nothing(() => emulator.uninstall(requiredNumber(body, "id"))),
    tokens: (body) => ({ token: emulator.tokenOf(requiredString(body, "login")) }),
    collaborators: (body) =>
      nothing(() =>
        emulator.setCollaborator(
          requiredString(body, "repository"),
          requiredString(body, "login"),
          roleInput(body, "role"),
        ),
      ),
    "issues/delete": (body) =>
      nothing(() => emulator.deleteIssue(requiredString(body, "repository"), requiredNumber(body, "number"))),
    commits: async (body) => ({
      sha: await emulator.git(requiredString(body, "repository")).commitFiles(commitInput(body)),
    }),
    seed: (body) => applySeed(emulator, body),
    "clock/advance": (body) => {
      emulator.clock.advance(requiredNumber(body, "ms"));
      return { now: emulator.clock.now() };
    },
    faults: (body) => nothing(() => emulator.faults.add(faultRule(body))),
    "faults/clear": () => nothing(() => emulator.faults.clear()),
    chaos: (body) => nothing(() => emulator.hooks.chaos(chaosInput(body))),
    redeliver: (body) => emulator.redeliver(requiredString(body, "guid")),
    "requests/clear": () => nothing(() => emulator.requests.clear()),
    idle: async () => {
      await emulator.idle();
      return undefined;
    },
  };
}

/** Another site could have a directory of this machine made into a repository and read it through the API. */
function refuseOtherSites(root: Api): void {
  root.use("/_control/*", async (c, next) => {
    if (!isOwnSite(c.req.header("origin"), c.req.header("host"))) {
      throw forbidden("The control plane takes no orders from other sites");
    }
    await next();
  });
}

export function registerControl(root: Api, emulator: Emulator): void {
  refuseOtherSites(root);
  for (const [name, run] of Object.entries(commands(emulator))) {
    root.post(`/_control/${name}`, async (c: Ctx) => c.json((await guarded(run, await readJson(c))) ?? {}));
  }
  root.get("/_control/clock", (c) => c.json({ now: emulator.clock.now() }));
  root.get("/_control/requests", (c) => {
    const { entries } = emulator.requests;
    return c.json({ entries: c.req.query("writes") === undefined ? entries : emulator.requests.writes() });
  });
  root.get("/_control/deliveries", (c) => c.json({ deliveries: emulator.deliveries }));
}

/** What the emulator throws at a wrong input is an answer here, not a crash: the other side sees why. */
async function guarded(run: Run, body: JsonObject): Promise<object | undefined> {
  try {
    return await run(body);
  } catch (error) {
    throw unprocessable(error instanceof Error ? error.message : String(error));
  }
}

function updateApp(emulator: Emulator, body: JsonObject): void {
  const webhookUrl = body["webhookUrl"] === null ? null : optionalString(body, "webhookUrl");
  const webhookSecret = optionalString(body, "webhookSecret");
  const held = optionalObject(body, "permissions");
  emulator.updateApp(requiredString(body, "slug"), {
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
    ...(webhookSecret === undefined ? {} : { webhookSecret }),
    ...(held === undefined ? {} : { permissions: permissions(held) }),
  });
}
