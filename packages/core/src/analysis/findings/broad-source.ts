/** A block far wider than the peers that used it. */
import { AddressSet } from '../../net/address-set.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { summarize } from '../../net/summary.ts';
import { formatRule } from '../../security-group/notation.ts';
import type { RuleVerdict } from '../verdict.ts';
import { groupLabel, peersAsEvidence, ruleEvidence, ruleSubject } from './describe.ts';
import type { Finding, FindingKind } from './finding.ts';

/** Blocks that a suggestion may have. */
const SUGGESTED_BLOCKS = 8;
/** A suggestion must allow at most this part of what the rule allows. */
const WORTHWHILE = 16n;
/** Smaller blocks are narrow enough. */
const SMALLEST: Readonly<Record<4 | 6, bigint>> = { 4: 256n, 6: 1n << 64n };

export const broadSource: FindingKind = {
  kind: 'broad-source',
  summary: 'The rule lets in far more addresses than were ever seen.',
  explanation:
    'Reported for used inbound rules with a CIDR block of 256 addresses or more (IPv6: a /64 or more), if at most ' +
    `${SUGGESTED_BLOCKS} blocks hold all peers seen and allow at most a sixteenth of what the rule allows. A public ` +
    'service with clients all over the world is not reported: nothing narrower would hold them. The blocks suggested ' +
    'hold what was seen and nothing more is known: widen them to what you know of your networks.',
  examples: [
    {
      title: 'Open to the world, used from one office',
      account: {
        groups: { 'sg-web': ['inbound tcp 8443 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
      },
      traffic: ['eni-1 inbound tcp 8443 from 203.0.113.5 x 40', 'eni-1 inbound tcp 8443 from 203.0.113.6'],
      finds: ['broad-source:sgr-web-1'],
    },
    {
      title: 'Clients from everywhere',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
      },
      traffic: Array.from({ length: 60 }, (_, i) => `eni-1 inbound tcp 443 from ${i * 4 + 3}.${i}.2.1`),
      finds: [],
    },
  ],
  find: ({ verdicts }) => verdicts.rules.flatMap((verdict) => toFinding(verdict) ?? []),
};

function toFinding(verdict: RuleVerdict): Finding | null {
  const { rule, group, usage } = verdict;
  if (verdict.verdict !== 'used' || !usage || rule.direction !== 'inbound' || rule.peer.kind !== 'cidr') return null;
  const allowed = AddressSet.parse([rule.peer.cidr]);
  const family = allowed.size(4) > 0n ? 4 : 6;
  if (allowed.size() < SMALLEST[family]) return null;
  const suggested = summarize(usage.peers.seen.intersect(allowed), SUGGESTED_BLOCKS);
  const kept = AddressSet.ofPrefixes(suggested);
  if (suggested.length === 0 || kept.size() * WORTHWHILE > allowed.size()) return null;
  return {
    id: `broad-source:${rule.id}`,
    kind: 'broad-source',
    severity: rule.peer.cidr.endsWith('/0') ? 'medium' : 'low',
    subject: ruleSubject(verdict),
    title: `${groupLabel(group)}: "${formatRule(rule)}" was used by ${usage.peers.count} addresses only`,
    evidence: {
      ...ruleEvidence(verdict),
      allowedAddresses: allowed.size().toString(),
      peers: peersAsEvidence(usage.peers),
      seenShare: Number(kept.size()) / Number(allowed.size()),
      suggestedCidrs: suggested.map(formatPrefix),
    },
    remediation: 'Replace the block by those in "suggestedCidrs", widened to what you know of your networks.',
  };
}
