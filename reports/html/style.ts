/** The report's style: light and dark by the reader's setting, one column, printable. */
export const style = `
:root { color-scheme: light dark; --surface: #ffffff; --panel: #f6f8fa; --text: #1b1f24; --muted: #57606a; --line: #d0d7de;
  --accent: #0550ae; --one: #0969da; --two: #bc4c00; --three: #7c3aed; --four: #1a7f37; --five: #bf3989; --other: #6e7781;
  --tile: #0a4f9e; --tile-text: #ffffff; --shade: #8c959f2b; --pass: #116329; --fail: #b3121f; --open: #7d4e00; }
@media (prefers-color-scheme: dark) { :root { --surface: #0d1117; --panel: #161b22; --text: #e6edf3; --muted: #9da7b3; --line: #30363d;
  --accent: #6cb0ff; --one: #58a6ff; --two: #f0883e; --three: #bc8cff; --four: #56d364; --five: #f778ba; --other: #8b949e;
  --tile: #1c4f8f; --tile-text: #ffffff; --shade: #8b949e26; --pass: #56d364; --fail: #ff8f87; --open: #e3b341; } }

* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2.5rem 2rem 4rem; max-width: 72rem; background: var(--surface); color: var(--text);
  font: 1rem/1.5 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }
p { margin: .5rem 0; max-width: 46rem; }
code { font: .875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
small { display: block; font-size: .8125rem; color: var(--muted); }
summary { cursor: pointer; color: var(--accent); font-size: .875rem; width: fit-content; }
.muted { color: var(--muted); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.quantity { font-variant-numeric: tabular-nums; white-space: nowrap; }

.top { display: flex; flex-wrap: wrap; gap: .5rem 2rem; justify-content: space-between; align-items: end; margin-bottom: .5rem; }
.top p { margin: 0; color: var(--muted); font-size: .875rem; }

.verdict { color: var(--open); font-weight: 600; font-size: .8125rem; white-space: nowrap; }
.verdict > span:first-child { display: inline-block; width: 1.1em; text-align: center; }
.verdict.pass { color: var(--pass); } .verdict.fail { color: var(--fail); }

.verdict-line { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding: .875rem 1.25rem;
  border-left: 6px solid var(--open); border-radius: 4px; background: var(--panel); }
.verdict-line.pass { border-color: var(--pass); } .verdict-line.fail { border-color: var(--fail); }
.verdict-line .verdict { font-size: 1.375rem; }
.verdict-line .word::first-letter { text-transform: uppercase; }
.verdict-line .word { display: inline-block; }
.verdict-line p { margin: 0; max-width: none; }

.numbers { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; margin: 1rem 0; padding: 0; list-style: none; }
.numbers li { padding: 1rem 1.25rem 1.125rem; border: 1px solid var(--line); border-radius: 8px; }
.numbers .asks { display: flex; justify-content: space-between; align-items: baseline; gap: .75rem; color: var(--muted); font-size: .9375rem; }
.numbers b { font-size: 2.5rem; line-height: 1.25; letter-spacing: -.02em; font-weight: 650; margin-right: .25rem; }
.numbers .label { white-space: nowrap; }
.numbers li.not-measured b { font-size: 1.5rem; color: var(--open); }

.contents { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; margin: 0 0 1rem; padding: .5rem 0;
  background: var(--surface); border-bottom: 1px solid var(--line); font-size: .875rem; } .contents a { text-decoration: none; padding: .125rem 0; }
.filter { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; margin-left: auto; color: var(--muted); }
.filter input[type="search"] { font: inherit; padding: .125rem .5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--panel); color: var(--text); width: 7.5rem; }
[hidden] { display: none !important; }
.open { margin: .75rem 0 0; padding-left: 1.5rem; } .open li { margin-bottom: .5rem; padding-left: .25rem; }
.findings { margin: 0; padding-left: 1.5rem; } .findings > li { margin-bottom: .875rem; padding-left: .25rem; overflow-wrap: anywhere; } .findings small { margin-top: .125rem; } .severity { color: var(--fail); }
pre { margin: .5rem 0; padding: .5rem .75rem; background: var(--panel); white-space: pre-wrap; overflow-wrap: anywhere; }
.interval { display: block; width: 6.25rem; height: .75rem; margin: .125rem 0 0 auto; } .interval path { stroke: var(--one); stroke-width: 2; fill: none; } .interval circle { fill: var(--one); } .interval .at-limit { stroke: var(--fail); }

.overview > ul { margin: 1.25rem 0 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
.overview > ul > li { border-bottom: 1px solid var(--line); scroll-margin-top: 4rem; }
.line { display: grid; grid-template-columns: 14rem 1fr auto; gap: 0 1.25rem; align-items: baseline; padding: .4375rem .25rem; width: auto; color: inherit; font-size: 1rem; }
.fold { margin: 0; } .fold[open] { padding-bottom: 1rem; } .line h2 { font-size: 1rem; font-weight: 600; letter-spacing: 0; color: var(--accent); }
.line h2::after { content: " ▸"; } .fold[open] > .line h2::after { content: " ▾"; }
.overview a { font-weight: 600; text-decoration: none; } .overview a:hover { text-decoration: underline; }
.overview .answer { color: var(--muted); font-size: .9375rem; } .overview .answer .quantity { color: var(--text); }

section { margin-top: 2rem; scroll-margin-top: 4rem; }
section > header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding-bottom: .375rem; border-bottom: 2px solid var(--text); }
section > header .verdict { font-size: 1rem; }
.question { margin: .625rem 0; max-width: none; color: var(--muted); } .question strong { color: var(--text); font-weight: 600; }
.method { color: var(--muted); font-size: .875rem; max-width: none; } .method p { max-width: none; }
.method b, .empty li b { color: var(--text); } .command { display: block; margin-top: .375rem; color: var(--text); } .command::before { content: "$ "; color: var(--muted); }
.empty { padding: .75rem 1rem; border: 1px dashed var(--line); border-radius: 6px; max-width: none; color: var(--muted); font-size: .875rem; } .empty b { color: var(--text); }

.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem 2rem; }
.figures:empty { display: none; } .figures > h3 { margin: .5rem 0 -1.25rem; font-size: 1.0625rem; } .figures > p, .figures > details { margin: 0; } .figures > * { grid-column: 1 / -1; min-width: 0; } .figures > .half-width { grid-column: auto; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: 1rem; }
.says { max-width: none; margin: .125rem 0 .625rem; color: var(--muted); font-size: .875rem; }
.chart { margin-top: .5rem; } .chart svg { display: block; width: 100%; height: auto; overflow: visible; } .chart .narrow { display: none; }
details { margin-top: .5rem; } details.all { margin-top: .75rem; }
figure { position: relative; } .says, figcaption { padding-right: 4rem; } figure > details.data > summary { position: absolute; top: 0; right: 0; line-height: 1.5rem; }
.more > .figures { margin-top: .75rem; } details.empty, details.environment { margin-top: 2rem; }

.scroll { overflow-x: auto; margin-top: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th { font-weight: 600; color: var(--muted); white-space: nowrap; } td:first-child { white-space: nowrap; }
th, td { text-align: left; padding: .375rem 1rem .375rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: .25rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.checks td:nth-child(2) { width: 100%; overflow-wrap: anywhere; }
details.data table { width: auto; min-width: min(100%, 30rem); } details.data .scroll { max-height: 26rem; overflow-y: auto; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

@media screen and (max-width: 1039px) {
  body { padding: 1.25rem 1rem 3rem; }
  .numbers { grid-template-columns: 1fr; }
  .figures { grid-template-columns: minmax(0, 1fr); }
  .contents { position: static; } .filter { margin-left: 0; }
  .chart { max-width: 32rem; } .chart .narrow { display: block; } .chart .wide, .chart .half { display: none; }
  .line { grid-template-columns: 1fr auto; } .line .answer { grid-column: 1 / -1; grid-row: 2; }
}
@media screen and (max-width: 639px) {
  .checks .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .checks th:first-child { font-size: 0; padding-right: 0; }
  th, td { padding-right: .625rem; }
  .scroll table:not(.checks) { width: max-content; min-width: 100%; } .scroll table:not(.checks) td { max-width: 16rem; }
  .checks .number { white-space: normal; }
}
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; --surface: #fff; --panel: #f6f8fa; --text: #000; --muted: #424a53; --line: #c4ccd4; --accent: #000;
    --one: #0969da; --two: #bc4c00; --three: #7c3aed; --four: #1a7f37; --five: #bf3989; --other: #6e7781; --tile: #0a4f9e; --tile-text: #fff;
    --shade: #8c959f2b; --pass: #116329; --fail: #b3121f; --open: #7d4e00; }
  body { padding: 0; max-width: none; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  figure, .numbers, .line, tr, .method, .empty { break-inside: avoid; }
  header, h2, .question, figcaption, .says { break-after: avoid; }
  section { margin-top: 2rem; }
  .fold { padding-bottom: 1rem; }
  .scroll { overflow: visible; } td, th { white-space: normal; overflow-wrap: anywhere; }
  .number, .verdict, .checks th, .checks td:first-child { white-space: nowrap; overflow-wrap: normal; }
  .line { grid-template-columns: 9rem 1fr auto; } .line h2::after { content: none !important; }
  .figures { gap: 1.25rem 1.5rem; } .figures > figure { grid-column: auto; }
  .chart .narrow { display: block; } .chart .wide, .chart .half { display: none; }
  details.data, details.all > .scroll, .contents, summary:not(.line) { display: none; }
  details.all::details-content, details.fold::details-content, details.more::details-content, .findings details::details-content, details.environment::details-content { content-visibility: visible; height: auto; }
}
`
