/** What a replay says: observed connections held against a proposed state. `flowfit.replay/1` is this as a document. */

/**
 *   kept           admitted today and by the proposed state, in every world
 *   cut            admitted today, and by nothing of the proposed state
 *   newlyAdmitted  rejected when it was seen, by nothing admitted today, and admitted by the proposed state
 *   unknown        what the evidence leaves open
 *   notToday       accepted when it was seen, but today's rules would not admit it any more: no change cuts it again
 */
export type Outcome = 'kept' | 'cut' | 'newlyAdmitted' | 'unknown' | 'notToday';

/** Connections of one interface that have the same fate for the same reason. */
export interface ReplayedTraffic {
  readonly outcome: Outcome;
  /** Groups of the interface when they began, sorted. */
  readonly groupIds: readonly string[];
  readonly interfaceId: string;
  readonly direction: 'inbound' | 'outbound';
  /** IANA number. */
  readonly protocol: number;
  /** Service port; null for protocols without ports, and where it is not known. */
  readonly port: number | null;
  readonly peer: string;
  readonly connections: number;
  /** Unix seconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Ids of today's rules that admit it, sorted. */
  readonly admittedBy: readonly string[];
  /** Ids of the proposed rules that admit it, sorted; empty for what is cut. */
  readonly proposedBy: readonly string[];
  /** Of `unknown`: why, bits of `DOUBT`. */
  readonly doubts: number;
  /** Whether it rests on what captures of one side alone show of the interface. */
  readonly extrapolated: boolean;
}

export interface Replay {
  readonly connections: Readonly<Record<Outcome, number>>;
  /** Most connections first, then by interface, direction, protocol, port and peer. All of them: whoever shows them cuts. */
  readonly cut: readonly ReplayedTraffic[];
  readonly newlyAdmitted: readonly ReplayedTraffic[];
  readonly unknown: readonly ReplayedTraffic[];
}
