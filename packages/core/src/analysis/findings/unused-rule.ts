/** A rule that admitted nothing. */
import { formatRule } from '../../security-group/notation.ts';
import type { RuleVerdict } from '../verdict.ts';
import { groupLabel, plural, ruleEvidence, ruleSubject } from './describe.ts';
import type { Finding, FindingKind, Severity } from './finding.ts';

export const unusedRule: FindingKind = {
  kind: 'unused-rule',
  summary: 'The rule admitted no connection in the window.',
  explanation:
    'Reported for rules with the verdict "unused": every interface with the group was logged, without gaps or dropped ' +
    'records, and no accepted connection was admitted by the rule, not even possibly. Rules of groups without an ' +
    'interface are not listed one by one, see unattached-group. What happens less often than the window is long ' +
    '(yearly jobs, failover, disaster recovery) cannot be known from it, and neither can traffic that flow logs never ' +
    'hold, such as the Amazon DNS resolver.',
  examples: [
    {
      title: 'One of two rules is used',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 80 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] } },
      },
      traffic: ['eni-1 inbound tcp 443 from 203.0.113.5'],
      finds: ['unused-rule:sgr-web-2'],
    },
    {
      title: 'Nothing is said of a group with an interface that is not logged',
      account: {
        groups: { 'sg-web': ['inbound tcp 80 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] }, 'eni-2': { groups: ['sg-web'] } },
      },
      unlogged: ['eni-2'],
      finds: [],
    },
    {
      title: 'Replies use no rule: the outbound one was not needed',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'outbound all to 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
      },
      traffic: ['eni-1 inbound tcp 443 from 203.0.113.5'],
      finds: ['unused-rule:sgr-web-2'],
    },
  ],
  find: ({ verdicts }) =>
    verdicts.rules
      .filter(({ verdict, evidence }) => verdict === 'unused' && evidence.interfaces.attached > 0)
      .map(toFinding),
};

function toFinding(verdict: RuleVerdict): Finding {
  const { rule, group, evidence } = verdict;
  return {
    id: `unused-rule:${rule.id}`,
    kind: 'unused-rule',
    severity: severityOf(verdict),
    subject: ruleSubject(verdict),
    title: `${groupLabel(group)}: nothing used "${formatRule(rule)}" in ${plural(Math.floor(evidence.observedDays), 'day')}`,
    evidence: ruleEvidence(verdict),
    remediation:
      'Ask the owner whether something rare needs it; otherwise remove the rule, and keep its text to restore it.',
  };
}

/** What lets the world in is worth more attention than what lets us out. */
function severityOf({ rule }: RuleVerdict): Severity {
  if (rule.direction === 'outbound') return 'low';
  return rule.peer.kind === 'cidr' && rule.peer.cidr.endsWith('/0') ? 'high' : 'medium';
}
