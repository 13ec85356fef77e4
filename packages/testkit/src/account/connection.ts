/** A connection while it is open, and the sizes of what it carries. */
import type { Packet } from './evaluator.ts';
import type { Link, Opening } from './link.ts';
import type { Tap } from './path.ts';
import type { Random } from './random.ts';

/** What one interface has recorded of a connection. */
export interface TapTotals {
  records: number;
  packets: number;
  bytes: number;
  firstSeen: number;
  lastSeen: number;
  /** End of the last window with packets, recorded or dropped. */
  ended: number;
}

export interface Connection {
  readonly id: number;
  readonly link: Link;
  readonly taps: readonly Tap[];
  readonly opening: Opening;
  readonly packet: Packet;
  readonly clientPort: number;
  /** Of the NAT gateway's outer side; 0 without one. */
  readonly translatedPort: number;
  /** Unix seconds. */
  readonly began: number;
  readonly epoch: number;
  readonly answered: boolean;
  /** The earlier connection of the same 5-tuple. */
  readonly reuses: number | null;
  readonly totals: readonly TapTotals[];
  /** Steps in which packets are still to go, the present one included. */
  remaining: number;
  /** Chance that a step of a long connection has packets. */
  readonly activity: number;
  hasBegun: boolean;
  /** It goes on beyond its first step. */
  holdsPorts: boolean;
}

/** Packets and bytes of both directions in one step; filled again and again. */
export interface Volume {
  packetsForward: number;
  packetsBackward: number;
  bytesForward: number;
  bytesBackward: number;
}

export const newVolume = (): Volume => ({ packetsForward: 0, packetsBackward: 0, bytesForward: 0, bytesBackward: 0 });

/**
 * Draws the volume of a step. TCP dialogues: some 5 to 30 packets (a connection in 64 carries hundreds), requests of
 * about 100 bytes a packet, answers of up to 1,400; attempts: the SYN and its repetitions of 40 to 60 bytes; UDP and
 * ICMP: as many answers as questions; 76 bytes for the time service.
 */
export function drawVolume(
  volume: Volume,
  protocol: number,
  servicePort: number,
  answered: boolean,
  random: Random,
): void {
  const bits = random.uint32();
  if (!answered) {
    volume.packetsForward = protocol === 6 ? 1 + ((bits & 7) === 0 ? bits >>> 30 : 0) : 1;
    volume.bytesForward = volume.packetsForward * (protocol === 6 ? 40 + 4 * ((bits >>> 8) % 6) : 76);
    volume.packetsBackward = 0;
    volume.bytesBackward = 0;
    return;
  }
  if (protocol !== 6) {
    const packets = 1 + (bits & 3) * ((bits >>> 2) & 1);
    const size = servicePort === 123 ? 76 : 60 + ((bits >>> 4) & 63);
    volume.packetsForward = packets;
    volume.packetsBackward = packets;
    volume.bytesForward = packets * size;
    volume.bytesBackward = packets * (servicePort === 53 ? size + ((bits >>> 10) & 255) : size);
    return;
  }
  const scale = (bits & 63) === 0 ? 20 : 1;
  volume.packetsForward = (5 + ((bits >>> 6) & 15)) * scale;
  volume.packetsBackward = volume.packetsForward + ((bits >>> 10) & 7) * scale;
  volume.bytesForward = volume.packetsForward * (52 + ((bits >>> 13) & 127));
  volume.bytesBackward = volume.packetsBackward * (60 + ((bits >>> 20) & 1023)) + ((bits >>> 16) & 31);
}

const FIN = 1;
const SYN = 2;
const RST = 4;
const SYN_ACK = 18;

/** Flags of a step of a TCP connection, OR-ed as AWS does; other protocols have 0. */
export function flagsForward(first: boolean, last: boolean, answered: boolean, isReset: boolean): number {
  return (first ? SYN : 0) | (last && answered ? FIN | (isReset ? RST : 0) : 0);
}

export function flagsBackward(first: boolean, last: boolean): number {
  return (first ? SYN_ACK : 0) | (last ? FIN : 0);
}

/** Flags of packets that come too late; a SYN-ACK is only ever the server's. */
export const LATE_FLAGS = { client: [0, FIN, RST, RST], server: [0, FIN, RST, RST, SYN_ACK] } as const;
