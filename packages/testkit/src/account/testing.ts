/** Helpers of this folder's tests: lines and truth brought together. */
import { createLineParser } from '@flowfit/core/flow/parse';
import type { FlowRecord } from '@flowfit/core/flow/record';
import { type CollectedAccount, type Format, fieldsOf } from './account.ts';
import type { AccountOptions } from './options.ts';
import type { ConnectionTruth } from './truth.ts';

/** A few hours of a few thousand records: enough for every service and every change to occur. */
export const smallAccount = (seed: number, more: AccountOptions = {}): AccountOptions => ({
  seed,
  days: 0.5,
  aggregationInterval: 600,
  interfaces: 30,
  records: 4000,
  ...more,
});

/** OK records, read by the parser of the core; throws where it sets one aside. */
export function parsedRecords(lines: readonly string[], format: Format): FlowRecord[] {
  const parser = createLineParser({ fields: fieldsOf(format), kind: 'vpc' });
  return lines.flatMap((line) => {
    const parsed = parser.parse(line);
    if (parsed.kind === 'record') return [parsed.record];
    if (parsed.kind === 'no-data' || parsed.kind === 'skip-data') return [];
    throw new Error(`${parsed.kind}: ${line}`);
  });
}

/** A 5-tuple at an interface from its local end; needs the fields of v5. */
export function tupleOfRecord(record: FlowRecord): string {
  const source = [record['pkt-srcaddr'], record.srcport];
  const destination = [record['pkt-dstaddr'], record.dstport];
  const ends = record['flow-direction'] === 'egress' ? [source, destination] : [destination, source];
  return [record['interface-id'], record.protocol, ...ends.flat()].join(' ');
}

export const tupleOfConnection = (row: ConnectionTruth): string =>
  [row.interfaceId, row.protocol, row.localAddress, row.localPort, row.peerAddress, row.peerPort].join(' ');

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Connections whose interface filters: NAT gateways have no groups. */
export const filtered = ({ connections }: CollectedAccount): ConnectionTruth[] =>
  connections.filter(({ groupIds }) => groupIds.length > 0);
