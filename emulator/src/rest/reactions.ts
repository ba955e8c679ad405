// Reactions on issues, issue comments and review comments.
import { addReaction } from "../changes/reactions.ts";
import { reactionJson } from "../formats/reactions.ts";
import { readJson } from "../http/body.ts";
import { type Api, type Ctx, enter, enterToWrite, issueParam, numberParam } from "../http/context.ts";
import { forbidden, notFound, validationFailed } from "../http/errors.ts";
import { pageOf } from "../http/pagination.ts";
import type { Hub } from "../hub.ts";
import { type Authored, REACTIONS } from "../world/issues.ts";
import type { Repository } from "../world/repositories.ts";
import { commentParam, requireUnlocked } from "./comments.ts";
import { readIssues, writeIssues } from "./issue-needs.ts";

type Find = (c: Ctx, repository: Repository) => Authored;

export function registerReactions(api: Api, hub: Hub): void {
  mount(api, hub, "/repos/:owner/:repo/issues/:issue_number", issueParam);
  mount(api, hub, "/repos/:owner/:repo/issues/comments/:comment_id", (c, repository) =>
    commentParam(c, hub, repository),
  );
  mount(api, hub, "/repos/:owner/:repo/pulls/comments/:comment_id", (c, repository) => {
    const comment = hub.world.reviewComments.get(numberParam(c, "comment_id"));
    if (comment === undefined || comment.repositoryId !== repository.id) throw notFound();
    return comment;
  });
}

function mount(api: Api, hub: Hub, path: string, find: Find): void {
  api.get(`${path}/reactions`, (c: Ctx) => {
    const { repository } = enter(c, hub, readIssues("read"));
    const wanted = c.req.query("content");
    const found = [...find(c, repository).reactions.values()].filter(
      (reaction) => wanted === undefined || reaction.content === wanted,
    );
    return c.json(pageOf(c, hub, found).map((reaction) => reactionJson(hub, reaction)));
  });
  api.post(`${path}/reactions`, async (c: Ctx) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    const thing = find(c, repository);
    if ("locked" in thing) requireUnlocked(hub, actor, repository, issueParam(c, repository));
    const asked = (await readJson(c))["content"];
    const content = REACTIONS.find((each) => each === asked);
    if (content === undefined) throw validationFailed([{ resource: "Reaction", code: "invalid", field: "content" }]);
    const { reaction, isNew } = addReaction(hub, actor, thing, content);
    return c.json(reactionJson(hub, reaction), isNew ? 201 : 200);
  });
  api.delete(`${path}/reactions/:reaction_id`, (c: Ctx) => {
    const { repository, actor } = enterToWrite(c, hub, writeIssues("read"));
    const { reactions } = find(c, repository);
    const reaction = reactions.get(numberParam(c, "reaction_id"));
    if (reaction === undefined) throw notFound();
    if (reaction.userId !== actor.account.id) throw forbidden("You can only delete your own reactions.");
    reactions.delete(reaction.id);
    return c.body(null, 204);
  });
}
