// A file's patch as a table with line numbers.

import { html, type Markup } from "./markup.ts";
import type { FileShape } from "./shapes.ts";

const LINES_MAX = 1_000;

export function fileDiff(file: FileShape): Markup {
  const { plus, minus } = {
    plus: html`<span class="plus">+${file.additions}</span>`,
    minus: html`<span class="minus">−${file.deletions}</span>`,
  };
  return html`<section class="file"><header><span class="mono">${file.filename}</span><span class="small faint">${file.status}</span><span class="small">${plus} ${minus}</span></header>
${file.patch === undefined ? html`<p class="faint small" style="padding:0 .9rem">No text to show.</p>` : html`<table class="mono">${patchRows(file.patch)}</table>`}</section>`;
}

function patchRows(patch: string): readonly Markup[] {
  const lines = patch.split("\n");
  const rows: Markup[] = [];
  let [before, after] = [0, 0];
  for (const line of lines.slice(0, LINES_MAX)) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk !== null) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      rows.push(html`<tr class="hunk"><td class="at"></td><td class="at"></td><td>${line}</td></tr>`);
    } else if (line.startsWith("+")) {
      rows.push(html`<tr class="add"><td class="at"></td><td class="at">${after}</td><td>${line}</td></tr>`);
      after += 1;
    } else if (line.startsWith("-")) {
      rows.push(html`<tr class="del"><td class="at">${before}</td><td class="at"></td><td>${line}</td></tr>`);
      before += 1;
    } else {
      const isNote = line.startsWith("\\");
      rows.push(
        html`<tr><td class="at">${isNote ? "" : before}</td><td class="at">${isNote ? "" : after}</td><td>${line}</td></tr>`,
      );
      if (!isNote) [before, after] = [before + 1, after + 1];
    }
  }
  if (lines.length > LINES_MAX)
    rows.push(
      html`<tr class="hunk"><td class="at"></td><td class="at"></td><td>${lines.length - LINES_MAX} lines more</td></tr>`,
    );
  return rows;
}
