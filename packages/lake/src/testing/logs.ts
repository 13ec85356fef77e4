/** Lakes of a few records, for tests that read what became of them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExampleAccount, inventoryOf } from '@flowfit/core/analysis/example-account';
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { ingest } from '../ingest/ingest.ts';
import type { Lake } from '../lake.ts';
import { streamConversations } from '../queries/conversations.ts';
import { temporaryFolder, temporaryLake } from './temporary.ts';

/** Noon of a day, Unix seconds. */
export const NOON = Date.UTC(2026, 5, 1, 12) / 1000;

export const OWN = '10.0.0.1';
export const PEER = '192.0.2.7';

/** One interface, `eni-1`, with one group. */
export const accountWith = (...rules: string[]): ExampleAccount => ({
  groups: { 'sg-a': rules },
  interfaces: { 'eni-1': { groups: ['sg-a'], addresses: [OWN] } },
});

/** Captures of an account at times in Unix seconds. */
export const capturesOf = (account: ExampleAccount, ...times: number[]): InventorySnapshot[] =>
  times.map((at) => inventoryOf(account, new Date(at * 1000).toISOString()));

/** A record as values by field name; what is missing is `-`. */
export type LogRecord = Readonly<Record<string, string | number>>;

/** A packet of a connection of `eni-1`, seen from it. */
export const packet = (
  way: 'in' | 'out',
  [localPort, peerPort]: readonly [number, number],
  more: LogRecord = {},
): LogRecord => {
  const [source, destination] = way === 'in' ? [PEER, OWN] : [OWN, PEER];
  const [srcport, dstport] = way === 'in' ? [peerPort, localPort] : [localPort, peerPort];
  const ends = { srcaddr: source, dstaddr: destination, srcport, dstport };
  const start = typeof more['start'] === 'number' ? more['start'] : NOON;
  return { ...DEFAULTS, ...ends, start, end: start + 50, ...more };
};

const DEFAULTS: LogRecord = {
  version: 2,
  'account-id': '111122223333',
  'interface-id': 'eni-1',
  protocol: 17,
  packets: 1,
  bytes: 76,
  action: 'ACCEPT',
  'log-status': 'OK',
};

/** The fields of version 2. */
export const V2: readonly string[] =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );

/** An interval without traffic, or with lost records. */
export const statusRecord = (status: 'NODATA' | 'SKIPDATA', start: number, end = start + 600): LogRecord => ({
  version: 2,
  'account-id': '111122223333',
  'interface-id': 'eni-1',
  start,
  end,
  'log-status': status,
});

/** Writes a log of a layout. @returns its path */
export const writeLog = async (records: readonly LogRecord[], fields: readonly string[] = V2): Promise<string> => {
  const path = join(await temporaryFolder(), 'records.log');
  const lines = records.map((record) => fields.map((name) => record[name] ?? '-').join(' '));
  await writeFile(path, [fields.join(' '), ...lines, ''].join('\n'));
  return path;
};

/** A lake of one log. */
export const lakeOf = async (
  records: readonly LogRecord[],
  {
    fields = V2,
    snapshots = [],
  }: { readonly fields?: readonly string[]; readonly snapshots?: InventorySnapshot[] } = {},
): Promise<Lake> => {
  const lake = await temporaryLake();
  await ingest(lake, [await writeLog(records, fields)], { snapshots });
  return lake;
};

export const conversationsOf = async (lake: Lake): Promise<Conversation[]> =>
  await allOf(streamConversations(lake, {}));

export const allOf = async <T>(stream: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
};

/** Who opened the connections, by which method, and whether the other way is open: one text for each difference. */
export const decisionsOf = async (lake: Lake): Promise<string[]> => {
  const decisions = (await conversationsOf(lake)).map(({ initiator, method, localPort, peerPort }) => {
    const isOpen = localPort !== null && peerPort !== null;
    return `${initiator} by ${method}${isOpen ? ', or the other way' : ''}`;
  });
  return [...new Set(decisions)].sort();
};
