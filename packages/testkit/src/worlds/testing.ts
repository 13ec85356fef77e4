/** Small cases in words, for tests of the oracle. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { groupOf, interfaceOf, listOf, peeringOf, ruleOf, snapshotOf, vpcOf } from './documents.ts';
import type { Evidence } from './evidence.ts';
import { HOUR, WINDOW } from './history.ts';
import { ICMP, TCP, UDP } from './packet.ts';

export interface CaptureInWords {
  /** Hours after the logs began. */
  readonly at: number;
  /** `10.0.0.4 with sg-a,sg-b`, by id; those at `10.1.` are in `vpc-2`. */
  readonly interfaces: Readonly<Record<string, string>>;
  /** Rules by id, by group; `sg-far` is in `vpc-2`. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Version and entries, by id. */
  readonly lists?: Readonly<Record<string, readonly [number, ...string[]]>>;
  /** Status of `pcx-1`. */
  readonly peering?: string;
  /** Default: both VPCs with their ranges. */
  readonly vpcs?: InventorySnapshot['vpcs'];
}

const VPCS = [vpcOf('vpc-1', ['10.0.0.0/16']), vpcOf('vpc-2', ['10.1.0.0/16'])];

function captureOf(words: CaptureInWords): InventorySnapshot {
  const { at, interfaces, groups, lists = {}, peering, vpcs = VPCS } = words;
  return snapshotOf(timeOf(at), {
    interfaces: Object.entries(interfaces).map(([id, text]) => {
      const [address = '', groupIds = ''] = text.split(' with ');
      const vpcId = address.startsWith('10.1.') ? 'vpc-2' : 'vpc-1';
      return interfaceOf({ id, vpcId, addresses: [address], groupIds: groupIds.split(',') });
    }),
    groups: Object.entries(groups).map(([groupId, rules]) => {
      const vpcId = groupId === 'sg-far' ? 'vpc-2' : 'vpc-1';
      return groupOf(
        groupId,
        vpcId,
        Array.from(Object.entries(rules), ([id, text]) => ruleOf(id, groupId, text)),
      );
    }),
    prefixLists: Object.entries(lists).map(([id, [version, ...cidrs]]) => listOf({ id, version, cidrs })),
    peerings: peering === undefined ? [] : [peeringOf('pcx-1', peering, 'vpc-1', 'vpc-2')],
    vpcs,
  });
}

export interface CaseInWords {
  readonly captures: readonly CaptureInWords[];
  /**
   * `12 eni-1 inbound tcp 8080 10.0.0.9`: the hour, then how it was opened by its flags. Of ICMP and with `by ports` or
   * `unknown` at the end the other way is open too: `… by ports from 40000`, the client's port.
   */
  readonly connections: readonly string[];
  /** From which to which hour interfaces have records. */
  readonly logged?: Readonly<Record<string, readonly [number, number]>>;
}

export function evidenceOf({ captures, connections, logged = {} }: CaseInWords): Evidence {
  const snapshots = captures.map(captureOf);
  return {
    window: WINDOW,
    snapshots,
    conversations: connections.map((text) => conversationOf(captures, text)),
    logged: new Map(Object.entries(logged).map(([id, [from, to]]) => [id, { from: timeOf(from), to: timeOf(to) }])),
  };
}

const timeOf = (hour: number): number => WINDOW.from + hour * HOUR;

function conversationOf(captures: readonly CaptureInWords[], text: string): Conversation {
  const [hour, interfaceId = '', direction, name = '', port, peerAddress = '', ...how] = text.split(' ');
  const protocol = { tcp: TCP, udp: UDP, icmp: ICMP }[name] as number;
  const [service, client] = protocol === ICMP ? [null, null] : [Number(port), Number(how.at(-1))];
  const initiator = direction === 'inbound' ? 'remote' : 'local';
  const isOpen = how.length > 0;
  const isUnknown = protocol === ICMP || how[0] === 'unknown';
  const at = timeOf(Number(hour));
  return {
    interfaceId,
    vpcId: 'vpc-1',
    epoch: captures.findLastIndex((capture) => capture.at <= Number(hour)),
    initiator: isUnknown ? 'unknown' : initiator,
    method: isUnknown ? 'none' : isOpen ? 'ports' : 'tcp-flags',
    protocol,
    servicePort: isUnknown ? null : service,
    localPort: isOpen ? (direction === 'inbound' ? service : client) : null,
    peerPort: isOpen ? (direction === 'inbound' ? client : service) : null,
    peerAddress,
    action: 'ACCEPT',
    groupIds: [],
    ...{ hour: at, flows: 2, packets: 10, bytes: 1000, connections: 1, firstSeen: at, lastSeen: at + 60 },
  };
}
