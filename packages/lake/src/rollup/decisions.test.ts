/** Who opened connections, as far as that needs more than one record: other hours and days, captures, time-outs. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { describe, expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import type { Lake } from '../lake.ts';
import { contentOf } from '../testing/content.ts';
import {
  accountWith,
  capturesOf,
  conversationsOf,
  decisionsOf,
  type LogRecord,
  lakeOf,
  NOON,
  packet,
  V2,
  writeLog,
} from '../testing/logs.ts';
import { temporaryLake } from '../testing/temporary.ts';

const HOUR = 3600;
const DAY = 86_400;
const OPEN = accountWith('inbound all from 0.0.0.0/0', 'outbound all to 0.0.0.0/0');
const AROUND = capturesOf(OPEN, NOON - 30 * DAY, NOON + 30 * DAY);

const decided = async (records: readonly LogRecord[], snapshots: InventorySnapshot[] = AROUND): Promise<string[]> =>
  await decisionsOf(await lakeOf(records, { snapshots }));

describe('packets in one direction', () => {
  const TRAP = [1162, 161] as const;

  it('are not taken for answers', async () => {
    expect(await decided([packet('in', TRAP)])).toEqual(['unknown by none, or the other way']);
  });

  it('may be answered in another hour', async () => {
    expect(
      await decided([
        packet('in', [443, 51_000], { protocol: 6 }),
        packet('in', [443, 51_000], { protocol: 6, start: NOON + HOUR }),
        packet('out', [443, 51_000], { protocol: 6, start: NOON + 2 * HOUR }),
      ]),
    ).toEqual(['remote by ports']);
  });

  it('may have been answered on an earlier day, before a silence that is no time-out', async () => {
    const records = (silence: number) => [
      packet('in', [443, 51_000], { protocol: 6, start: NOON - silence }),
      packet('out', [443, 51_000], { protocol: 6, start: NOON - silence }),
      packet('in', [443, 51_000], { protocol: 6 }),
    ];
    expect(await decided(records(4 * DAY))).toEqual(['remote by ports']);
    expect(await decided(records(6 * DAY))).toEqual(['remote by ports', 'remote by ports, or the other way']);
  });

  it('count apart by what became of them: a reply that was refused is none', async () => {
    const refused = { protocol: 6, action: 'REJECT' };
    expect(
      await decided([packet('in', [443, 51_000], { protocol: 6 }), packet('out', [443, 51_000], refused)]),
    ).toEqual(['remote by ports, or the other way', 'unknown by none, or the other way']);
  });
});

describe('elimination', () => {
  const INBOUND = accountWith('inbound udp 5000-6000 from 0.0.0.0/0');
  const records = [packet('in', [5000, 6000]), packet('out', [5000, 6000])];

  it('needs captures on both sides', async () => {
    const both = capturesOf(INBOUND, NOON - DAY, NOON + DAY);
    expect(await decided(records, both)).toEqual(['remote by rule-elimination']);
    for (const one of both) expect(await decided(records, [one])).toEqual(['unknown by none, or the other way']);
  });

  it('is not for what may have begun before the capture that began the gap', async () => {
    const snapshots = capturesOf(INBOUND, NOON - 2 * DAY, NOON - DAY, NOON + DAY);
    expect(await decided(records, snapshots)).toEqual(['unknown by none, or the other way']);
    const earlier = packet('in', [80, 51_000], { protocol: 6, start: NOON - HOUR });
    expect(await decided([earlier, ...records], snapshots)).toContain('remote by rule-elimination');
  });

  it('is not for TCP whose handshake should be in the records, and is not', async () => {
    const fields = [...V2, 'tcp-flags'];
    const account = accountWith('inbound tcp 5000-6000 from 0.0.0.0/0');
    const more = { protocol: 6, 'tcp-flags': 1 };
    const late = [packet('in', [5000, 6000], more), packet('out', [5000, 6000], more)];
    const first = packet('in', [80, 51_000], { protocol: 6, start: NOON - HOUR });
    const decide = async (...captures: number[]) =>
      await decisionsOf(await lakeOf([first, ...late], { fields, snapshots: capturesOf(account, ...captures) }));
    expect(await decide(NOON - DAY, NOON + DAY)).toContain('remote by rule-elimination');
    expect(await decide(NOON - 2 * DAY, NOON - DAY, NOON + DAY)).not.toContain('remote by rule-elimination');
  });

  it('does not depend on which came first, logs or captures', async () => {
    const days = [-2, -1, 0, 1].map((day) =>
      records.map((record) => ({ ...record, start: NOON + day * DAY, end: NOON + day * DAY + 50 })),
    );
    const logs = await Promise.all(days.map((day) => writeLog(day)));
    const captures = capturesOf(INBOUND, NOON - 4 * DAY, NOON - 3 * DAY, NOON - HOUR, NOON + 2 * DAY);
    const fill = async (...steps: ((lake: Lake) => Promise<unknown>)[]) => {
      const lake = await temporaryLake();
      for (const step of steps) await step(lake);
      return await contentOf(lake);
    };
    const log =
      (...indexes: number[]) =>
      async (lake: Lake) =>
        await ingest(
          lake,
          indexes.map((index) => logs[index] as string),
        );
    const capture =
      (...indexes: number[]) =>
      async (lake: Lake) =>
        await ingest(lake, [], { snapshots: indexes.flatMap((index) => captures[index] ?? []) });
    const expected = await fill(capture(0, 1, 2, 3), log(0, 1, 2, 3));
    expect(expected.conversations.join()).toContain('rule-elimination');
    expect(expected.conversations.join()).toContain('"none"');
    expect(await fill(log(3, 2, 1, 0), capture(3), capture(0), capture(2), capture(1))).toEqual(expected);
    expect(await fill(log(3), capture(1, 2), log(2), log(0), capture(0, 3), log(1))).toEqual(expected);
    expect(await fill(log(1, 2), capture(3, 1), log(3), capture(2, 0), log(0))).toEqual(expected);
  });
});

describe('the beginning of a connection', () => {
  const CAPTURES = [NOON, NOON + HOUR, NOON + 3 * HOUR];
  const during = (start: number) => packet('in', [443, 51_000], { protocol: 6, start, 'flow-direction': 'ingress' });
  const epochs = async (starts: readonly number[], captures: readonly number[]): Promise<number[]> => {
    const fields = [...V2, 'flow-direction'];
    const lake = await lakeOf(starts.map(during), { fields, snapshots: capturesOf(OPEN, ...captures) });
    return (await conversationsOf(lake)).map(({ epoch }) => epoch);
  };

  it('lies in a gap between captures: -1 before the first', async () => {
    expect(await epochs([NOON - 1], CAPTURES)).toEqual([-1]);
    expect(await epochs([NOON], CAPTURES)).toEqual([0]);
    expect(await epochs([NOON + HOUR + 1], CAPTURES)).toEqual([1]);
    expect(await epochs([NOON + 5 * HOUR], CAPTURES)).toEqual([2]);
    expect(await epochs([NOON], [])).toEqual([-1]);
  });

  it('stays where it was in later hours and days', async () => {
    expect(await epochs([NOON - 60, NOON + 2 * HOUR], CAPTURES)).toEqual([-1, -1]);
    expect(await epochs([NOON + 60, NOON + 3 * DAY, NOON + 6 * DAY], CAPTURES)).toEqual([0, 0, 0]);
  });

  it('tells the groups of its time', async () => {
    const [before, after] = [capturesOf(OPEN, NOON), capturesOf(accountWith(), NOON + HOUR)];
    const other = after.map((snapshot) => ({
      ...snapshot,
      interfaces: snapshot.interfaces.map((one) => ({ ...one, groupIds: ['sg-b'] })),
    }));
    const lake = await lakeOf([NOON - 60, NOON + 2 * HOUR].map(during), { snapshots: [...before, ...other] });
    expect((await conversationsOf(lake)).map(({ groupIds }) => groupIds)).toEqual([['sg-a'], ['sg-a']]);
  });
});

describe('idle time-outs of the interface', () => {
  const withTimeout = (tcpEstablished: number | null): InventorySnapshot[] =>
    AROUND.map((snapshot) => ({
      ...snapshot,
      interfaces: snapshot.interfaces.map((one) => ({
        ...one,
        connectionTracking: { tcpEstablished, udpStream: null, udpSingle: null },
      })),
    }));
  const connectionsOf = async (starts: readonly number[], tcpEstablished: number | null): Promise<number> => {
    const records = starts.map((start) => packet('in', [443, 51_000], { protocol: 6, start }));
    const lake = await lakeOf(records, { snapshots: withTimeout(tcpEstablished) });
    return (await conversationsOf(lake)).reduce((sum, { connections }) => sum + connections, 0);
  };
  const TWICE = [NOON, NOON + 600];
  const OVER_MIDNIGHT = [NOON + DAY / 2 - 300, NOON + DAY / 2 + 300];

  it('set connections of TCP apart, within a day and beyond', async () => {
    for (const starts of [TWICE, OVER_MIDNIGHT]) {
      expect(await connectionsOf(starts, null)).toBe(1);
      expect(await connectionsOf(starts, 600)).toBe(1);
      expect(await connectionsOf(starts, 350)).toBe(2);
    }
  });
});
