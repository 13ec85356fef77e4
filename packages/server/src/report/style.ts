/** The look of the HTML report: that of the web app, in one file, on screen and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#14181f, #e8ebf0); --soft: light-dark(#4a5361, #aab3c0);
  --faint: light-dark(#5c6675, #8a94a3); --line: light-dark(#e3e7ed, #232932); --panel: light-dark(#fff, #14181e);
  --canvas: light-dark(#f6f7f9, #0d1014); --accept: light-dark(#3d7fd6, #5b9df2); --reject: light-dark(#dd6b20, #f08c3f);
  --wash: light-dark(#e2edfb, #172a43); --reject-wash: light-dark(#fdebdd, #3a2414); --high: light-dark(#b0243f, #f2788f); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem; background: var(--canvas); color: var(--ink);
  font: 14px/1.55 Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; letter-spacing: -.01em; margin: 0; } h2 { font-size: 1.05rem; margin: 2.25rem 0 .6rem; } h3 { font-size: .85rem; margin: 0 0 .4rem; }
p { margin: .25rem 0; max-width: 90ch; } .soft { color: var(--soft); } .faint { color: var(--faint); font-size: .8rem; }
code { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: .85em; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1px; background: var(--line);
  border: 1px solid var(--line); border-radius: 10px; overflow: hidden; margin-top: 1.25rem; }
.figures div { background: var(--panel); padding: .75rem 1rem; } .figures b { display: block; font-size: 1.4rem; font-weight: 600; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; }
.lists { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .75rem; }
.scroll { overflow-x: auto; padding: 0; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem 1rem; border-top: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; font-size: .8rem; color: var(--soft); border-top: 0; } td.n, th.n { text-align: right; white-space: nowrap; }
.lists table td, .lists table th { padding: .2rem 0 .2rem .75rem; } .lists td:first-child { padding-left: 0; overflow-wrap: anywhere; }
.mark { display: inline-block; border-radius: 99px; padding: 0 .6rem; font-size: .78rem; font-weight: 500; background: var(--line); white-space: nowrap; }
.used, .active { background: var(--wash); } .unused, .silent, .unattached, .medium { background: var(--reject-wash); }
details { margin-top: .15rem; } summary { cursor: pointer; width: fit-content; } .remedies { margin: .5rem 0 0; padding: 0; list-style: none; }
.remedies li { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); column-gap: 2.5rem; border-top: 1px solid var(--line); padding: .5rem 0; } .remedies li:last-child { padding-bottom: 0; }
.high { color: var(--high); outline: 1px solid; } article { border-top: 1px solid var(--line); padding: .75rem 0; } article:first-child { border: 0; padding-top: 0; }
article h3 { font-size: .95rem; margin: .25rem 0 0; overflow-wrap: anywhere; } footer { margin-top: 2.5rem; } a { color: inherit; }
h4 { font-size: .8rem; font-weight: 500; color: var(--soft); margin: .75rem 0 .25rem; } .tighten { margin-top: .75rem; } .tighten table { width: auto; } .tighten td:first-child, .tighten th:first-child { padding-left: 0; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); column-gap: 2.5rem; } .sides ul { margin: 0; padding: 0; list-style: none; } .sides li { border-top: 1px solid var(--line); padding: .3rem 0; overflow-wrap: anywhere; }
@media print { body { background: none; } article, tr, .sides li { break-inside: avoid; } }
`;
