// What every text by somebody has: author, edits, reactions, and what the viewer may do with it.
import { lastEdit } from "../../changes/record.ts";
import { authorAssociation } from "../../formats/accounts.ts";
import { renderMarkdown } from "../../pages/markdown.ts";
import { roleAtLeast } from "../../world/accounts.ts";
import { roleOf } from "../../world/caller.ts";
import { type Authored, type ContentEdit, REACTIONS, type Reaction, type ReactionContent } from "../../world/issues.ts";
import { entity, fullNameOf, repositoryOf } from "../../world/world.ts";
import { optionalText } from "../args.ts";
import { connectionOf } from "../connection.ts";
import type { Gql } from "../gql.ts";
import { type Args, time, timeOrNull, type View } from "../view.ts";

/** REST's names of reactions to GraphQL's. */
export const REACTION_NAMES = {
  "+1": "THUMBS_UP",
  "-1": "THUMBS_DOWN",
  laugh: "LAUGH",
  hooray: "HOORAY",
  confused: "CONFUSED",
  heart: "HEART",
  rocket: "ROCKET",
  eyes: "EYES",
} as const satisfies Record<ReactionContent, string>;

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

type Text = Authored & { readonly repositoryId: number };

function htmlOf(g: Gql, thing: Text): string {
  const repositoryPath = `/${fullNameOf(g.hub.world, repositoryOf(g.hub.world, thing))}`;
  return renderMarkdown(thing.body, { repositoryPath, canTick: false }).markup;
}

/** The text that a reader sees: no markup, no hidden comments. */
function plainOf(g: Gql, thing: Text): string {
  const plain = htmlOf(g, thing).replaceAll(/<[^>]*>/g, "");
  return plain.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (name) => ENTITIES[name] ?? name).trim();
}

function editView(g: Gql, edit: ContentEdit): View {
  return {
    __typename: "UserContentEdit",
    id: edit.nodeId,
    createdAt: time(edit.editedAt),
    editedAt: time(edit.editedAt),
    updatedAt: time(edit.editedAt),
    deletedAt: null,
    deletedBy: null,
    diff: edit.body,
    editor: () => g.views.actor(entity(g.hub.world.accounts, edit.editorId, "account")),
  };
}

export function reactionView(g: Gql, reaction: Reaction, subject: () => View): View {
  return {
    __typename: "Reaction",
    id: reaction.nodeId,
    databaseId: reaction.id,
    content: REACTION_NAMES[reaction.content],
    createdAt: time(reaction.createdAt),
    reactable: subject,
    user: () => g.views.user(entity(g.hub.world.accounts, reaction.userId, "account")),
  };
}

export function reactionGroups(g: Gql, thing: Authored, subject: () => View): readonly View[] {
  return REACTIONS.map((content) => {
    const reactions = [...thing.reactions.values()].filter((reaction) => reaction.content === content);
    const accounts = reactions.map((reaction) => entity(g.hub.world.accounts, reaction.userId, "account"));
    return {
      content: REACTION_NAMES[content],
      createdAt: timeOrNull(reactions[0]?.createdAt ?? null),
      subject,
      viewerHasReacted: accounts.some((account) => account.id === g.viewer.id),
      users: (args: Args) => connectionOf("users", args, accounts, g.views.user),
      reactors: (args: Args) => connectionOf("reactors", args, accounts, g.views.actor),
    };
  });
}

function reactionFields(g: Gql, thing: Text, self: () => View): View {
  return {
    reactionGroups: () => reactionGroups(g, thing, self),
    reactions: (args: Args) => {
      const wanted = optionalText(args, "content") ?? null;
      const all = [...thing.reactions.values()];
      const found = wanted === null ? all : all.filter((reaction) => REACTION_NAMES[reaction.content] === wanted);
      const viewerHasReacted = found.some((reaction) => reaction.userId === g.viewer.id);
      return connectionOf("reactions", args, found, (reaction) => reactionView(g, reaction, self), {
        viewerHasReacted,
      });
    },
  };
}

/** Fields of GitHub's interfaces Comment, Reactable, Updatable and Deletable. */
export function authoredFields(g: Gql, thing: Text, self: () => View): View {
  const repository = repositoryOf(g.hub.world, thing);
  const isAuthor = thing.authorId === g.viewer.id;
  const canWrite = roleAtLeast(roleOf(g.hub.world, g.viewer, repository), "write");
  const edit = lastEdit(thing);
  return {
    id: thing.nodeId,
    author: () => g.views.actor(entity(g.hub.world.accounts, thing.authorId, "account")),
    authorAssociation: () => authorAssociation(g.hub, repository, thing.authorId),
    body: thing.body,
    bodyHTML: () => htmlOf(g, thing),
    bodyText: () => plainOf(g, thing),
    createdAt: time(thing.createdAt),
    createdViaEmail: false,
    publishedAt: time(thing.createdAt),
    updatedAt: time(thing.updatedAt),
    editor: () => (edit === null ? null : g.views.actor(entity(g.hub.world.accounts, edit.editorId, "account"))),
    lastEditedAt: timeOrNull(edit?.editedAt ?? null),
    includesCreatedEdit: edit !== null,
    userContentEdits: (args: Args) =>
      connectionOf("userContentEdits", args, thing.edits.toReversed(), (each) => editView(g, each)),
    repository: () => g.views.repository(repository),
    ...reactionFields(g, thing, self),
    viewerDidAuthor: isAuthor,
    viewerCanUpdate: isAuthor || canWrite,
    viewerCanDelete: canWrite,
    viewerCanReact: true,
    viewerCannotUpdateReasons: isAuthor || canWrite ? [] : ["INSUFFICIENT_ACCESS"],
  };
}
