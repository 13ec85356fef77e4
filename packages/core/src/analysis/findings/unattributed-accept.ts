/** Accepted although no rule admits it. */
import type { Finding, FindingKind } from './finding.ts';
import { unexplainedEvidence } from './rejected-but-allowed.ts';

export const unattributedAccept: FindingKind = {
  kind: 'unattributed-accept',
  summary: 'Connections were accepted that no rule of the inventory explains.',
  explanation:
    'The inventory does not show the groups or rules that were in force: it is older or newer than the traffic, lacks an ' +
    'account, or lacks the interface. Also possible: a connection that outlived the rule it began under, long before the ' +
    'logs. Until it is explained, verdicts of the groups concerned are worth less. One finding for each interface and ' +
    'direction, and one for each interface that the inventory lacks.',
  examples: [
    {
      title: 'A port that no rule opens',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
      },
      traffic: ['eni-1 inbound tcp 8080 from 10.0.0.9'],
      finds: ['unattributed-accept:eni-1/inbound'],
    },
    {
      title: 'An interface that the inventory lacks',
      account: { groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] } },
      traffic: ['eni-9 inbound tcp 8080 from 10.0.0.9'],
      finds: ['unattributed-accept:eni-9'],
    },
    {
      title: 'Interfaces without groups need no rule',
      account: { groups: {}, interfaces: { 'eni-nat': { groups: [], type: 'nat_gateway' } } },
      traffic: ['eni-nat inbound tcp 443 from 10.0.0.9'],
      finds: [],
    },
  ],
  find: ({ usage }) => [
    ...usage.unattributed.map(
      (traffic): Finding => ({
        id: `unattributed-accept:${traffic.interfaceId}/${traffic.direction}`,
        kind: 'unattributed-accept',
        severity: 'medium',
        subject: { interfaceId: traffic.interfaceId, direction: traffic.direction },
        title: `${traffic.interfaceId}: no rule explains ${traffic.connections} accepted connections (${traffic.direction})`,
        evidence: unexplainedEvidence(traffic),
        remediation: 'Capture the inventory as it was at the time of the traffic, and more often from now on.',
      }),
    ),
    ...usage.unknownInterfaces.map(
      (interfaceId): Finding => ({
        id: `unattributed-accept:${interfaceId}`,
        kind: 'unattributed-accept',
        severity: 'low',
        subject: { interfaceId },
        title: `${interfaceId}: had traffic, and is not in the inventory`,
        evidence: { interfaceId },
        remediation: 'Add the inventory of its account and region; short-lived interfaces need frequent captures.',
      }),
    ),
  ],
};
