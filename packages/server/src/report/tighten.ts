/** What groups could be instead, for the report: rules before and after, how open they are, what would have been cut. */

import { chosenPoint } from '@flowfit/core/recommend/document';
import type { GroupRecommendation, LaterCut, Openness } from '@flowfit/core/recommend/model';
import { formatPairs } from '@flowfit/core/recommend/pairs';
import { formatRule } from '@flowfit/core/security-group/notation';
import type { Tighten } from './data.ts';
import { escaped, table } from './markdown-text.ts';
import { type Html, html } from './markup.ts';
import { count } from './words.ts';

type Row = readonly [what: string, today: string, proposed: string];

const figuresOf = (one: GroupRecommendation): readonly Row[] => {
  const { rules, openness, laterCut } = chosenPoint(one);
  const pairs = (label: string, key: keyof Openness): Row[] =>
    one.now[key] + openness[key] === 0 ? [] : [[label, formatPairs(one.now[key]), formatPairs(openness[key])]];
  return [
    ['Rules', count(one.group.rules.length), count(rules)],
    ...pairs('IPv4 address-port pairs open', 'ipv4'),
    ...pairs('of these public', 'publicIpv4'),
    ...pairs('IPv6 address-port pairs open', 'ipv6'),
    ...pairs('of these public', 'publicIpv6'),
    ['Later connections that it would have cut', '–', laterText(laterCut)],
  ];
};

/** `0 of 2,490` */
const laterText = ({ connections, of }: LaterCut): string =>
  of === 0 ? 'none to try it on' : `${count(connections)} of ${count(of)}`;

/** `1 rule stays`, `2 rules stay`, `no rule stays` */
const stayingText = (staying: number): string =>
  staying === 0 ? 'No rule stays' : staying === 1 ? '1 rule stays' : `${count(staying)} rules stay`;

const labelOf = ({ group: { id, groupName } }: GroupRecommendation): string =>
  groupName === '' ? id : `${groupName} (${id})`;

/** Rules of today that go, and new ones. Those that stay are in neither. */
const changesOf = (one: GroupRecommendation) => {
  const { proposed } = chosenPoint(one);
  const staying = new Set(proposed.filter(({ exists }) => exists).map(({ rule }) => rule.id));
  const because = new Map(one.removed.map((remark) => [remark.ruleId, remark.because]));
  return {
    staying: staying.size,
    removed: one.group.rules
      .filter(({ id }) => !staying.has(id))
      .map((rule) => ({ id: rule.id, text: formatRule(rule), because: because.get(rule.id) ?? '' })),
    added: proposed
      .filter(({ exists }) => !exists)
      .map(({ rule, from }) => ({ text: formatRule(rule), from: from.join(', ') })),
  };
};

export const tightenHtml = ({ groups, nothing }: Tighten): Html =>
  html`<h2>Tighten (${groups.length})</h2>
${nothing !== null ? html`<p class="soft">${nothing}</p>` : groups.length === 0 ? html`<p class="soft">No group can be tighter.</p>` : html`<p class="soft">Rule sets that admit all that was observed, and less besides. No proposal admits what today's rules do not.</p>`}
${groups.map(groupHtml)}`;

const groupHtml = (one: GroupRecommendation): Html => {
  const { staying, removed, added } = changesOf(one);
  return html`<section class="panel tighten"><h3>${labelOf(one)}</h3><p class="soft">${one.why}</p>
<table><tr><th></th><th class="n">Today</th><th class="n">Proposed</th></tr>${figuresOf(one).map(
    ([what, today, proposed]) =>
      html`<tr><td>${what}</td><td class="n">${today}</td><td class="n"><b>${proposed}</b></td></tr>`,
  )}</table>
<div class="sides"><div><h4>Rules that go (${removed.length})</h4><ul>${removed.map(
    ({ id, text, because }) =>
      html`<li><code>${text}</code><br><span class="faint">${because} <code>${id}</code></span></li>`,
  )}</ul></div><div><h4>New rules (${added.length})</h4><ul>${added.map(
    ({ text, from }) => html`<li><code>${text}</code><br><span class="faint">from ${from}</span></li>`,
  )}</ul></div></div>
<p class="faint">${stayingText(staying)} as today. ${one.leftAlone.join(' ')}</p></section>`;
};

export const tightenMarkdown = ({ groups, nothing }: Tighten): readonly string[] => [
  `## Tighten (${groups.length})`,
  nothing !== null ? escaped(nothing) : groups.length === 0 ? 'No group can be tighter.' : '',
  ...groups.flatMap((one) => {
    const { staying, removed, added } = changesOf(one);
    return [
      `### ${escaped(labelOf(one))}`,
      escaped(one.why),
      table(['', 'today', 'proposed'], figuresOf(one)),
      [
        ...removed.map(({ text, because }) => `- **goes:** ${escaped(text)}. ${escaped(because)}`),
        ...added.map(({ text, from }) => `- **new:** ${escaped(text)}, from ${escaped(from)}`),
        `- ${stayingText(staying)} as today`,
      ].join('\n'),
    ];
  }),
];
