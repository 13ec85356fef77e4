/** Rejected although the security groups admit it. */
import type { UnexplainedTraffic } from '../unexplained.ts';
import type { FindingKind } from './finding.ts';

export const rejectedButAllowed: FindingKind = {
  kind: 'rejected-but-allowed',
  summary: 'Connections were rejected that a security-group rule admits.',
  explanation:
    'Flow logs do not say who rejected a packet. Where the security groups admit it, it was a network ACL of the subnet, ' +
    'or the packet came after its connection was closed, or a rule was changed in between. One finding for each ' +
    'interface and direction. Rejections whose initiator is unknown or in doubt are not counted.',
  examples: [
    {
      title: 'A network ACL in the way',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
      },
      traffic: ['eni-1 inbound tcp 443 from 203.0.113.5 x 8 REJECT'],
      finds: ['rejected-but-allowed:eni-1/inbound'],
    },
    {
      title: 'A scanner that the groups keep out',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
      },
      traffic: ['eni-1 inbound tcp 22 from 203.0.113.5 x 8 REJECT'],
      finds: [],
    },
  ],
  find: ({ usage }) =>
    usage.rejectedButAllowed.map((traffic) => ({
      id: `rejected-but-allowed:${traffic.interfaceId}/${traffic.direction}`,
      kind: 'rejected-but-allowed',
      severity: 'info',
      subject: { interfaceId: traffic.interfaceId, direction: traffic.direction },
      title: `${traffic.interfaceId}: ${traffic.flows} ${traffic.direction} flows were rejected that its groups admit`,
      evidence: unexplainedEvidence(traffic),
      remediation: 'Look at the network ACL of the subnet; single packets after a close need no action.',
    })),
};

export function unexplainedEvidence({ flows, bytes, connections, firstSeen, lastSeen, examples }: UnexplainedTraffic) {
  const iso = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1000).toISOString());
  return { flows, bytes, connections, firstSeen: iso(firstSeen), lastSeen: iso(lastSeen), examples };
}
