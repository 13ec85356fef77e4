/**
 * Conversations: what is left of flow records once it is known who opened each connection.
 *
 * A connection is one 5-tuple on one interface until its idle time-out. A conversation is the hourly roll-up of the
 * connections that no rule can tell apart: same interface, groups, initiator, protocol, service port, peer, action.
 */

/** Who opened the connection, seen from the interface. */
export type Initiator = 'local' | 'remote' | 'unknown';

/** How that was decided: the rungs of the ladder in `./initiator.ts`, firmest first. */
export const INITIATOR_METHODS = [
  /** SYN or SYN-ACK in this interval. */
  'tcp-flags',
  /** SYN or SYN-ACK of the same connection in another interval. */
  'tcp-flags-other-interval',
  /** SYN or SYN-ACK in the record that the other end's interface made of the same connection. */
  'other-interface',
  /** The rules in force, by captures on both sides of the time, admit the connection in one direction only. */
  'rule-elimination',
  /** Inference: one of the two ports is that of a service, the other is not. */
  'ports',
  /** Inference: one of the two ports talks to many others. */
  'fan-in',
  'none',
] as const;

export type InitiatorMethod = (typeof INITIATOR_METHODS)[number];

/** How much a method is worth. */
export type InitiatorCertainty = 'proven' | 'inferred' | 'unknown';

const CERTAINTY: Readonly<Record<InitiatorMethod, InitiatorCertainty>> = {
  'tcp-flags': 'proven',
  'tcp-flags-other-interval': 'proven',
  'other-interface': 'proven',
  'rule-elimination': 'proven',
  ports: 'inferred',
  'fan-in': 'inferred',
  none: 'unknown',
};

export function initiatorCertainty(method: InitiatorMethod): InitiatorCertainty {
  return CERTAINTY[method];
}

/** One row of the hourly roll-up. */
export interface Conversation {
  readonly interfaceId: string;
  /** VPC of the interface: from the inventory, else from the record; null = neither knew. */
  readonly vpcId: string | null;
  /** The gap between captures in which the connection began (`Timeline.gapAt`); -1 = before the first capture. */
  readonly epoch: number;
  readonly initiator: Initiator;
  readonly method: InitiatorMethod;
  /** IANA number. */
  readonly protocol: number;
  /** The responder's port; null for protocols without ports and where the initiator is unknown. */
  readonly servicePort: number | null;
  /**
   * Both ports, where the initiator is unknown or the inference leaves the other way open (see `alternative` in
   * `./initiator.ts`): the service port would be `localPort` had the peer opened the connection, `peerPort` had we.
   * Null otherwise, and where the log lacks the port. Any port of the same class (`portClasses`) may stand for it, as
   * only rules look at them.
   */
  readonly localPort: number | null;
  readonly peerPort: number | null;
  /** Canonical text of the other end: the packet address where the record has one. */
  readonly peerAddress: string;
  /** Null: the log lacks it. */
  readonly action: 'ACCEPT' | 'REJECT' | null;
  /** Groups of the interface when the connection began, sorted. */
  readonly groupIds: readonly string[];
  /** Beginning of the hour, Unix seconds. */
  readonly hour: number;
  /** Flow records, both directions. */
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
  /** Connections first seen in this hour. */
  readonly connections: number;
  /** Unix seconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}
