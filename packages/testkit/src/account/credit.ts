/** What is told of a connection when it has ended: who is credited, and the row of truth. */
import type { Connection, TapTotals } from './connection.ts';
import type { Verdict } from './evaluator.ts';
import type { Tap } from './path.ts';
import { type ConnectionTruth, referenceTo } from './truth.ts';

/** Credits the rules of an interface that let a connection in or out. */
export function creditRules({ opening, totals, reuses }: Connection, index: number): void {
  const { certain, possible } = opening.verdicts[index] as Verdict;
  const seen = (totals[index] as TapTotals).records > 0 ? 1 : 0;
  const sole = certain.length === 1 && possible.length === 0 ? seen : 0;
  for (const { use } of certain) {
    use.admitted++;
    use.certain += seen;
    use.sole += sole;
    if (reuses === null) use.tuples += seen;
  }
  for (const { version, admits } of possible) {
    version.use.possible += seen;
    if (admits) version.use.admitted++;
  }
}

/** @param groupIds of the interface when the connection began */
export function toConnectionTruth(connection: Connection, index: number, groupIds: readonly string[]): ConnectionTruth {
  const { packet, opening, link } = connection;
  const tap = connection.taps[index] as Tap;
  const totals = connection.totals[index] as TapTotals;
  const verdict = opening.verdicts[index] as Verdict;
  const rejected = opening.rejectedAt === index;
  const clientPort = tap.translated ? connection.translatedPort : connection.clientPort;
  const isLocal = tap.initiator === 'local';
  return {
    kind: 'connection',
    connection: connection.id,
    service: link.service.name,
    interfaceId: tap.host.interfaceId,
    vpcId: tap.host.vpcId,
    initiator: tap.initiator,
    protocol: packet.protocol,
    localAddress: tap.local.address,
    localPort: isLocal ? clientPort : packet.port,
    peerAddress: tap.peer.address,
    peerPort: isLocal ? packet.port : clientPort,
    servicePort: packet.port,
    began: connection.began,
    ended: totals.ended,
    firstSeen: totals.firstSeen || null,
    lastSeen: totals.lastSeen || null,
    action: rejected ? 'REJECT' : 'ACCEPT',
    rejectedBy: rejected ? (opening.byNetworkAcl ? 'network-acl' : 'security-group') : null,
    answered: connection.answered,
    groupIds,
    rules: rejected ? [] : verdict.certain.map(referenceTo),
    possibleRules: rejected ? [] : verdict.possible.map(({ version, admits }) => ({ ...referenceTo(version), admits })),
    untracked: verdict.untracked,
    reuses: connection.reuses,
    records: totals.records,
    packets: totals.packets,
    bytes: totals.bytes,
  };
}
