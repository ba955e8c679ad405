// The top-level fields of mutations, from the files that know how. Each runs after the one before it; a failed one is null and
// an error, and the next one runs all the same, as on GitHub.
import { object, text } from "./args.ts";
import type { Gql } from "./gql.ts";
import { checkMutations } from "./mutations/checks.ts";
import { commentMutations } from "./mutations/comments.ts";
import { gitMutations } from "./mutations/git.ts";
import { issueMutations } from "./mutations/issues.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { pullMutations } from "./mutations/pulls.ts";
import { relationMutations } from "./mutations/relations.ts";
import { reviewMutations } from "./mutations/reviews.ts";
import type { Args, View } from "./view.ts";

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  ...gitMutations,
  ...commentMutations,
  ...issueMutations,
  ...relationMutations,
  ...pullMutations,
  ...reviewMutations,
  ...checkMutations,
};

export function mutationRoot(g: Gql): View {
  return Object.fromEntries(
    Object.entries(MUTATIONS).map(([name, run]) => [
      name,
      async (args: Args) => {
        const input = object(args, "input");
        const payload = await run(g, input);
        const echo = input["clientMutationId"];
        return { ...payload, clientMutationId: typeof echo === "string" ? text(input, "clientMutationId") : null };
      },
    ]),
  );
}
