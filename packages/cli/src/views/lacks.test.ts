import type { AccountLacks } from '@flowfit/core/analysis/lacks';
import { REASON_CODES, REASONS, type Reason } from '@flowfit/core/analysis/reasons';
import { describe, expect, it } from 'vitest';
import { Shell } from '../shell.ts';
import { silentEffects } from '../silent-effects.ts';
import { formatLacks, summariseLacks } from './lacks.ts';

const shell = new Shell(silentEffects());
const lack = (reason: Reason, rules: number) => ({ reason, rules, ...REASONS[reason] });
const lacksOf = (undecided: number, ...reasons: AccountLacks['reasons']): AccountLacks => ({
  rules: { used: 2, unused: 1, undecided },
  inventory: null,
  reasons,
});

describe('what an account lacks', () => {
  it('is nothing where every rule has a verdict', () => {
    expect(formatLacks(lacksOf(0), shell)).toEqual([]);
    expect(summariseLacks(lacksOf(0), shell)).toEqual([]);
  });

  it('is said by what would decide it, once where it decides several things', () => {
    const lacks = lacksOf(5, lack('membership-unknown', 5), lack('icmp-type', 2), lack('attachment-unknown', 1));
    expect(formatLacks({ ...lacks, inventory: 'Captured once.' }, shell)).toEqual([
      'What this account lacks (5 of 8 rules are undecided)',
      '  Captured once.',
      `  membership-unknown (5 rules): ${REASONS['membership-unknown'].meaning}`,
      `  attachment-unknown (1 rule): ${REASONS['attachment-unknown'].meaning}`,
      `    To decide it: ${REASONS['attachment-unknown'].decide}`,
      `  icmp-type (2 rules): ${REASONS['icmp-type'].meaning}`,
      '    Flow logs cannot decide this.',
    ]);
  });

  it('is cut to the four most frequent reasons', () => {
    const lacks = lacksOf(9, ...REASON_CODES.slice(0, 6).map((reason, index) => lack(reason, 9 - index)));
    const [summary] = summariseLacks(lacks, shell);
    expect(summary).toBe(
      '9 of 12 rules are undecided: membership-unknown (9), attachment-unknown (8), rule-history-unknown (7), unexplained-traffic (6), …',
    );
    expect(formatLacks(lacks, shell).at(-1)).toBe(
      '  Rarer: prefix-list-unknown (5), reachability-unknown (4). "flowfit explain RULE" says what would decide a rule.',
    );
  });
});
