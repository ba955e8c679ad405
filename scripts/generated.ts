// What is generated from the registries: parts of the README, the JSON Schema of the config file, the page of states.
// Computes texts; `generate.ts` writes them and a test compares them.

import { configJsonSchema, DEFAULT_CONFIG } from "../src/core/config.ts";
import { labelDefinitions } from "../src/core/labels.ts";
import { commandTable, permissionMatrix } from "../src/core/render-help.ts";
import { MOVES, transition } from "../src/core/transitions.ts";

export interface GeneratedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** @param readme  the README as it stands; only what is between its markers changes */
export function generatedFiles(readme: string): readonly GeneratedFile[] {
  const withCommands = between(readme, "commands", commandTable().join("\n"));
  return [
    { path: "README.md", text: between(withCommands, "permissions", permissionMatrix().join("\n")) },
    { path: "docs/config.schema.json", text: `${JSON.stringify(schema(), null, 2)}\n` },
    { path: "docs/states.md", text: statesPage() },
  ];
}

/** @throws when the text has not exactly one pair of markers of this name, in order */
function between(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, rest, ...more] = text.split(start);
  const [, after, ...others] = (rest ?? "").split(end);
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`README.md needs one pair of the markers ${start} and ${end}`);
  }
  return `${before}${start}\n\n${content}\n\n${end}${after}`;
}

function schema(): unknown {
  return {
    $id: "https://signalbox.dev/config.schema.json",
    title: ".github/signalbox.yml",
    description: "How Signalbox works on the issues of this repository. Every key is optional.",
    ...Object(configJsonSchema()),
  };
}

/** State names with a dash are not identifiers to Mermaid. */
function node(state: string): string {
  return state === "none" ? "[*]" : state.replaceAll("-", "_");
}

/** States that a task can still be cancelled in: drawn inside one box, so that what is legal in all of them is one arrow. */
const OPEN = transition("cancel").from;

/** Arrows with the moves that lead along them; moves that stay, and `force`, are in the table alone. */
function arrows(): readonly string[] {
  const moves = new Map<string, string[]>();
  for (const move of MOVES) {
    const { from, to } = transition(move);
    if (to === "same" || move === "force") continue;
    const isEverywhere = OPEN.every((state) => from.includes(state));
    const ends: readonly string[] = typeof to === "string" ? [to] : to;
    for (const start of isEverywhere ? ["open"] : from) {
      for (const end of ends) {
        const arrow = `${node(start)} --> ${node(end)}`;
        moves.set(arrow, [...(moves.get(arrow) ?? []), move]);
      }
    }
  }
  return [
    ...["    state open {", ...OPEN.map((state) => `        ${node(state)}`), "    }"],
    ...[...moves].map(([arrow, names]) => `    ${arrow}: ${names.join(", ")}`),
  ];
}

function moveRows(): readonly string[] {
  return MOVES.map((move) => {
    const { from, to, by, guards } = transition(move);
    const target = Array.isArray(to) ? to.join(" or ") : String(to);
    return `| \`${move}\` | ${from.join(", ")} | ${target} | ${by.join(", ")} | ${guards.join(", ")} |`;
  });
}

function statesPage(): string {
  const states = labelDefinitions(DEFAULT_CONFIG).filter(({ name }) => name.startsWith(`${DEFAULT_CONFIG.prefix}:`));
  return `# States and moves

Generated from \`src/core/transitions.ts\` and \`src/core/labels.ts\` by \`npm run generate\`.

| Label | Means |
|---|---|
${states.map(({ name, description }) => `| \`${name}\` | ${description} |`).join("\n")}

\`\`\`mermaid
stateDiagram-v2
${arrows().join("\n")}
\`\`\`

\`${DEFAULT_CONFIG.prefix}:blocked\` is not in the picture: it is a queued task that something keeps. \`force\` leads from every state to every other
that people may name. Moves that leave a task where it is are in the table alone.

| Move | From | To | Who may ask | Guards, in order |
|---|---|---|---|---|
${moveRows().join("\n")}
`;
}
