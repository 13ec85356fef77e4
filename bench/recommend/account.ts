/** One group with many rules and very many peers, whose connections are told one by one. */

import { withTodaysRules } from '@flowfit/core/change/change-set';
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { formatIpv4 } from '@flowfit/core/net/address';
import { cutsOf, ObservationFold, type Observations, partOf } from '@flowfit/core/recommend/observations';
import { Attributor } from '@flowfit/core/security-group/attribute';

export const WINDOW = { from: Date.UTC(2026, 5, 1) / 1000, to: Date.UTC(2026, 5, 15) / 1000 };
const GROUP = 'sg-0000000000000001';
const VPC = 'vpc-0000000000000001';

/** Half of the rules are inbound, half outbound; of each, half are for all addresses, the others for a private block. */
export function makeSnapshot(rules: number): InventorySnapshot {
  const group: SecurityGroup = {
    ...{ id: GROUP, groupName: 'bench', description: '', accountId: '111122223333', region: 'eu-west-1', vpcId: VPC },
    ...{ name: null, tags: {}, rules: Array.from({ length: rules }, (_, index) => ruleAt(index)) },
  };
  const connectionTracking = { tcpEstablished: null, udpStream: null, udpSingle: null };
  return {
    ...emptySnapshot(new Date(WINDOW.from * 1000).toISOString()),
    groups: [group],
    interfaces: [
      {
        ...{ id: 'eni-0000000000000001', accountId: '111122223333', region: 'eu-west-1', vpcId: VPC, subnetId: null },
        ...{ description: '', type: 'interface', instanceId: null, requesterId: null, requesterManaged: false },
        ...{ status: 'in-use', groupIds: [GROUP], addresses: ['10.0.0.1'], prefixes: [], publicAddresses: [] },
        ...{ connectionTracking, name: null, tags: {} },
      },
    ],
  };
}

const portOf = (index: number): number => 1000 + 10 * index;

const ruleAt = (index: number): SecurityGroupRule => ({
  ...{ id: `sgr-${String(index).padStart(17, '0')}`, groupId: GROUP, protocol: 'tcp' },
  direction: directionOf(index),
  ...{ fromPort: portOf(index), toPort: portOf(index) + 9, description: '' },
  peer: { kind: 'cidr', cidr: index % 4 < 2 ? '0.0.0.0/0' : '10.0.0.0/8' },
});

const directionOf = (index: number) => (index % 2 === 0 ? 'inbound' : 'outbound');

/** Peers from all over, in clusters as clients come, and each at one of the ports. */
export function observe(snapshot: InventorySnapshot, peers: number): Observations {
  const [{ rules } = { rules: [] }] = snapshot.groups;
  const later = { ...snapshot, capturedAt: new Date(WINDOW.to * 1000).toISOString() };
  const past = new Attributor(createTimeline([snapshot, later]));
  const today = new Attributor(createTimeline(withTodaysRules([snapshot, later], snapshot)));
  const fold = new ObservationFold(today, past, snapshot);
  const cuts = cutsOf(WINDOW);
  for (let peer = 0; peer < peers; peer++) {
    const index = peer % rules.length;
    const hour = WINDOW.from + (peer % 336) * 3600;
    fold.add(conversationOf(index, peer, hour), partOf(cuts, hour));
  }
  return fold.result();
}

function conversationOf(index: number, peer: number, hour: number): Conversation {
  // Sixteen neighbours each; clusters that follow each other are far apart.
  const place = (Math.imul(peer >>> 4, 0x9e3779b1) & 0xfffffff0) | (peer & 15);
  const address = index % 4 < 2 ? place >>> 0 : 0x0a000000 + (place & 0xffffff);
  return {
    ...{ interfaceId: 'eni-0000000000000001', vpcId: VPC, epoch: 0, method: 'tcp-flags' },
    initiator: directionOf(index) === 'inbound' ? 'remote' : 'local',
    ...{ protocol: 6, servicePort: portOf(index) + (peer % 3), localPort: null, peerPort: null },
    ...{ peerAddress: formatIpv4(address), action: 'ACCEPT', groupIds: [GROUP], hour, flows: 2, packets: 10 },
    ...{ bytes: 1000, connections: 1, firstSeen: hour, lastSeen: hour + 60 },
  };
}
