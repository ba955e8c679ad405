// Workflows, and the runs that somebody asks for: dispatches.

import { dispatchRepository, dispatchWorkflow } from "../actions/runs/dispatch.ts";
import { type Engine, engineOf } from "../actions/runs/engine.ts";
import { findWorkflow, listWorkflows } from "../actions/runs/workflow-registry.ts";
import { runApiUrl, runWebUrl, workflowJson } from "../formats/actions.ts";
import { optionalBoolean, optionalObject, readJson, requiredString } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite } from "../http/context.ts";
import { forbidden, notFound, unprocessable } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import type { Workflow } from "../world/actions.ts";
import type { Need } from "../world/caller.ts";
import type { Repository } from "../world/repositories.ts";

export const READ: Need = { permission: "actions", level: "read", role: "read" };
export const WRITE: Need = { permission: "actions", level: "write", role: "write" };

/** GitHub's limits of a repository_dispatch. */
const EVENT_TYPE_CHARS_MAX = 100;
const CLIENT_PAYLOAD_KEYS_MAX = 10;
const CLIENT_PAYLOAD_BYTES_MAX = 64 * 1024;
/** Of all inputs of a workflow_dispatch together. */
const INPUTS_CHARS_MAX = 65_535;

export function registerWorkflows(api: Api, hub: Hub): void {
  const engine = engineOf(hub);

  api.get("/repos/:owner/:repo/actions/workflows", async (c) => {
    const { repository } = enter(c, hub, READ);
    const all = (await listWorkflows(engine, repository)).filter((workflow) => workflow.state !== "deleted");
    const workflows = pageOf(c, hub, all).map((workflow) => workflowJson(hub, workflow));
    return c.json({ total_count: all.length, workflows });
  });

  api.get("/repos/:owner/:repo/actions/workflows/:workflow_id", async (c) => {
    const { repository } = enter(c, hub, READ);
    return c.json(workflowJson(hub, await workflowParam(engine, c, repository)));
  });

  for (const [verb, state] of [
    ["enable", "active"],
    ["disable", "disabled_manually"],
  ] as const) {
    api.put(`/repos/:owner/:repo/actions/workflows/:workflow_id/${verb}`, async (c) => {
      const { repository } = enterToWrite(c, hub, WRITE);
      const workflow = await workflowParam(engine, c, repository);
      workflow.state = state;
      workflow.updatedAt = hub.world.clock.now();
      return c.body(null, 204);
    });
  }

  registerDispatches(api, hub, engine);
}

function registerDispatches(api: Api, hub: Hub, engine: Engine): void {
  api.post("/repos/:owner/:repo/actions/workflows/:workflow_id/dispatches", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, WRITE);
    const workflow = await workflowParam(engine, c, repository);
    const body = await readJson(c);
    const inputs = optionalObject(body, "inputs") ?? {};
    if (JSON.stringify(inputs).length > INPUTS_CHARS_MAX) throw unprocessable("inputs are too large.");
    const ref = requiredString(body, "ref");
    const wantsDetails = optionalBoolean(body, "return_run_details") ?? false;
    if (!hub.actions.enabled) throw forbidden("Actions has been disabled for this repository.");
    const dispatched = await dispatchWorkflow(engine, { repository, workflow, ref, inputs, actor });
    if ("problem" in dispatched) throw unprocessable(dispatched.problem);
    if (!wantsDetails) return c.body(null, 204);
    const { run } = dispatched;
    return c.json({ workflow_run_id: run.id, run_url: runApiUrl(hub, run), html_url: runWebUrl(hub, run) }, 200);
  });

  api.post("/repos/:owner/:repo/dispatches", async (c) => {
    const { repository, actor } = enterToWrite(c, hub, { permission: "contents", level: "write", role: "write" });
    const body = await readJson(c);
    const eventType = requiredString(body, "event_type");
    const payload = optionalObject(body, "client_payload") ?? {};
    if (eventType === "" || eventType.length > EVENT_TYPE_CHARS_MAX) {
      throw unprocessable(`event_type must be between 1 and ${EVENT_TYPE_CHARS_MAX} characters`);
    }
    if (Object.keys(payload).length > CLIENT_PAYLOAD_KEYS_MAX) {
      throw unprocessable(
        `No more than ${CLIENT_PAYLOAD_KEYS_MAX} properties are allowed; ${Object.keys(payload).length} were supplied.`,
      );
    }
    if (Buffer.byteLength(JSON.stringify(payload)) > CLIENT_PAYLOAD_BYTES_MAX)
      throw unprocessable("client_payload is too large.");
    await dispatchRepository(engine, repository, actor, eventType, payload);
    return c.body(null, 204);
  });
}

export async function workflowParam(engine: Engine, c: Ctx, repository: Repository): Promise<Workflow> {
  const workflow = await findWorkflow(engine, repository, c.req.param("workflow_id") ?? "");
  if (workflow === null) throw notFound();
  return workflow;
}
