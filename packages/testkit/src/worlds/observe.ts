/**
 * What the lake makes of an encounter: who opened the connection, as far as flags or ports tell. Written anew, without
 * the ladder of `core/conversation`.
 *
 *   flags                                   proven
 *   TCP, packets both ways, and exactly one of the ports is one that no client uses
 *                                           inferred, and nothing else is open
 *   one port is more of a service's than the other
 *                                           inferred, the other way stays open; but where packets went one way only,
 *                                           nothing is concluded against that way
 *   else, and ICMP                          unknown
 */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { Random } from '../account/random.ts';
import type { Encounter } from './connections.ts';
import { HOUR } from './history.ts';
import { ICMP, TCP } from './packet.ts';

export type Opening = Pick<Conversation, 'initiator' | 'method' | 'servicePort' | 'localPort' | 'peerPort'>;

/** What the inventory tells of the interface at that time. */
export type Knowledge = Pick<Conversation, 'epoch' | 'vpcId' | 'groupIds'>;

export function observe(random: Random, encounter: Encounter, knowledge: Knowledge): Conversation {
  const { at, packet, admittedBy, bothWays } = encounter;
  return {
    ...knowledge,
    ...openingOf(encounter, packet.protocol === TCP && random.chance(0.5)),
    interfaceId: encounter.interface.id,
    protocol: packet.protocol,
    peerAddress: packet.peerAddress,
    action: admittedBy.length > 0 ? 'ACCEPT' : 'REJECT',
    hour: Math.floor(at / HOUR) * HOUR,
    ...{ flows: bothWays ? 2 : 1, packets: 10, bytes: 1000, connections: 1, firstSeen: at, lastSeen: at + 60 },
  };
}

export function openingOf({ packet, clientPort, bothWays }: Encounter, flags: boolean): Opening {
  const { protocol, servicePort, direction } = packet;
  const opener = direction === 'inbound' ? 'remote' : 'local';
  const closed = { localPort: null, peerPort: null };
  if (protocol === ICMP) return { initiator: 'unknown', method: 'none', servicePort: null, ...closed };
  if (flags) return { initiator: opener, method: 'tcp-flags', servicePort, ...closed };
  const localPort = opener === 'remote' ? servicePort : clientPort;
  const peerPort = opener === 'remote' ? clientPort : servicePort;
  const inferred = inferOpener(localPort, peerPort);
  if (inferred === null || (!bothWays && inferred !== opener)) {
    return { initiator: 'unknown', method: 'none', servicePort: null, localPort, peerPort };
  }
  const port = inferred === 'remote' ? localPort : peerPort;
  const isFirm = protocol === TCP && bothWays && rank(port) === 1;
  return {
    ...{ initiator: inferred, method: 'ports', servicePort: port },
    ...(isFirm ? closed : { localPort, peerPort }),
  };
}

function inferOpener(localPort: number, peerPort: number): 'remote' | 'local' | null {
  if (rank(localPort) === rank(peerPort)) return null;
  return rank(localPort) < rank(peerPort) ? 'remote' : 'local';
}

/** 1: only services use it. 2: services mostly. 3: clients mostly. */
const rank = (port: number): 1 | 2 | 3 => (port <= 511 && port !== 20 ? 1 : port <= 32_767 ? 2 : 3);
