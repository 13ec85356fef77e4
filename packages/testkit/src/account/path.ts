/**
 * Where the packets between two ends pass interfaces, and what each interface writes of them. The addresses follow
 * the VPC User Guide, "Flow log limitations": our side shows the primary private IPv4 whatever address was used, the
 * packet addresses show the true one, and the source of incoming packets is never rewritten.
 */
import { type End, type Host, primaryEnd } from './host.ts';

/** One direction at one interface. What records of it have in common; what differs is told with each record. */
export interface Leg {
  readonly host: Host;
  readonly egress: boolean;
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly srcAddress: string;
  readonly dstAddress: string;
  /** Addresses in the packets. */
  readonly packetSource: End;
  readonly packetDestination: End;
  /** AWS's number; null for incoming packets. */
  readonly trafficPath: number | null;
  /** The interface that packets come from or go to. */
  readonly nextHop: Host | null;
  /** Kept by the text encoder: the line around the values that differ. */
  text: readonly string[] | null;
}

/** One interface on the way. */
export interface Tap {
  readonly host: Host;
  readonly initiator: 'local' | 'remote';
  /** As the packets show them at this interface. */
  readonly local: End;
  readonly peer: End;
  /** Initiator to responder, and back. */
  readonly forward: Leg;
  readonly backward: Leg;
  /** The NAT gateway's outer side: the client port there is its own. */
  readonly translated: boolean;
}

/** Interfaces in the order in which the first packet meets them. `nat` where the client needs one to get out. */
export function tapsOf(client: End, server: End, protocol: number, nat: Host | null): readonly Tap[] {
  if (nat !== null) {
    const inner = tap(client.host as Host, 'local', client, server, protocol, 1, nat);
    const outside = primaryEnd(nat);
    return [
      inner,
      { ...tap(nat, 'remote', server, client, protocol, 1, client.host) },
      { ...tap(nat, 'local', outside, server, protocol, 8, null), translated: true },
    ];
  }
  const taps: Tap[] = [];
  const path = pathBetween(client, server);
  if (client.host) taps.push(tap(client.host, 'local', client, server, protocol, path, server.host));
  if (server.host) taps.push(tap(server.host, 'remote', server, client, protocol, path, client.host));
  return taps;
}

function tap(
  host: Host,
  initiator: Tap['initiator'],
  local: End,
  peer: End,
  protocol: number,
  path: number,
  nextHop: Host | null,
): Tap {
  const out = leg(host, true, local, peer, protocol, path, nextHop);
  const back = leg(host, false, peer, local, protocol, null, nextHop);
  const [forward, backward] = initiator === 'local' ? [out, back] : [back, out];
  return { host, initiator, local, peer, forward, backward, translated: false };
}

function leg(
  host: Host,
  egress: boolean,
  source: End,
  destination: End,
  protocol: number,
  trafficPath: number | null,
  nextHop: Host | null,
): Leg {
  // IPv6 is shown as it is; of IPv4 our own side becomes the primary address.
  const own = source.family === 4 ? primaryEnd(host).address : null;
  return {
    host,
    egress,
    family: source.family,
    protocol,
    srcAddress: egress ? (own ?? source.address) : source.address,
    dstAddress: egress ? destination.address : (own ?? destination.address),
    packetSource: source,
    packetDestination: destination,
    trafficPath,
    nextHop,
    text: null,
  };
}

function pathBetween(client: End, server: End): number {
  const outside = client.host === null ? client : server;
  if (outside.host === null)
    return outside.route === 'gateway-endpoint' ? 7 : outside.route === 'private-gateway' ? 3 : 8;
  return client.host?.vpcId === server.host?.vpcId ? 1 : 4;
}
