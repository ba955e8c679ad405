// Mutations of comments and reactions.
import { addComment, deleteComment, editComment, minimizeComment } from "../../changes/comments.ts";
import { addReaction } from "../../changes/reactions.ts";
import { roleAtLeast } from "../../world/accounts.ts";
import { roleOf } from "../../world/caller.ts";
import type { Comment, Issue, MinimizeReason, ReactionContent } from "../../world/issues.ts";
import { REACTIONS } from "../../world/issues.ts";
import { entity, repositoryOf } from "../../world/world.ts";
import { text } from "../args.ts";
import { cursorOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { commentById, conversationById, reactableById } from "../nodes.ts";
import { forbidden, unprocessable } from "../refusal.ts";
import type { Args, View } from "../view.ts";
import { REACTION_NAMES, reactionGroups, reactionView } from "../views/authored.ts";
import { checkLength, type Mutations, needOwnOrWrite, needToWrite, writeConversation } from "./mutation.ts";

function issueOf(g: Gql, comment: Comment): Issue {
  return entity(g.hub.world.issues, comment.issueId, "issue");
}

function needUnlocked(g: Gql, issue: Issue): void {
  if (!issue.locked || roleAtLeast(roleOf(g.hub.world, g.viewer, repositoryOf(g.hub.world, issue)), "write")) return;
  if (g.actor.through === "installation" || g.actor.through === "job") return;
  throw unprocessable("Unable to create comment because issue is locked.");
}

function add(g: Gql, input: Args): View {
  const issue = conversationById(g, text(input, "subjectId"));
  const body = text(input, "body");
  needToWrite(g, repositoryOf(g.hub.world, issue), writeConversation(issue, "read"), "AddComment");
  if (body.trim() === "") throw unprocessable("Body cannot be blank");
  checkLength(g, body);
  needUnlocked(g, issue);
  const comment = addComment(g.hub, g.actor, issue, body);
  const edge = { cursor: cursorOf(comment.id), node: () => g.views.comment(comment) };
  return { commentEdge: edge, timelineEdge: edge, subject: () => g.views.issueOrPull(issue) };
}

function update(g: Gql, input: Args): View {
  const comment = commentById(g, text(input, "id"));
  const body = text(input, "body");
  needOwnOrWrite(g, comment, writeConversation(issueOf(g, comment), "read"), "UpdateIssueComment");
  if (body.trim() === "") throw unprocessable("Body cannot be blank");
  checkLength(g, body);
  editComment(g.hub, g.actor, comment, body);
  return { issueComment: () => g.views.comment(comment) };
}

function remove(g: Gql, input: Args): View {
  const comment = commentById(g, text(input, "id"));
  needOwnOrWrite(g, comment, writeConversation(issueOf(g, comment), "read"), "DeleteIssueComment");
  deleteComment(g.hub, g.actor, comment);
  return {};
}

const REASONS: Readonly<Record<string, MinimizeReason>> = {
  ABUSE: "abuse",
  DUPLICATE: "duplicate",
  OFF_TOPIC: "off-topic",
  OUTDATED: "outdated",
  RESOLVED: "resolved",
  SPAM: "spam",
};

function minimize(g: Gql, input: Args): View {
  const comment = commentById(g, text(input, "subjectId"));
  needOwnOrWrite(g, comment, writeConversation(issueOf(g, comment), "read"), "MinimizeComment");
  const reason = REASONS[text(input, "classifier")];
  if (reason === undefined) throw unprocessable("Unknown classifier");
  minimizeComment(g.actor, comment, reason);
  return { minimizedComment: () => g.views.comment(comment) };
}

function unminimize(g: Gql, input: Args): View {
  const comment = commentById(g, text(input, "subjectId"));
  needOwnOrWrite(g, comment, writeConversation(issueOf(g, comment), "read"), "UnminimizeComment");
  minimizeComment(g.actor, comment, null);
  return { unminimizedComment: () => g.views.comment(comment) };
}

function contentOf(input: Args): ReactionContent {
  const content = REACTIONS.find((each) => REACTION_NAMES[each] === text(input, "content"));
  if (content === undefined) throw unprocessable("Unknown reaction");
  return content;
}

function react(g: Gql, input: Args): View {
  const { thing, repository, view } = reactableById(g, text(input, "subjectId"));
  needToWrite(g, repository, { permission: ["issues", "pull_requests"], level: "write", role: "read" }, "AddReaction");
  const { reaction } = addReaction(g.hub, g.actor, thing, contentOf(input));
  return {
    reaction: () => reactionView(g, reaction, view),
    subject: view,
    reactionGroups: () => reactionGroups(g, thing, view),
  };
}

function unreact(g: Gql, input: Args): View {
  const { thing, repository, view } = reactableById(g, text(input, "subjectId"));
  needToWrite(
    g,
    repository,
    { permission: ["issues", "pull_requests"], level: "write", role: "read" },
    "RemoveReaction",
  );
  const content = contentOf(input);
  const mine = [...thing.reactions.values()].find(
    (reaction) => reaction.userId === g.viewer.id && reaction.content === content,
  );
  if (mine === undefined) throw forbidden("Reaction does not exist.");
  thing.reactions.delete(mine.id);
  return {
    reaction: () => reactionView(g, mine, view),
    subject: view,
    reactionGroups: () => reactionGroups(g, thing, view),
  };
}

export const commentMutations: Mutations = {
  addComment: add,
  updateIssueComment: update,
  deleteIssueComment: remove,
  minimizeComment: minimize,
  unminimizeComment: unminimize,
  addReaction: react,
  removeReaction: unreact,
};
