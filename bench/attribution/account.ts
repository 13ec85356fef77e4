/** A synthetic account with many rules, and conversations for it: arithmetic only, the same every time. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot, NetworkInterface, RulePeer, SecurityGroup } from '@flowfit/core/inventory/model';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';

export const CAPTURED = Date.UTC(2026, 5, 1) / 1000;
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const VPC = 'vpc-0a';
const RULES_PER_GROUP = 10;
const INTERFACES = 500;
const GROUPS_PER_INTERFACE = 3;
const PORTS = [22, 80, 443, 3306, 5432, 6379, 8080, 8443, 9000, 9092] as const;

/** A generator of numbers below 2^32 that passes for random. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state ^ (state >>> 15);
  }
}

const below = (random: Generator<number, never>, count: number): number => (random.next().value >>> 0) % count;

const addressOf = (index: number): string => `10.${(index >> 14) & 63}.${(index >> 7) & 127}.${1 + (index & 127)}`;

/** Groups of ten rules each: blocks of all sizes, references, port ranges; one VPC. */
export function makeSnapshot(rules: number): InventorySnapshot {
  const random = numbers(1);
  const groupIds = Array.from({ length: Math.ceil(rules / RULES_PER_GROUP) }, (_, index) => `sg-${index}`);
  const tagged = { name: null, tags: {} };
  const place = { accountId: ACCOUNT, region: REGION, vpcId: VPC, ...tagged };
  const groups = groupIds.map(
    (id, group): SecurityGroup => ({
      ...place,
      id,
      groupName: `group-${group}`,
      description: '',
      rules: Array.from({ length: RULES_PER_GROUP }, (_, index) => {
        const port = PORTS[below(random, PORTS.length)] as number;
        return {
          id: `sgr-${group}-${index}`,
          groupId: id,
          direction: index < 8 ? 'inbound' : 'outbound',
          protocol: index === 9 ? '-1' : 'tcp',
          fromPort: index === 9 ? null : port,
          toPort: index === 9 ? null : port + (index % 3) * 10,
          peer: peerOf(random, groupIds),
          description: '',
        };
      }),
    }),
  );
  const interfaces = Array.from(
    { length: INTERFACES },
    (_, index): NetworkInterface => ({
      ...place,
      id: `eni-${index}`,
      subnetId: null,
      description: '',
      type: 'interface',
      instanceId: null,
      requesterId: null,
      requesterManaged: false,
      status: 'in-use',
      groupIds: groupsOf(index, groupIds),
      addresses: [addressOf(index)],
      prefixes: [],
      publicAddresses: [],
      connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
    }),
  );
  return {
    ...emptySnapshot(new Date(CAPTURED * 1000).toISOString()),
    vpcs: [{ ...tagged, id: VPC, accountId: ACCOUNT, region: REGION, cidrs: ['10.0.0.0/8'] }],
    groups,
    interfaces,
  };
}

const groupsOf = (index: number, groupIds: readonly string[]): string[] =>
  [
    ...new Set(
      Array.from(
        { length: GROUPS_PER_INTERFACE },
        (_, nth) => groupIds[(index * 7 + nth * 31) % groupIds.length] as string,
      ),
    ),
  ].sort();

function peerOf(random: Generator<number, never>, groupIds: readonly string[]): RulePeer {
  const draw = below(random, 10);
  if (draw === 0) return { kind: 'cidr', cidr: '0.0.0.0/0' };
  if (draw < 4) {
    const groupId = groupIds[below(random, groupIds.length)] as string;
    const inside = { vpcId: null, peeringConnectionId: null, peeringStatus: null };
    return { kind: 'group', groupId, accountId: ACCOUNT, ...inside };
  }
  const length = 10 + below(random, 15);
  return { kind: 'cidr', cidr: `${addressOf(below(random, 1 << 20))}/${length}` };
}

/** Conversations all different, sorted by interface as the lake gives them: half with interfaces, half with others. */
export function* makeConversations(snapshot: InventorySnapshot, count: number, epoch = 0): Generator<Conversation> {
  const random = numbers(2);
  const { interfaces } = snapshot;
  for (let index = 0; index < count; index++) {
    const { id, groupIds } = interfaces[Math.floor((index * interfaces.length) / count)] as NetworkInterface;
    const peer = index % 2 === 0 ? below(random, INTERFACES) : below(random, 1 << 20);
    const hour = CAPTURED + (index % 720) * 3600;
    yield {
      interfaceId: id,
      vpcId: VPC,
      epoch,
      initiator: index % 3 === 0 ? 'local' : 'remote',
      method: 'tcp-flags',
      protocol: 6,
      servicePort: PORTS[below(random, PORTS.length)] as number,
      localPort: null,
      peerPort: null,
      peerAddress: addressOf(peer),
      action: index % 10 === 0 ? 'REJECT' : 'ACCEPT',
      groupIds,
      hour,
      flows: 2,
      packets: 10,
      bytes: 2000,
      connections: 1,
      firstSeen: hour + (index % 3600),
      lastSeen: hour + (index % 3600) + 60,
    };
  }
}

export const LINE_FIELDS =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags flow-direction';

/** The record of a conversation's first packets, in the layout of `LINE_FIELDS`. */
export function toLine(conversation: Conversation, localAddress: string, clientPort: number): string {
  const { interfaceId, initiator, servicePort, peerAddress, action, packets, bytes, firstSeen, lastSeen } =
    conversation;
  const [source, destination, direction] =
    initiator === 'local' ? [localAddress, peerAddress, 'egress'] : [peerAddress, localAddress, 'ingress'];
  return `${interfaceId} ${source} ${destination} ${clientPort} ${servicePort} 6 ${packets} ${bytes} ${firstSeen} ${lastSeen} ${action} OK 2 ${direction}`;
}
