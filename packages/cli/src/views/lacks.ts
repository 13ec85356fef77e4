/** What the account as a whole lacks for more verdicts: a block below the rules, a line above groups and findings. */
import { type AccountLacks, type Lack, undecidedShare } from '@flowfit/core/analysis/lacks';
import { byRemedy, NOTHING_DECIDES } from '@flowfit/core/analysis/reasons';
import { formatQuantity } from '../output/humanise.ts';
import type { Shell } from '../shell.ts';

const MOST_REASONS = 4;

/** Lines; none where every rule has a verdict. */
export const formatLacks = (lacks: AccountLacks, { colours }: Shell): string[] => {
  if (lacks.rules.undecided === 0) return [];
  const rarer = lacks.reasons.slice(MOST_REASONS);
  return [
    colours.bold(`What this account lacks (${undecidedShare(lacks)})`),
    ...(lacks.inventory === null ? [] : [`  ${lacks.inventory}`]),
    ...byRemedy(lacks.reasons.slice(0, MOST_REASONS)).flatMap(({ decide, items }) => [
      ...items.map(
        ({ reason, rules, meaning }) => `  ${colours.yellow(reason)} (${formatQuantity(rules, 'rule')}): ${meaning}`,
      ),
      `    ${decide === null ? NOTHING_DECIDES : `To decide it: ${decide}`}`,
    ]),
    ...(rarer.length === 0 ? [] : [`  Rarer: ${listOf(rarer)}. "flowfit explain RULE" says what would decide a rule.`]),
  ];
};

/** Two lines; none where every rule has a verdict. */
export const summariseLacks = (lacks: AccountLacks, { colours }: Shell): string[] =>
  lacks.rules.undecided === 0
    ? []
    : [
        `${undecidedShare(lacks)}: ${listOf(lacks.reasons.slice(0, MOST_REASONS))}${lacks.reasons.length > MOST_REASONS ? ', …' : '.'}`,
        colours.dim('"flowfit rules --verdict undecided" says what would decide them.'),
        '',
      ];

const listOf = (reasons: readonly Lack[]): string =>
  reasons.map(({ reason, rules }) => `${reason} (${rules})`).join(', ');
