/** Who may have opened a connection, and what was sent: the packets that a conversation may stand for. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { Direction } from './documents.ts';
import { ICMP, type IcmpKind, type Packet } from './packet.ts';

/** The inferred or proven reading comes first. */
export function readingsOf(conversation: Conversation): { readonly direction: Direction; readonly port: number }[] {
  const { initiator, protocol, servicePort, localPort, peerPort } = conversation;
  const inbound = { direction: 'inbound', port: localPort ?? servicePort ?? 0 } as const;
  const outbound = { direction: 'outbound', port: peerPort ?? servicePort ?? 0 } as const;
  const [likely, other] = initiator === 'local' ? [outbound, inbound] : [inbound, outbound];
  const isOpen = initiator === 'unknown' || localPort !== null || peerPort !== null;
  return isOpen ? [likely, other] : [{ ...likely, port: protocol === ICMP ? 0 : (servicePort ?? 0) }];
}

/** Every packet that rules may tell apart: of ICMP the types and codes that they name, and one that none names. */
export function packetsOf(conversation: Conversation, rules: readonly SecurityGroupRule[]): Packet[] {
  const { protocol, peerAddress } = conversation;
  const kinds = protocol === ICMP ? kindsIn(rules) : [UNNAMED];
  return readingsOf(conversation).flatMap(({ direction, port }) =>
    kinds.map((icmp) => ({ direction, protocol, servicePort: port, icmp, peerAddress })),
  );
}

const UNNAMED: IcmpKind = { type: 254, code: 254 };

function kindsIn(rules: readonly SecurityGroupRule[]): IcmpKind[] {
  const typed = rules.filter(({ protocol, fromPort }) => protocol === 'icmp' && fromPort !== null);
  const named = typed.map(({ fromPort, toPort }) => ({ type: fromPort as number, code: toPort ?? UNNAMED.code }));
  const otherCodes = named.map(({ type }) => ({ type, code: UNNAMED.code }));
  const all = [...named, ...otherCodes, UNNAMED];
  return [...new Map(all.map((kind) => [`${kind.type}/${kind.code}`, kind])).values()];
}
