// The two tools by which a model ends its work: it submits a typed result, or it asks a person. Nothing else ends a phase well.

import { z } from "zod";
import { type ModelTool, ToolRefusal } from "../adapters/model/conversation.ts";

/** Longest question to a person, in characters: it is shown in one comment. */
const QUESTION_CHARS_MAX = 4_000;

export type Ending<Result> =
  | { readonly kind: "submitted"; readonly result: Result }
  | { readonly kind: "asked"; readonly question: string };

export interface EndingTools<Result> {
  readonly tools: readonly ModelTool[];
  /** @returns how the model ended, or null while it has not */
  taken(): Ending<Result> | null;
}

const question = z.strictObject({
  question: z
    .string()
    .trim()
    .min(1)
    .max(QUESTION_CHARS_MAX)
    .describe("One question, with what you found out so far and the choices you see."),
});

/** @param schema what a submission must be: the model sees it as the tool's input */
export function endingTools<Result>(schema: z.ZodType<Result>, submitDescription: string): EndingTools<Result> {
  let ending: Ending<Result> | null = null;
  const end = (next: Ending<Result>): string => {
    if (ending !== null) throw new ToolRefusal("this phase has ended already");
    ending = next;
    return "recorded";
  };
  return {
    taken: () => ending,
    tools: [
      {
        name: "submit_result",
        description: submitDescription,
        input: schema,
        run: async (input) => end({ kind: "submitted", result: schema.parse(input) }),
      },
      {
        name: "ask_human",
        description:
          "Stop and ask the people of this repository. Only for what neither the task nor the repository decides and what would make the work worthless if guessed wrong. The run ends; the answer comes with the next attempt.",
        input: question,
        run: async (input) => end({ kind: "asked", question: question.parse(input).question }),
      },
    ],
  };
}
