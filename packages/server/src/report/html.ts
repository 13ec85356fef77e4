/** The report as one self-contained file: no script, nothing loaded, readable where nobody has the app. */
import type { GroupDocument, RuleDocument } from '@flowfit/core/analysis/documents';
import type { Finding } from '@flowfit/core/analysis/findings/finding';
import type { ReportData, TopList } from './data.ts';
import { histogramSvg } from './histogram-svg.ts';
import { Html, html } from './markup.ts';
import { ruleText } from './rule-text.ts';
import { STYLE } from './style.ts';
import { tightenHtml } from './tighten.ts';
import { lacksHtml, undecidedHtml } from './undecided.ts';
import { bytes, count, lastSeenOf, moment, ofSeconds } from './words.ts';

export const renderHtml = (data: ReportData): string => {
  const { summary, findings, groups, rules, lists } = data;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>Security groups and their traffic</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<h1>Security groups and their traffic</h1>
<p class="soft">${ofSeconds(summary.from)} to ${ofSeconds(summary.to)} UTC</p>
<div class="figures">${FIGURES.map(([label, show]) => html`<div><span class="faint">${label}</span><b>${show(data)}</b></div>`)}</div>
${lacksHtml(data.lacks)}<h2>Records over time</h2>
<div class="panel">${histogramSvg(data.histogram)}</div>
<h2>Findings (${findings.length})</h2>
<div class="panel">${findings.length === 0 ? html`<p class="soft">Nothing is open.</p>` : findings.map(findingHtml)}
${data.dismissed === 0 ? '' : html`<p class="faint">${count(data.dismissed)} more were dismissed.</p>`}</div>
${tightenHtml(data.tighten)}
<h2>Security groups (${groups.length})</h2>
<div class="panel scroll"><table>
<tr><th>Group</th><th>Verdict</th><th class="n">Interfaces</th><th class="n">Rules used</th><th class="n">undecided</th><th class="n">unused</th><th class="n">Records</th><th class="n">Last seen</th></tr>
${groups.map(groupHtml)}</table></div>
<h2>Rules (${rules.length})</h2>
<div class="panel scroll"><table>
<tr><th>Rule</th><th>Group</th><th>Verdict</th><th class="n">Connections</th><th class="n">Records</th><th class="n">Peers</th><th class="n">Last seen</th></tr>
${rules.map(ruleHtml)}</table></div>
<h2>Traffic</h2>
<div class="lists">${lists.map(listHtml)}</div>
<footer class="faint">
<p>${count(data.overview.records.stored)} records in the lake. Made ${moment(data.madeAt)} UTC by Flowfit ${data.version}.</p>
${data.notices.map(({ attribution, url }) => (url === null ? html`<p>${attribution}</p>` : html`<p><a href="${url}">${attribution}</a></p>`))}
</footer>
</body>
</html>
`.text;
};

const FIGURES: readonly (readonly [label: string, show: (data: ReportData) => string])[] = [
  ['Flow records', ({ summary }) => count(summary.flows)],
  ['Bytes', ({ summary }) => bytes(summary.bytes)],
  ['Accepted', ({ summary }) => count(summary.accepted)],
  ['Rejected', ({ summary }) => count(summary.rejected)],
  ['Security groups', ({ summary }) => count(summary.groups)],
  ['Interfaces', ({ summary }) => count(summary.interfaces)],
];

const mark = (word: string): Html => html`<span class="mark ${word}">${word}</span>`;

const findingHtml = ({ severity, kind, title, remediation, id }: Finding): Html =>
  html`<article>${mark(severity)} <span class="faint">${kind}</span><h3>${title}</h3><p class="soft">${remediation}</p><p class="faint"><code>${id}</code></p></article>`;

const groupHtml = (group: GroupDocument): Html =>
  html`<tr><td>${group.groupName}<br><code class="faint">${group.groupId}</code></td><td>${mark(group.verdict)}</td><td class="n">${count(group.interfaces)}</td><td class="n">${count(group.rules.used)}</td><td class="n">${count(group.rules.undecided)}</td><td class="n">${count(group.rules.unused)}</td><td class="n">${count(group.flows)}</td><td class="n">${moment(group.lastSeen)}</td></tr>`;

const ruleHtml = (rule: RuleDocument): Html =>
  html`<tr><td><code>${ruleText(rule)}</code><br><span class="faint">${rule.description === '' ? rule.ruleId : rule.description}</span>${undecidedHtml(rule)}</td><td>${rule.groupName}</td><td>${mark(rule.verdict)}${rule.evidence.extrapolated ? html`<br><span class="faint">assumed: captures of one side only</span>` : ''}</td><td class="n">${count(rule.connections.proven + rule.connections.inferred)}</td><td class="n">${count(rule.flows)}</td><td class="n">${count(rule.peers.count)}</td><td class="n">${lastSeenOf(rule)}</td></tr>`;

const listHtml = ({ title, rows }: TopList): Html =>
  html`<div class="panel"><h3>${title}</h3><table>${rows.map(
    (row) =>
      html`<tr><td>${row.label} <span class="faint">${row.aside}</span></td><td class="n">${count(row.flows)}</td><td class="n">${bytes(row.bytes)}</td></tr>`,
  )}</table></div>`;
