import { describe, expect, it } from 'vitest';
import { explainRule } from './explain-rule.ts';
import { contextOf, type Example } from './findings/example.ts';
import { REASONS } from './reasons.ts';

const account = {
  groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.0.0/8'] },
  interfaces: { 'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] } },
};
const wordsOf = (ruleId: string, more: Partial<Example>): string[] => {
  const { verdicts } = contextOf({ title: '', account, finds: [], ...more });
  return explainRule(verdicts.rules.find(({ rule }) => rule.id === ruleId) ?? expect.fail());
};

describe('explainRule', () => {
  it('tells who used a rule, and how sure that is', () => {
    const traffic = ['eni-1 inbound tcp 443 from 203.0.113.5 x 3', 'eni-1 inbound tcp 443 from 203.0.113.6'];
    expect(wordsOf('sgr-web-1', { traffic })).toEqual([
      'sgr-web-1 of web (sg-web) (inbound tcp 443 from 0.0.0.0/0) is used.',
      'It admitted 4 connections (all proven); 4 of them no other rule would have admitted.',
      'They came to 8 records, 8000 bytes, first seen 2024-01-02T00:01:00Z, last seen 2024-01-02T00:02:00Z.',
      'The other end was 2 addresses: 203.0.113.5 (6 records), 203.0.113.6 (2 records).',
      'Ports seen: 443.',
      'The evidence is strong: 1 of 1 interface with the group logged, 31 days without a gap.',
    ]);
  });

  it('tells that nothing used a rule, or why that cannot be told', () => {
    expect(wordsOf('sgr-web-2', {})).toEqual([
      'sgr-web-2 of web (sg-web) (inbound tcp 22 from 10.0.0.0/8) is unused.',
      'It admitted nothing in the window.',
      'The evidence is strong: 1 of 1 interface with the group logged, 31 days without a gap.',
    ]);
    expect(wordsOf('sgr-web-2', { unlogged: ['eni-1'] })).toEqual([
      'sgr-web-2 of web (sg-web) (inbound tcp 22 from 10.0.0.0/8) is undecided.',
      'The logs hold nothing that it admitted.',
      REASONS['unlogged-interface'].meaning,
      `To decide it: ${REASONS['unlogged-interface'].decide}`,
      'The evidence is weak: 0 of 1 interface with the group logged, 0 days without a gap.',
    ]);
  });

  it('tells which traffic is in doubt, and what would decide it, if anything', () => {
    const groups = {
      'sg-ping': ['inbound icmp 8 from 0.0.0.0/0', 'inbound icmp 3 from 0.0.0.0/0'],
      'sg-list': ['inbound tcp 443 from pl-1'],
    };
    const doubtful = {
      groups,
      prefixLists: { 'pl-1': null },
      interfaces: { 'eni-1': { groups: ['sg-ping', 'sg-list'], addresses: ['10.0.0.1'] } },
    };
    const traffic = ['eni-1 inbound icmp from 203.0.113.5 x 3', 'eni-1 inbound tcp 443 from 203.0.113.5'];
    expect(wordsOf('sgr-ping-1', { account: doubtful, traffic }).slice(1, -1)).toEqual([
      'It admitted nothing for certain, and may have admitted 3 connections.',
      `${REASONS['icmp-type'].meaning} This concerns 3 connections, from 2024-01-02T00:01:00Z to 2024-01-02T00:02:00Z.`,
      'Flow logs cannot decide this.',
    ]);
    expect(wordsOf('sgr-list-1', { account: doubtful, traffic }).slice(1, -1)).toEqual([
      'It admitted nothing for certain, and may have admitted 1 connection.',
      `${REASONS['prefix-list-unknown'].meaning} This concerns 1 connection, from 2024-01-02T00:01:00Z to 2024-01-02T00:02:00Z.`,
      `To decide it: ${REASONS['prefix-list-unknown'].decide}`,
    ]);
  });
});
