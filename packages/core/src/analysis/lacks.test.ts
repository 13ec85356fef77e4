import { describe, expect, it } from 'vitest';
import { lacksOf, undecidedShare } from './lacks.ts';
import { REASONS, type Reason } from './reasons.ts';

const DAY = 86_400;
const FROM = Date.parse('2026-06-01T00:00:00Z') / 1000;
const coverage = { window: { from: FROM, to: FROM + 10 * DAY } };

const undecided = (...reasons: Reason[]) => ({ verdict: 'undecided', reasons }) as const;
const used = { verdict: 'used', reasons: [] } as const;
const unattached = { verdict: 'unused', reasons: ['no-interface'] } as const;

/** What is said of captures at these days of the window. */
const inventoryOf = (...days: number[]) =>
  lacksOf([], { epochs: days.map((day) => FROM + day * DAY) }, coverage).inventory;

describe('lacksOf', () => {
  it('counts verdicts, and the reasons of undecided rules, the most frequent first', () => {
    const rules = [undecided('gap'), undecided('icmp-type', 'gap'), undecided('membership-unknown'), used, unattached];
    const { rules: counts, reasons } = lacksOf(rules, { epochs: [FROM] }, coverage);
    expect(counts).toEqual({ used: 1, unused: 1, undecided: 3 });
    expect(reasons).toEqual([
      { reason: 'gap', rules: 2, ...REASONS.gap },
      // Those of the same number are in the order of the table.
      { reason: 'membership-unknown', rules: 1, ...REASONS['membership-unknown'] },
      { reason: 'icmp-type', rules: 1, ...REASONS['icmp-type'] },
    ]);
  });

  it('lacks nothing where captures lie on both sides of the window', () => {
    expect(inventoryOf(0, 10)).toBeNull();
    expect(inventoryOf(-3, 2, 14)).toBeNull();
  });

  it('says which part of the window has captures on one side only', () => {
    expect(inventoryOf(12)).toBe(
      'The inventory was captured once, at 2026-06-13T00:00:00Z. No capture comes before the window: what was different then is not known.',
    );
    expect(inventoryOf(-1)).toBe(
      'The inventory was captured once, at 2026-05-31T00:00:00Z. No capture comes after the window: what was different then is not known.',
    );
    expect(inventoryOf(3, 9.5)).toBe(
      'The inventory was captured 2 times, from 2026-06-04T00:00:00Z to 2026-06-10T12:00:00Z. No capture comes before the first 3 days of the window, and none after the last 12 hours of the window: what was different then is not known.',
    );
    expect(inventoryOf(0, 10 - 1.5 / 24)).toMatch(/No capture comes after the last 90 minutes of the window/);
    // A log always ends a little after the capture of its last hour.
    expect(inventoryOf(1 / 48, 9.99)).toBeNull();
  });

  it('says that there is no inventory', () => {
    expect(inventoryOf()).toBe('There is no inventory, so nothing can be said of rules.');
  });
});

describe('undecidedShare', () => {
  it.each([
    [{ used: 60, unused: 9, undecided: 71 }, '71 of 140 rules are undecided'],
    [{ used: 0, unused: 0, undecided: 1 }, '1 of 1 rule is undecided'],
  ])('%o: %s', (rules, text) => {
    expect(undecidedShare({ rules, inventory: null, reasons: [] })).toBe(text);
  });
});
