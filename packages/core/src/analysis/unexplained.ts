/** Traffic that rules do not explain: collected by interface and direction, with the heaviest examples. */
import type { Conversation } from '../conversation/model.ts';
import { findOrMake } from '../multimap.ts';
import { hasPorts, protocolName } from '../net/protocol.ts';
import { fnv, mix32 } from './distinct-count.ts';
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

/** What is said of a connection before its peer. */
function describeService({ protocol, servicePort, localPort, peerPort }: Conversation): string {
  const name = protocolName(protocol);
  if (!hasPorts(protocol)) return `${name}, peer `;
  const ports = servicePort ?? `port ${localPort ?? '?'} here, ${peerPort ?? '?'} there`;
  return `${name} ${ports}, peer `;
}

interface Entry extends Pick<Conversation, 'interfaceId' | 'initiator'> {
  /** Not every record of an interface tells it. */
  vpcId: string | null;
  readonly sum: TrafficSum;
  readonly examples: TopTally;
}

interface Service {
  readonly text: string;
  /** FNV-1a of the text. */
  readonly hash: number;
}

const toService = (text: string): Service => ({ text, hash: fnv(text) });

export class UnexplainedTally {
  readonly #entries = new Map<string, Entry>();
  /** Rows come in runs of one interface. */
  readonly #recent: Partial<Record<Conversation['initiator'], Entry>> = {};
  /** By protocol and service port: what is said of them, and its hash so far. */
  readonly #services = new Map<number, Service>();

  add(conversation: Conversation): void {
    const entry = this.#entryOf(conversation);
    entry.vpcId ??= conversation.vpcId;
    entry.sum.addConversation(conversation, 'unknown');
    const { text, hash } = this.#serviceOf(conversation);
    const { peerAddress } = conversation;
    const what = () => `${text}${peerAddress}`;
    entry.examples.add(what, conversation.flows, occasionOf(conversation), mix32(fnv(peerAddress, hash)));
  }

  #entryOf({ interfaceId, vpcId, initiator }: Conversation): Entry {
    const recent = this.#recent[initiator];
    if (recent?.interfaceId === interfaceId) return recent;
    const entry = findOrMake(this.#entries, `${interfaceId} ${initiator}`, () => {
      return { interfaceId, vpcId, initiator, sum: new TrafficSum(), examples: new TopTally(EXAMPLES_KEPT) };
    });
    this.#recent[initiator] = entry;
    return entry;
  }

  #serviceOf(conversation: Conversation): Service {
    const { protocol, servicePort } = conversation;
    if (servicePort === null) return toService(describeService(conversation));
    return findOrMake(this.#services, protocol * 65_536 + servicePort, () => toService(describeService(conversation)));
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
