/** Records of which it is not known whose end is whose: whatever would admit them either way may have. */
import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { accountWith, allOf, capturesOf, type LogRecord, lakeOf, NOON, OWN, PEER, packet } from '../testing/logs.ts';
import { currentTimeline } from './facts.ts';
import { streamUndirected } from './undirected.ts';

const HOUR = 3600;
const WINDOW = { from: NOON - 24 * HOUR, to: NOON + 24 * HOUR };

/** Rules that tell 161, 1162 and other ports apart. */
const ACCOUNT = accountWith('inbound udp 1162 from 0.0.0.0/0', 'outbound udp 161 to 0.0.0.0/0');

/** Of an interface that the inventory does not hold. */
const stranger = (more: LogRecord = {}): LogRecord => packet('in', [1162, 161], { 'interface-id': 'eni-9', ...more });

const undirected = async (records: readonly LogRecord[], ...captures: number[]) => {
  const lake = await lakeOf(records, { snapshots: capturesOf(ACCOUNT, ...captures) });
  return await allOf(streamUndirected(lake, currentTimeline(lake), WINDOW));
};

it('either port may be that of the service; records are counted once', async () => {
  const traffic = await undirected([stranger()], NOON - HOUR);
  expect(traffic.map(({ servicePort, flows, bytes }) => [servicePort, flows, bytes]).sort()).toEqual([
    [1162, 0, 0],
    [161, 1, 76],
  ]);
  for (const { addresses } of traffic) expect([...addresses].sort()).toEqual([OWN, PEER]);
});

it('ports that no rule tells apart are one', async () => {
  const records = [stranger({ srcport: 40_000, dstport: 50_000 }), stranger({ srcport: 40_001, dstport: 50_001 })];
  const traffic = await undirected(records, NOON - HOUR);
  expect(traffic.map(({ servicePort, flows }) => [servicePort, flows])).toEqual([[1163, 2]]);
});

it('lies in the gap of its records, where a capture falls within their hour', async () => {
  const records = [stranger(), stranger({ start: NOON + 1800 }), stranger({ start: NOON - HOUR })];
  const traffic = await undirected(records, NOON - 60, NOON + 600);
  expect(new Set(traffic.map(({ epoch, hour }) => `${epoch} ${hour - NOON}`))).toEqual(
    new Set(['-1 -3600', '0 0', '1 0']),
  );
});

it('counts where the action is not told, and not where it was refused', async () => {
  const traffic = await undirected(
    [stranger({ action: '-' }), stranger({ action: 'REJECT', packets: 2 })],
    NOON - HOUR,
  );
  expect(traffic.reduce((sum, { packets }) => sum + packets, 0)).toBe(1);
});

it('leaves neither reading of a trap unused', async () => {
  const snapshots = capturesOf(ACCOUNT, NOON - HOUR, NOON + HOUR);
  const { verdicts } = await analyse(await lakeOf([stranger()], { snapshots }));
  expect(verdicts.rules.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
});
