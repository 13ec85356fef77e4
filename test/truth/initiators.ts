/** Who opened each connection, as the lake has it on its records, against the truth. */

import type { FlowRow } from '@flowfit/lake/queries/flows';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import type { Observation } from './observe.ts';
import { Tally } from './tally.ts';

/**
 * Counts connections at interfaces by method: `<method> right`, `<method> wrong`, `<method> open`. One that was decided
 * by several methods in the course of time counts for each. Records that the truth does not know, which are those that
 * came after a close, are counted as `late`; 5-tuples that both ends opened within the log as `ambiguous`.
 */
export function scoreInitiators({ truth, flows }: Observation): Tally {
  const connections = byKey(truth.connections);
  const seen = new Set<string>();
  const counts = new Tally();
  for (const flow of flows) {
    const candidates = (connections.get(keyOfFlow(flow)) ?? []).filter((one) => isDuring(one, Number(flow['start'])));
    const [first] = candidates;
    if (first === undefined) {
      counts.add('late');
      continue;
    }
    if (candidates.some(({ initiator }) => initiator !== first.initiator)) {
      counts.add('ambiguous');
      continue;
    }
    const decision = `${flow['initiator-method']} ${outcome(flow, first)}`;
    const key = `${first.connection} ${first.interfaceId} ${decision}`;
    if (!seen.has(key)) counts.add(decision);
    seen.add(key);
  }
  return counts;
}

const outcome = (flow: FlowRow, { initiator }: ConnectionTruth): string =>
  flow['initiator'] === 'unknown' ? 'open' : flow['initiator'] === initiator ? 'right' : 'wrong';

/** Without the local address, which records without packet addresses show as the primary one. */
function byKey(connections: readonly ConnectionTruth[]): Map<string, ConnectionTruth[]> {
  const groups = new Map<string, ConnectionTruth[]>();
  for (const one of connections) {
    const { interfaceId, protocol, localPort, peerAddress, peerPort, action } = one;
    const key = [interfaceId, protocol, localPort, peerAddress, peerPort, action].join(' ');
    const known = groups.get(key);
    if (known) known.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

function keyOfFlow(flow: FlowRow): string {
  const [local, peer] = flow['direction'] === 'inbound' ? ['dstport', 'srcport'] : ['srcport', 'dstport'];
  const names = ['interface-id', 'protocol', local as string, 'peer-address', peer as string, 'action'];
  return names.map((name) => flow[name]).join(' ');
}

const isDuring = ({ firstSeen, lastSeen }: ConnectionTruth, start: number): boolean =>
  firstSeen !== null && lastSeen !== null && firstSeen <= start && start <= lastSeen;
