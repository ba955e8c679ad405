// What a run of the result kind `tasks` hands over: the sub-tasks that its issue is to be split into. Written next to a
// model, so it is parsed with these schemas, and nothing else of it is believed.

import { z } from "zod";

/** Sub-tasks of one breakdown. Source: the brief of the role; a longer list is no plan any more. */
export const SUB_TASKS_MAX = 20;
export const SUB_TASK_TITLE_CHARS_MAX = 200;
export const SUB_TASK_BODY_CHARS_MAX = 4_000;
/** All of them together as the ledger writes them: one commit message carries them, of at most 60,000 characters. */
export const SUB_TASKS_CHARS_MAX = 50_000;

const key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "a key is lowercase letters, digits and dashes");

export const subTaskSchema = z.strictObject({
  /** Names the sub-task among its siblings; the same key is never created twice below one parent. */
  key,
  title: z.string().trim().min(1).max(SUB_TASK_TITLE_CHARS_MAX),
  body: z.string().trim().min(1).max(SUB_TASK_BODY_CHARS_MAX),
  role: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,49}$/)
    .optional(),
  /** What it will touch; keeps sub-tasks that would collide apart. */
  paths: z.array(z.string().min(1).max(200)).max(20).optional(),
  /** Keys of earlier ones that must be done first. Not given: the one before it. Empty: none. */
  dependsOn: z.array(key).max(SUB_TASKS_MAX).optional(),
});
export type SubTask = Readonly<z.infer<typeof subTaskSchema>>;

/** As a commit message carries them, where `@` and `#` are written as six characters. */
function charsOf(tasks: unknown): number {
  return JSON.stringify(tasks).replaceAll(/[@#]/g, "\\u0000").length;
}

export const subTasksSchema = z
  .array(subTaskSchema)
  .min(1)
  .max(SUB_TASKS_MAX)
  .superRefine((tasks, context) => {
    const earlier = new Set<string>();
    for (const [index, task] of tasks.entries()) {
      if (earlier.has(task.key)) context.addIssue({ code: "custom", path: [index, "key"], message: "used before" });
      // Only backwards: an order that cannot go round in a circle.
      for (const needed of task.dependsOn ?? []) {
        if (!earlier.has(needed))
          context.addIssue({ code: "custom", path: [index, "dependsOn"], message: `no earlier sub-task is ${needed}` });
      }
      earlier.add(task.key);
    }
    if (charsOf(tasks) > SUB_TASKS_CHARS_MAX)
      context.addIssue({ code: "custom", message: `together longer than ${SUB_TASKS_CHARS_MAX} characters` });
  });

/** @returns keys that must be done before the sub-task at `index`: those it names, or the one before it */
export function predecessorsOf(tasks: readonly SubTask[], index: number): readonly string[] {
  const before = tasks[index - 1];
  return tasks[index]?.dependsOn ?? (before === undefined ? [] : [before.key]);
}
