/** Sums over conversations. */
import type { Conversation, InitiatorCertainty } from '../conversation/model.ts';

export interface Traffic {
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
  /** Unix seconds; null without traffic. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
}

/** A running sum; connections by how sure their initiator is. */
export class TrafficSum implements Traffic {
  readonly connections: Record<InitiatorCertainty, number> = { proven: 0, inferred: 0, unknown: 0 };
  flows = 0;
  packets = 0;
  bytes = 0;
  firstSeen: number | null = null;
  lastSeen: number | null = null;

  addConversation(conversation: Conversation, certainty: InitiatorCertainty): void {
    this.connections[certainty] += conversation.connections;
    this.add(conversation);
  }

  add({ flows, packets, bytes, firstSeen, lastSeen }: Traffic): void {
    this.flows += flows;
    this.packets += packets;
    this.bytes += bytes;
    if (firstSeen !== null && (this.firstSeen === null || firstSeen < this.firstSeen)) this.firstSeen = firstSeen;
    if (lastSeen !== null && (this.lastSeen === null || lastSeen > this.lastSeen)) this.lastSeen = lastSeen;
  }

  addSum(other: TrafficSum): void {
    for (const certainty of ['proven', 'inferred', 'unknown'] as const) {
      this.connections[certainty] += other.connections[certainty];
    }
    this.add(other);
  }

  /** Of all certainties. */
  allConnections(): number {
    return this.connections.proven + this.connections.inferred + this.connections.unknown;
  }
}
