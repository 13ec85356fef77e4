/**
 * What two ports say of who opened the connection: an inference, never a proof.
 *
 * Rank of a port, decided in this order:
 *
 *   0  none        0 (portless protocols and fragments), null
 *   1  service     1 to 511 except 20: no TCP client picks these (20 is the *client* of active FTP); of UDP, services
 *                  that send on their own do (SNMP traps, syslog, NTP)
 *   2  registered  20, 512 to 32767: services mostly, but also clients behind NAT gateways (1024 and up) and of NFS
 *                  (512 to 1023)
 *   3  ephemeral   32768 to 65535: Linux, Windows, macOS clients; some services too
 *
 * The lower rank is the service port. Nothing is inferred where a rank is 0 or both are equal (so 123↔123 and
 * 500↔500 stay open). The inference is `firm` if the lower rank is 1, since only then the other reading needs a client
 * that, for TCP, no system makes. What a firm inference closes is said in `./initiator.ts`.
 */
import type { Initiator } from './model.ts';

export type PortRank = 0 | 1 | 2 | 3;

export const LAST_SERVICE_PORT = 511;
export const FTP_DATA_PORT = 20;
export const LAST_REGISTERED_PORT = 32767;

export function portRank(port: number | null): PortRank {
  if (port === null || port === 0) return 0;
  if (port <= LAST_SERVICE_PORT && port !== FTP_DATA_PORT) return 1;
  return port <= LAST_REGISTERED_PORT ? 2 : 3;
}

export interface PortInference {
  readonly initiator: Exclude<Initiator, 'unknown'>;
  readonly firm: boolean;
}

/** Who opened it, by ports; null = they do not tell. The end without the service port is the initiator. */
export function inferByPorts(localPort: number | null, peerPort: number | null): PortInference | null {
  const local = portRank(localPort);
  const peer = portRank(peerPort);
  if (local === 0 || peer === 0 || local === peer) return null;
  return { initiator: local < peer ? 'remote' : 'local', firm: Math.min(local, peer) === 1 };
}

/**
 * Fan-in of the two ends of a connection, counted over one interface, protocol and UTC day: `local` = distinct peer
 * ports seen with this local port, `peer` = distinct local ports seen with this peer address and port.
 *
 * Ports are counted, not endpoints: a service meets a new port with every client, while a client that sends from a
 * fixed port to many servers meets the same one everywhere.
 */
export interface FanIn {
  readonly local: number;
  readonly peer: number;
}

/**
 * A service must have met this many ports, and this many times as many as the other end. Eight, since the ports of a
 * busy client come round again and meet a handful of different services in a day.
 */
export const FAN_IN_MINIMUM = 8;
export const FAN_IN_RATIO = 4;

/**
 * Who opened it, by fan-in; null = undecided. Equal ports stay open whatever the counts: a daemon that answers many on
 * its port may itself ask a peer from there (NTP, IKE, DNS). For the same reason fan-in never closes the other reading:
 * a daemon that many ask may ask one of them.
 */
export function inferByFanIn(
  localPort: number | null,
  peerPort: number | null,
  fanIn: FanIn,
): Exclude<Initiator, 'unknown'> | null {
  if (!localPort || !peerPort || localPort === peerPort) return null;
  if (fanIn.local >= FAN_IN_MINIMUM && fanIn.local >= FAN_IN_RATIO * fanIn.peer) return 'remote';
  if (fanIn.peer >= FAN_IN_MINIMUM && fanIn.peer >= FAN_IN_RATIO * fanIn.local) return 'local';
  return null;
}
