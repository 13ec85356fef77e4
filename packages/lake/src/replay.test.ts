/** A replay over what a lake stores: windows, gaps between captures, classes of ports, records without direction. */
import { changeBetween } from '@flowfit/core/change/change-set';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { expect, it } from 'vitest';
import { newestInventory } from './observed.ts';
import { replayLake } from './replay.ts';
import { accountWith, capturesOf, lakeOf, NOON, packet } from './testing/logs.ts';

const HOUR = 3600;

const replayOf = async (
  records: Parameters<typeof lakeOf>[0],
  snapshots: InventorySnapshot[],
  after: Parameters<typeof accountWith>,
  window = {},
) => {
  const lake = await lakeOf(records, { snapshots });
  const [proposed] = capturesOf(accountWith(...after), NOON);
  const change = changeBetween(newestInventory(lake), proposed as InventorySnapshot);
  return await replayLake(lake, window, change);
};

const around = (...rules: string[]) => capturesOf(accountWith(...rules), NOON - HOUR, NOON + 24 * HOUR);
const visit = (port: number, some = {}) => packet('in', [port, 40_000], { protocol: 6, 'tcp-flags': 2, ...some });

it('cuts and keeps connections of the hours that the window touches', async () => {
  const records = [visit(443), visit(8443), visit(443, { start: NOON + 5 * HOUR, srcport: 41_000 })];
  const snapshots = around('inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 8443 from 0.0.0.0/0');
  const all = await replayOf(records, snapshots, ['inbound tcp 443 from 0.0.0.0/0']);
  expect(all.replay.connections).toMatchObject({ kept: 2, cut: 1, unknown: 0 });
  expect(all.replay.cut).toMatchObject([{ port: 8443, admittedBy: [expect.any(String)] }]);
  const early = await replayOf(records, snapshots, [], { from: NOON, to: NOON + HOUR });
  expect(early.replay.connections).toMatchObject({ kept: 0, cut: 2, unknown: 0 });
  expect(early.window).toEqual({ from: NOON, to: NOON + HOUR });
  expect(early.pendingDays).toBe(0);
});

it('of connections whose opener is not known, asks the change on every port of the stored class', async () => {
  const records = [packet('in', [40_001, 50_000], { protocol: 17 }), packet('out', [40_001, 50_000], { protocol: 17 })];
  const snapshots = around('inbound udp 1024-65535 from 0.0.0.0/0', 'outbound udp 1024-65535 to 0.0.0.0/0');
  const narrower = ['inbound udp 1024-40000 from 0.0.0.0/0', 'outbound udp 1024-65535 to 0.0.0.0/0'] as const;
  const { replay } = await replayOf(records, snapshots, [...narrower]);
  expect(replay.connections).toMatchObject({ kept: 0, cut: 0, unknown: 1 });
  const wider = ['inbound udp all from 0.0.0.0/0', 'outbound udp all to 0.0.0.0/0'] as const;
  expect((await replayOf(records, snapshots, [...wider])).replay.connections).toMatchObject({ kept: 1, unknown: 0 });
});
