/** Traffic that rules do not explain: collected by interface and direction, with the heaviest examples. */
import type { Conversation } from '../conversation/model.ts';
import { hasPorts, protocolName } from '../net/protocol.ts';
import { occasionOf } from './occasion.ts';
import { TopTally } from './top-tally.ts';
import { type Traffic, TrafficSum } from './traffic.ts';

/** Examples kept for each interface and direction while folding, and shown of it. */
const EXAMPLES_KEPT = 200;
const EXAMPLES_SHOWN = 5;

export type ConversationDirection = 'inbound' | 'outbound' | 'unknown';

export interface UnexplainedTraffic extends Traffic {
  readonly interfaceId: string;
  readonly vpcId: string | null;
  /** Who opened the connections: inbound = the peer. */
  readonly direction: ConversationDirection;
  readonly connections: number;
  /** Such as `tcp 443, peer 192.0.2.1`; most flows first. */
  readonly examples: readonly { readonly what: string; readonly flows: number }[];
}

const DIRECTIONS = { remote: 'inbound', local: 'outbound', unknown: 'unknown' } as const;

function describe({ protocol, servicePort, localPort, peerPort, peerAddress }: Conversation): string {
  const name = protocolName(protocol);
  if (!hasPorts(protocol)) return `${name}, peer ${peerAddress}`;
  const ports = servicePort ?? `port ${localPort ?? '?'} here, ${peerPort ?? '?'} there`;
  return `${name} ${ports}, peer ${peerAddress}`;
}

interface Entry extends Pick<Conversation, 'interfaceId' | 'initiator'> {
  /** Not every record of an interface tells it. */
  vpcId: string | null;
  readonly sum: TrafficSum;
  readonly examples: TopTally;
}

export class UnexplainedTally {
  readonly #entries = new Map<string, Entry>();

  add(conversation: Conversation): void {
    const key = `${conversation.interfaceId} ${conversation.initiator}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      const { interfaceId, vpcId, initiator } = conversation;
      entry = { interfaceId, vpcId, initiator, sum: new TrafficSum(), examples: new TopTally(EXAMPLES_KEPT) };
      this.#entries.set(key, entry);
    }
    entry.vpcId ??= conversation.vpcId;
    entry.sum.addConversation(conversation, 'unknown');
    entry.examples.add(describe(conversation), conversation.flows, occasionOf(conversation));
  }

  /** By interface and direction. */
  result(): UnexplainedTraffic[] {
    const sorted = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([, { interfaceId, vpcId, initiator, sum, examples }]) => {
      const { flows, packets, bytes, firstSeen, lastSeen } = sum;
      return {
        interfaceId,
        vpcId,
        direction: DIRECTIONS[initiator],
        connections: sum.allConnections(),
        ...{ flows, packets, bytes, firstSeen, lastSeen },
        examples: examples.top(EXAMPLES_SHOWN).map(([what, count]) => ({ what, flows: count })),
      };
    });
  }
}
