/** What no rule explains: accepted without a rule, rejected in spite of one; against what really happened. */
import type { FlowRow } from '@flowfit/lake/queries/flows';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import { Firewall } from './firewall.ts';
import type { Observation } from './observe.ts';

/** Interfaces and directions, `eni-1/inbound`, of findings on rejections. */
export const rejectedInSpite = ({ analysis }: Observation): string[] =>
  analysis.usage.rejectedButAllowed.map(({ interfaceId, direction }) => `${interfaceId}/${direction}`).sort();

/**
 * Interfaces and directions where rejections have another reason than the groups: a network ACL, or packets that came
 * after their connection was closed. `certain`: by network ACL, of which a record was written that tells what rule it
 * meets; of pings it does not, for rules name their type.
 */
export function rejectedOtherwise({ truth, flows }: Observation): { certain: Set<string>; all: Set<string> } {
  const certain = new Set<string>();
  const all = new Set<string>();
  const accepted = new Map<string, string>();
  for (const row of truth.connections) {
    const place = placeOf(row);
    if (row.rejectedBy === 'network-acl' && row.records > 0) (isPing(row) ? all : certain).add(place);
    if (row.action === 'ACCEPT') {
      accepted.set([row.interfaceId, row.protocol, row.localPort, row.peerAddress, row.peerPort].join(' '), place);
    }
  }
  for (const place of certain) all.add(place);
  for (const flow of flows) {
    const place = flow['action'] === 'REJECT' ? accepted.get(tupleOf(flow)) : undefined;
    if (place !== undefined) all.add(place);
  }
  return { certain, all };
}

const isPing = ({ protocol }: ConnectionTruth): boolean => protocol === 1 || protocol === 58;

function tupleOf(flow: FlowRow): string {
  const [local, peer] = flow['direction'] === 'inbound' ? ['dstport', 'srcport'] : ['srcport', 'dstport'];
  return ['interface-id', 'protocol', local as string, 'peer-address', peer as string]
    .map((name) => flow[name])
    .join(' ');
}

/** Interfaces and directions of findings on acceptances, and interfaces that the inventory lacks. */
export const acceptedInSpite = ({ analysis: { usage } }: Observation): string[] =>
  [
    ...usage.unattributed.map(({ interfaceId, direction }) => `${interfaceId}/${direction}`),
    ...usage.unknownInterfaces,
  ].sort();

/** What the findings should be if the state at the end is all that is known of the account. */
export function acceptedByEarlierStates({ account, truth }: Observation): string[] {
  const firewall = new Firewall({ account, truth });
  const ask = firewall.asked(firewall.newest);
  const known = new Set(firewall.newest.interfaces.map(({ id }) => id));
  const places = truth.connections.flatMap((row) => {
    if (row.action !== 'ACCEPT' || row.records === 0 || row.groupIds.length === 0) return [];
    if (!known.has(row.interfaceId)) return [row.interfaceId];
    const { certain, possible } = ask(row);
    return certain.length + possible.length > 0 ? [] : [placeOf(row)];
  });
  return [...new Set(places)].sort();
}

const placeOf = ({ interfaceId, initiator }: ConnectionTruth): string =>
  `${interfaceId}/${initiator === 'local' ? 'outbound' : 'inbound'}`;
