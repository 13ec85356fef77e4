/** Why rules are undecided and what would decide them, for the HTML report: the account as a whole, and one rule. */
import type { RuleDocument, UndecidedDocument } from '@flowfit/core/analysis/documents';
import { type AccountLacks, type Lack, undecidedShare } from '@flowfit/core/analysis/lacks';
import { byRemedy, NOTHING_DECIDES } from '@flowfit/core/analysis/reasons';
import { type Html, html } from './markup.ts';
import { count, moment } from './words.ts';

/** Nothing where every rule has a verdict. */
export const lacksHtml = (lacks: AccountLacks): Html | '' =>
  lacks.rules.undecided === 0
    ? ''
    : html`<h2>What would decide more</h2>
<div class="panel"><p>${undecidedShare(lacks)}. ${lacks.inventory ?? ''}</p>
${remediesHtml(lacks.reasons, lackHtml)}</div>
`;

const lackHtml = ({ reason, rules, meaning }: Lack): Html =>
  html`<b>${rules === 1 ? '1 rule' : `${count(rules)} rules`}:</b> ${meaning} <code class="faint">${reason}</code>`;

/** Folded: a rule may have many reasons, and they are explained on top as well. */
export const undecidedHtml = ({ undecided }: RuleDocument): Html | '' =>
  undecided.length === 0
    ? ''
    : html`<details class="faint"><summary>${undecided.map(({ reason }) => reason).join(', ')}</summary>
${remediesHtml(undecided, reasonHtml)}</details>`;

const reasonHtml = ({ meaning, connections, firstSeen, lastSeen }: UndecidedDocument): Html => {
  if (firstSeen === null) return html`${meaning}`;
  const what = connections === 0 ? 'traffic' : connections === 1 ? '1 connection' : `${count(connections)} connections`;
  return html`${meaning} This concerns ${what}, from ${moment(firstSeen)} to ${moment(lastSeen)} UTC.`;
};

const remediesHtml = <One extends Lack | UndecidedDocument>(items: readonly One[], show: (item: One) => Html): Html =>
  html`<ul class="remedies">${byRemedy(items).map(
    ({ decide, items: together }) =>
      html`<li><div>${together.map((item) => html`<p>${show(item)}</p>`)}</div><p class="soft">${decide === null ? NOTHING_DECIDES : `To decide it: ${decide}`}</p></li>`,
  )}</ul>`;
