// What the flow wants of a task in review: on to the next stage once every condition holds, back to where a failure
// leads once one does not. Who is sent to find out is `inspections.ts`.

import { progressOf } from "./conditions.ts";
import { DONE, flowOf, isWork, PERSON } from "./flow.ts";
import type { MoveRequest } from "./request.ts";
import type { Situation } from "./situation.ts";
import type { Task } from "./task.ts";

type Made = Pick<MoveRequest, "actor" | "standing" | "at" | "cause">;

export function flowRequest(task: Task, { pullRequest, config }: Situation, made: Made): MoveRequest | null {
  if (pullRequest?.isOpen !== true || task.held !== null || task.lease !== null) return null;
  const progress = progressOf(task, pullRequest, config);
  switch (progress.progress) {
    case "waits":
      return null;
    case "passed":
      if (progress.to === DONE) return null;
      return { ...made, move: "advance", data: { stage: progress.to, head: pullRequest.head } };
    case "failed": {
      const { name } = progress.at;
      const flow = flowOf(config);
      const to = progress.at["on-fail"] ?? flow.stages.find(isWork)?.name ?? PERSON;
      const work = flow.stages.find((stage) => stage.name === to && isWork(stage));
      const reason = `the condition ${name} failed`;
      if (work?.role === undefined) return { ...made, move: "reject", data: { reason, source: "condition" } };
      const back = { stage: work.name, role: work.role, ...(work.phases === undefined ? {} : { phases: work.phases }) };
      return { ...made, move: "reject", data: { reason, source: "condition", back } };
    }
  }
}
