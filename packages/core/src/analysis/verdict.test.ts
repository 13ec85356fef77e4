import { describe, expect, it } from 'vitest';
import type { InventorySnapshot } from '../inventory/model.ts';
import { createTimeline } from '../inventory/timeline.ts';
import { Attributor } from '../security-group/attribute.ts';
import { CoverageFold, type CoverageRow, HOUR } from './coverage.ts';
import { type ExampleAccount, inventoryOf } from './example-account.ts';
import { contextOf } from './findings/example.ts';
import { foldUsage } from './usage.ts';
import { resolveVerdicts } from './verdict.ts';

const T0 = Date.parse('2024-01-02T00:00:00Z') / 1000;
const web: ExampleAccount = {
  groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] },
  interfaces: { 'eni-1': { groups: ['sg-web'] } },
};

/** Captures before and after, the same. */
const around = (account: ExampleAccount) => [inventoryOf(account), inventoryOf(account, '2024-02-02T00:00:00Z')];

/** Verdict on the first rule after `days` days without any traffic. */
function afterSilence(snapshots: readonly InventorySnapshot[], change: Partial<CoverageRow> = {}, days = 31) {
  const timeline = createTimeline(snapshots);
  const fold = new CoverageFold();
  const window = { from: T0, to: T0 + days * 24 * HOUR };
  for (let hour = T0; hour < window.to; hour += HOUR) {
    const row = { interfaceId: 'eni-1', hour, ok: 0, noData: 1, skipData: 0 };
    fold.add(hour === T0 + 5 * HOUR ? { ...row, ...change } : row);
  }
  const verdicts = resolveVerdicts(timeline, foldUsage(new Attributor(timeline), []), fold.result(window, timeline));
  const { verdict, reasons, evidence } = verdicts.rules[0] ?? expect.fail();
  return `${[verdict, ...reasons].join(' ')}, ${evidence.grade}`;
}

describe('reasons', () => {
  it('none: unused', () => {
    expect(afterSilence(around(web))).toBe('unused, strong');
  });

  it('dropped records', () => {
    expect(afterSilence([inventoryOf(web)], { skipData: 1 })).toBe('undecided skip-data, weak');
  });

  it('an hour without records', () => {
    expect(afterSilence([inventoryOf(web)], { noData: 0 })).toBe('undecided gap, weak');
  });

  it('an interface that is not logged', () => {
    const two = { ...web, interfaces: { ...web.interfaces, 'eni-2': { groups: ['sg-web'] } } };
    expect(afterSilence([inventoryOf(two)])).toBe('undecided unlogged-interface, weak');
  });

  it('a flow log of rejected traffic', () => {
    const flowLogs = [
      {
        id: 'fl-1',
        resourceId: 'eni-1',
        trafficType: 'REJECT',
        logFormat: null,
        maxAggregationInterval: null,
        status: null,
      },
    ];
    expect(afterSilence([{ ...inventoryOf(web), flowLogs }])).toBe('undecided reject-only, weak');
  });

  it('a rule that came, or got its meaning, within the window; a new description is no new meaning', () => {
    const later = '2024-01-10T00:00:00Z';
    const changed = { ...web, groups: { 'sg-web': ['inbound tcp 8443 from 0.0.0.0/0'] } };
    expect(afterSilence([inventoryOf(web), inventoryOf(changed, later)])).toBe(
      'undecided rule-younger-than-window, weak',
    );
    const described = inventoryOf(web, later);
    const groups = described.groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({ ...rule, description: 'new' })),
    }));
    expect(afterSilence([...around(web), { ...described, groups }])).toBe('unused, strong');
  });

  it('no interface at all: nothing can have used it', () => {
    expect(afterSilence([inventoryOf({ groups: web.groups })])).toBe('unused no-interface, moderate');
  });

  it('traffic of an interface that the inventory lacks', () => {
    const example = { title: '', account: web, traffic: ['eni-9 inbound tcp 443 from 203.0.113.5'], finds: [] };
    const { verdict, reasons } = contextOf(example).verdicts.rules[0] ?? expect.fail();
    expect([verdict, ...reasons]).toEqual(['undecided', 'inventory-missing']);
  });

  it('a ping that two rules may have let in by its type, which flow logs lack', () => {
    const account = {
      ...web,
      groups: { 'sg-web': ['inbound icmp 8 from 0.0.0.0/0', 'inbound icmp 0 from 0.0.0.0/0'] },
    };
    const example = { title: '', account, traffic: ['eni-1 inbound icmp from 203.0.113.5'], finds: [] };
    const { verdict, undecided } = contextOf(example).verdicts.rules[0] ?? expect.fail();
    expect(verdict).toBe('undecided');
    expect(undecided).toMatchObject([{ reason: 'icmp-type', connections: 1 }]);
  });

  it('none, where only one rule can have let a ping in', () => {
    const account = { ...web, groups: { 'sg-web': ['inbound icmp 8 from 0.0.0.0/0'] } };
    const example = { title: '', account, traffic: ['eni-1 inbound icmp from 203.0.113.5'], finds: [] };
    expect(contextOf(example).verdicts.rules[0]?.verdict).toBe('used');
  });
});

describe('evidence', () => {
  it('is worth less the shorter it is, or if the inventory came late', () => {
    expect(afterSilence(around(web), {}, 10)).toBe('unused, moderate');
    expect(afterSilence(around(web), {}, 2)).toBe('unused, weak');
    expect(afterSilence([inventoryOf(web, '2024-02-02T00:00:00Z')])).toBe('unused, moderate');
    expect(afterSilence([inventoryOf(web)])).toBe('unused, moderate');
  });
});

describe('groups', () => {
  it('are active, silent or unattached, and know who refers to them', () => {
    const { verdicts } = contextOf({
      title: '',
      account: {
        groups: {
          'sg-db': ['inbound tcp 5432 from sg-app', 'inbound tcp 5432 from sg-db'],
          'sg-app': ['inbound tcp 80 from 10.0.0.0/8'],
          'sg-none': [],
        },
        interfaces: { 'eni-db': { groups: ['sg-db'] }, 'eni-app': { groups: ['sg-app'], addresses: ['10.0.0.1'] } },
      },
      traffic: ['eni-db inbound tcp 5432 from 10.0.0.1 x 3'],
      finds: [],
    });
    const summary = verdicts.groups.map(({ group, verdict, referencedBy, rules, traffic }) => [
      group.id,
      verdict,
      referencedBy.join(),
      rules,
      traffic?.flows ?? 0,
    ]);
    expect(summary).toEqual([
      ['sg-app', 'silent', 'sg-db', { used: 0, unused: 1, undecided: 0 }, 0],
      ['sg-db', 'active', '', { used: 1, unused: 1, undecided: 0 }, 6],
      ['sg-none', 'unattached', '', { used: 0, unused: 0, undecided: 0 }, 0],
    ]);
  });
});
