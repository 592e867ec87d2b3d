/** The report's style: light and dark by the reader's setting, one column, printable. */
export const style = `
:root { color-scheme: light dark; --surface: #ffffff; --text: #1b1f24; --muted: #59636e; --line: #d1d9e0;
  --accent: #1f6feb; --second: #bc4c00; --third: #1a7f37; --fourth: #8250df; --pass: #1a7f37; --fail: #cf222e; --open: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --surface: #0d1117; --text: #e6edf3; --muted: #9198a1; --line: #3d444d;
  --accent: #4493f8; --second: #f0883e; --third: #3fb950; --fourth: #ab7df8; --pass: #3fb950; --fail: #ff7b72; --open: #d29922; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--surface); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
p { max-width: 46rem; }
.muted { color: var(--muted); }
.verdict { font-weight: 600; } .pass { color: var(--pass); } .fail { color: var(--fail); }
.inconclusive, .not-measured { color: var(--open); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.numbers li { border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; }
.numbers b { display: block; font-size: 1.75rem; line-height: 1.2; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1.25rem 0; } figcaption { font-weight: 600; }
.chart svg { width: 100%; height: auto; display: block; }
summary { cursor: pointer; color: var(--accent); }
@media print { details > * { display: block; } body { max-width: none; } }
`
