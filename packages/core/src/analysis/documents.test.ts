import { describe, expect, it } from 'vitest';
import { toGroupDocument, toRuleDocument, toWindowDocument } from './documents.ts';
import { contextOf } from './findings/example.ts';
import { REASONS } from './reasons.ts';

const { verdicts } = contextOf({
  title: 'a web server and a database that nobody asked',
  account: {
    groups: {
      'sg-web': ['inbound tcp 443 from 0.0.0.0/0'],
      'sg-db': ['inbound tcp 5432 from sg-web'],
    },
    interfaces: {
      'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
      'eni-2': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
    },
  },
  traffic: ['eni-1 inbound tcp 443 from 203.0.113.5 x 3'],
  unlogged: ['eni-2'],
  finds: [],
});
const iso = expect.stringMatching(/^2024-01-\d\dT\d\d:\d\d:\d\dZ$/);

describe('toRuleDocument', () => {
  it('has the members of flowfit.rules/1', () => {
    const used = verdicts.rules.find(({ rule }) => rule.id === 'sgr-web-1') ?? expect.fail();
    expect(toRuleDocument(used)).toEqual({
      ruleId: 'sgr-web-1',
      groupId: 'sg-web',
      groupName: 'web',
      vpcId: 'vpc-1',
      direction: 'inbound',
      protocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      peer: '0.0.0.0/0',
      description: 'inbound tcp 443 from 0.0.0.0/0',
      verdict: 'used',
      reasons: [],
      undecided: [],
      connections: { proven: 3, inferred: 0, possible: 0, sole: 3 },
      flows: expect.any(Number),
      packets: expect.any(Number),
      bytes: expect.any(Number),
      firstSeen: iso,
      lastSeen: iso,
      peers: { count: 1, top: [{ address: '203.0.113.5', flows: expect.any(Number) }] },
      ports: [[443, 443]],
      evidence: {
        grade: 'strong',
        observedDays: 31,
        interfaces: { attached: 1, logged: 1 },
        gaps: [],
        extrapolated: false,
      },
    });
  });

  it('has zeros and nulls for a rule without traffic, and the reasons', () => {
    const silent = verdicts.rules.find(({ rule }) => rule.id === 'sgr-db-1') ?? expect.fail();
    expect(toRuleDocument(silent)).toMatchObject({
      peer: 'sg-web',
      verdict: 'undecided',
      reasons: ['unlogged-interface'],
      undecided: [
        {
          reason: 'unlogged-interface',
          ...REASONS['unlogged-interface'],
          connections: 0,
          firstSeen: null,
          lastSeen: null,
        },
      ],
      connections: { proven: 0, inferred: 0, possible: 0, sole: 0 },
      flows: 0,
      firstSeen: null,
      lastSeen: null,
      peers: { count: 0, top: [] },
      ports: [],
    });
  });
});

describe('undecided traffic', () => {
  it('has its times, and what would decide it', () => {
    const { verdicts } = contextOf({
      title: 'a prefix list whose entries are not known',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from pl-1'] },
        prefixLists: { 'pl-1': null },
        interfaces: { 'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] } },
      },
      traffic: ['eni-1 inbound tcp 443 from 203.0.113.5 x 3'],
      finds: [],
    });
    expect(verdicts.rules.map(toRuleDocument)[0]?.undecided).toEqual([
      {
        reason: 'prefix-list-unknown',
        ...REASONS['prefix-list-unknown'],
        connections: 3,
        firstSeen: iso,
        lastSeen: iso,
      },
    ]);
  });
});

describe('toGroupDocument', () => {
  it('has the members of flowfit.groups/1', () => {
    const documents = new Map(verdicts.groups.map(toGroupDocument).map((document) => [document.groupId, document]));
    expect(documents.get('sg-web')).toEqual({
      groupId: 'sg-web',
      groupName: 'web',
      vpcId: 'vpc-1',
      verdict: 'active',
      interfaces: 1,
      referencedBy: ['sg-db'],
      rules: { used: 1, unused: 0, undecided: 0 },
      flows: 6,
      bytes: 6000,
      lastSeen: iso,
    });
    expect(documents.get('sg-db')).toMatchObject({ verdict: 'silent', flows: 0, bytes: 0, lastSeen: null });
  });
});

it('toWindowDocument says nothing of a lake without records', () => {
  expect(toWindowDocument({ from: null, to: null })).toEqual({ from: null, to: null });
  expect(toWindowDocument({ from: 0, to: 60 })).toEqual({ from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:01:00Z' });
});
