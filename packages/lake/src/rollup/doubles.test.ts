/** Two flow logs of the same traffic. */
import { expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import { querySummary } from '../queries/summary.ts';
import { contentOf } from '../testing/content.ts';
import { markAllDays } from '../testing/dirty.ts';
import {
  accountWith,
  capturesOf,
  conversationsOf,
  type LogRecord,
  NOON,
  packet,
  V2,
  writeLog,
} from '../testing/logs.ts';
import { temporaryLake } from '../testing/temporary.ts';
import { rollUp } from './roll-up.ts';

const ACCOUNT = accountWith('inbound all from 0.0.0.0/0');
const FLAGS = [...V2, 'tcp-flags'];

/** What is counted of several logs, each of a layout. */
const counted = async (...logs: (readonly [fields: readonly string[], records: readonly LogRecord[]])[]) => {
  const lake = await temporaryLake();
  const paths = await Promise.all(logs.map(([fields, records]) => writeLog(records, fields)));
  for (const path of paths) await ingest(lake, [path], { snapshots: capturesOf(ACCOUNT, NOON) });
  const { flows, bytes } = await querySummary(lake, {});
  const conversations = await conversationsOf(lake);
  return { flows, bytes, methods: [...new Set(conversations.map(({ method }) => method))].sort() };
};

const TCP = [
  packet('in', [443, 51_000], { protocol: 6, 'tcp-flags': 2 }),
  packet('out', [443, 51_000], { protocol: 6, 'tcp-flags': 18 }),
];

it('records of two layouts that say the same of the packets count once, as the one that says more', async () => {
  const once = { flows: 2, bytes: 152, methods: ['tcp-flags'] };
  expect(await counted([FLAGS, TCP])).toEqual(once);
  expect(await counted([V2, TCP], [FLAGS, TCP])).toEqual(once);
  expect(await counted([FLAGS, TCP], [V2, TCP])).toEqual(once);
  expect(await counted([V2, TCP], [V2, TCP])).toEqual({ ...once, methods: ['ports'] });
});

it.each<[string, LogRecord]>([
  ['interface', { 'interface-id': 'eni-2' }],
  ['action', { action: 'REJECT' }],
  ['end', { end: NOON + 51 }],
  ['bytes', { bytes: 77 }],
  ['port', { dstport: 444 }],
  ['protocol', { protocol: 17 }],
])('records that differ in %s are two', async (_, difference) => {
  const [first] = TCP as [LogRecord, LogRecord];
  expect((await counted([FLAGS, [first]], [V2, [first, { ...first, ...difference }]])).flows).toBe(2);
});

it('records that one layout tells apart stay apart', async () => {
  const fields = [...V2, 'pkt-srcaddr', 'pkt-dstaddr', 'flow-direction'];
  const behind = (address: string): LogRecord =>
    packet('out', [443, 51_000], { 'pkt-srcaddr': address, 'pkt-dstaddr': '192.0.2.7', 'flow-direction': 'egress' });
  const two = [behind('10.0.0.8'), behind('10.0.0.9')];
  expect((await counted([fields, two])).flows).toBe(2);
  expect((await counted([fields, two], [V2, two.slice(1)])).flows).toBe(2);
});

it('are counted the same where a day is rolled up in parts', async () => {
  const lake = await temporaryLake();
  const others = TCP.map((record) => ({ ...record, 'interface-id': 'eni-2' }));
  const logs = [await writeLog([...TCP, ...others], V2), await writeLog([...TCP, ...others], FLAGS)];
  await ingest(lake, logs, { snapshots: capturesOf(ACCOUNT, NOON) });
  const whole = await contentOf(lake);
  await markAllDays(lake);
  await lake.write(() => rollUp(lake, { recordsAtOnce: 3 }));
  expect(await contentOf(lake)).toEqual(whole);
  expect((await querySummary(lake, {})).flows).toBe(4);
});

it('a layout that lacks what is compared is left as it is', async () => {
  const fields = FLAGS.filter((name) => name !== 'bytes');
  expect((await counted([fields, TCP], [V2, TCP])).flows).toBe(4);
});
