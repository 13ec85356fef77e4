/** Recommendations from what a lake stores: windows, groups, connections without direction, too little evidence. */
import type { GroupRecommendation } from '@flowfit/core/recommend/model';
import { formatRule } from '@flowfit/core/security-group/notation';
import { describe, expect, it } from 'vitest';
import { recommendLake } from './recommend.ts';
import { accountWith, capturesOf, lakeOf, NOON, packet, statusRecord } from './testing/logs.ts';

const HOUR = 3600;
const HOURS = 48;

const visit = (port: number, hour: number, some = {}) =>
  packet('in', [port, 40_000 + hour], { protocol: 6, 'tcp-flags': 2, start: NOON + hour * HOUR, ...some });
const silence = Array.from({ length: HOURS }, (_, hour) =>
  statusRecord('NODATA', NOON + hour * HOUR + 120, NOON + hour * HOUR + 180),
);
const FIELDS = [
  ...'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end'.split(' '),
  ...['action', 'log-status', 'tcp-flags'],
];
const around = (...rules: string[]) => capturesOf(accountWith(...rules), NOON - HOUR, NOON + HOURS * HOUR);
const lakeWith = (records: Parameters<typeof lakeOf>[0], ...rules: string[]) =>
  lakeOf([...records, ...silence], { fields: FIELDS, snapshots: around(...rules) });

const tightestOf = ({ curve }: GroupRecommendation): string[] =>
  (curve.at(-1)?.proposed ?? []).map(({ rule }) => formatRule(rule)).sort();

describe('a recommendation from a lake', () => {
  const rules = ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 8443 from 0.0.0.0/0'];
  const records = [
    ...[1, 9, 20, 30, 40, 46].map((hour) => visit(443, hour)),
    ...[3, 4].map((hour) => visit(8443, hour)),
  ];

  it('admits what the window shows, and tells the window', async () => {
    const lake = await lakeWith(records, ...rules);
    const { groups } = await recommendLake(lake);
    expect(groups.map(tightestOf)).toEqual([
      ['inbound tcp 443 from 192.0.2.7/32', 'inbound tcp 8443 from 192.0.2.7/32'],
    ]);
    expect(groups[0]?.observed).toEqual({ connections: 8, peers: 1 });
    const late = await recommendLake(lake, { from: NOON + 6 * HOUR });
    expect(late.groups.map(tightestOf)).toEqual([['inbound tcp 443 from 192.0.2.7/32']]);
    expect(late.window.from).toBe(NOON + 6 * HOUR);
    expect(late.groups[0]?.observed).toEqual({ connections: 5, peers: 1 });
    const none = await recommendLake(lake, {}, { groups: ['sg-other'] });
    expect(none.groups).toEqual([]);
  });

  it('is refused where the window shows no accepted connection', async () => {
    const lake = await lakeWith([...records, visit(22, 10, { action: 'REJECT' })], ...rules);
    const quiet = recommendLake(lake, { from: NOON + 10 * HOUR, to: NOON + 12 * HOUR });
    await expect(quiet).rejects.toMatchObject({ code: 'evidence-none' });
  });
});

it('leaves rules as they are that may only have admitted connections, since either end may have opened them', async () => {
  const records = [1, 20, 40].flatMap((hour) => [
    packet('in', [40_001, 50_000], { start: NOON + hour * HOUR }),
    packet('out', [40_001, 50_000], { start: NOON + hour * HOUR + 1 }),
  ]);
  const rules = ['inbound udp 1024-65535 from 0.0.0.0/0', 'outbound udp 1024-65535 to 0.0.0.0/0'];
  const { groups } = await recommendLake(await lakeWith(records, ...rules));
  expect(groups.map(tightestOf)).toEqual([rules]);
  const because = 'It is undecided: initiator-unknown.';
  expect(groups[0]?.kept.map((remark) => remark.because)).toEqual([because, because]);
});
