// The one style sheet of the pages, for light and dark.

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f7f9; --ink: #1c2128; --faint: #626b76; --line: #d8dde3; --link: #0a58ca;
  --good: #1a7f37; --bad: #c5283d; --busy: #9a6700; --done: #7d4cdb; --add: #e3f6e8; --del: #fdeaec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151a; --raised: #191f26; --ink: #e4e9ee; --faint: #97a2ae; --line: #2e363f; --link: #6cb0ff;
    --good: #4cc366; --bad: #ff7b84; --busy: #e0b03e; --done: #b795ff; --add: #16301f; --del: #3a1c20;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
.bar { display: flex; gap: 1rem; align-items: center; padding: .6rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--raised); }
.bar .where { flex: 1; font-weight: 600; } .bar form { display: flex; gap: .4rem; align-items: center; color: var(--faint); font-size: 13px; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; font-weight: 600; margin: 0 0 .4rem; line-height: 1.25; } h1.mono { font-size: 1.2rem; } h1 .number { color: var(--faint); font-weight: 400; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 .6rem; }
nav.tabs { display: flex; overflow-x: auto; white-space: nowrap; gap: 1.2rem; border-bottom: 1px solid var(--line); margin: .2rem 0 1.4rem; }
nav.tabs a { color: var(--ink); padding: .4rem 0; } nav.tabs a.here { border-bottom: 2px solid var(--link); font-weight: 600; }
.faint { color: var(--faint); } .small { font-size: 13px; } .count { color: var(--faint); font-size: 13px; }
code, pre, .mono { font: 12.5px/1.5 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace; }
code { background: var(--raised); padding: .1em .35em; border-radius: 4px; } pre code { background: none; padding: 0; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; }
.rows { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.rows > * { display: flex; gap: .7rem; align-items: baseline; padding: .6rem .9rem; border-top: 1px solid var(--line); }
.rows > *:first-child { border-top: 0; } .rows .grow { flex: 1; min-width: 0; } .rows .title { color: var(--ink); font-weight: 600; }
.label { display: inline-block; padding: 0 .6em; border-radius: 1em; font-size: 12px; line-height: 1.7; font-weight: 500; border: 1px solid rgba(127,127,127,.25); white-space: nowrap; }
.state { display: inline-block; padding: .15em .8em; border-radius: 1em; color: #fff; font-size: 13px; font-weight: 600; }
.state.open { background: #1a7f37; } .state.closed { background: #7d4cdb; } .state.draft { background: #6b7480; } .state.dropped { background: #6b7480; }
.mark { font-weight: 700; width: 1.1em; display: inline-block; text-align: center; }
.mark.success { color: var(--good); } .mark.failure { color: var(--bad); } .mark.busy { color: var(--busy); } .mark.none { color: var(--faint); } .mark.merged { color: var(--done); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 14rem; gap: 2rem; } @media (max-width: 50rem) { .columns { grid-template-columns: 1fr; } }
aside h3 { font-size: 12px; color: var(--faint); margin: 1.2rem 0 .3rem; font-weight: 600; } aside h3:first-child { margin-top: 0; } aside form { margin-top: .4rem; display: flex; gap: .3rem; } aside .held { margin: .15rem 0; } aside .held form { display: inline; }
.comment { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; } .comment > header { padding: .45rem .9rem; background: var(--raised); border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; font-size: 13.5px; color: var(--faint); }
.comment > header b { color: var(--ink); } .comment .body { padding: .2rem .9rem; overflow-wrap: anywhere; } .comment footer { padding: 0 .9rem .7rem; }
.comment .body > :first-child { margin-top: .6rem; } .body table { border-collapse: collapse; margin: .7rem 0; } .body td, .body th { border: 1px solid var(--line); padding: .25rem .7rem; text-align: left; } .body blockquote { margin: .6rem 0; padding-left: .9rem; border-left: 3px solid var(--line); color: var(--faint); }
.body ul:has(.tick) { list-style: none; padding-left: .2rem; } .body summary { cursor: pointer; }
details.minimized { margin: 1rem 0; color: var(--faint); } details.minimized > summary { cursor: pointer; font-size: 13.5px; }
.kind { border: 1px solid var(--line); border-radius: 1em; padding: 0 .5em; font-size: 11.5px; margin-left: .3em; }
.event { padding: .25rem .9rem .25rem 1.2rem; color: var(--faint); font-size: 13.5px; border-left: 2px solid var(--line); margin: 0 0 0 1.2rem; } .event b { color: var(--ink); font-weight: 600; }
.reaction { display: inline-block; border: 1px solid var(--line); border-radius: 1em; padding: 0 .6em; font-size: 13px; margin-right: .3em; }
input, select, textarea, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; }
input, textarea { width: 100%; } textarea { min-height: 6rem; resize: vertical; } select { max-width: 100%; }
button { background: var(--raised); cursor: pointer; white-space: nowrap; } button:hover { border-color: var(--faint); }
button.main { background: #1a7f37; border-color: #1a7f37; color: #fff; font-weight: 600; } button.bare { border: 0; background: none; padding: 0 .2em; color: var(--faint); }
button.tick { width: 1.15em; height: 1.15em; padding: 0; line-height: 1; margin: -2px .45em 0 0; border-radius: 3px; vertical-align: middle; font-size: 13px; border-color: var(--faint); } button.tick.ticked { background: var(--link); border-color: var(--link); color: #fff; }
.actions { display: flex; gap: .5rem; justify-content: flex-end; margin-top: .5rem; flex-wrap: wrap; } .actions .left { margin-right: auto; align-self: center; } .rows + .actions { margin: .8rem 0 1.2rem; }
.refusal { border: 1px solid var(--bad); color: var(--bad); border-radius: 8px; padding: .5rem .9rem; margin: 0 0 1rem; }
.file { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; overflow: hidden; } .file > header { background: var(--raised); padding: .4rem .9rem; border-bottom: 1px solid var(--line); display: flex; gap: .6rem; }
.file table { width: 100%; border-collapse: collapse; } .file td { padding: 0 .6rem; white-space: pre-wrap; overflow-wrap: anywhere; vertical-align: top; } .file td.at { width: 1%; color: var(--faint); text-align: right; user-select: none; white-space: nowrap; }
.file tr.add { background: var(--add); } .file tr.del { background: var(--del); } .file tr.hunk { color: var(--faint); background: var(--raised); }
.plus { color: var(--good); } .minus { color: var(--bad); }
.log { max-height: 40rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; } .log .at { color: var(--faint); } .log .title { font-weight: 700; } .log .busy { color: var(--busy); }
`;
