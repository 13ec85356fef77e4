/** From a plan to findings, through the replay: which place in the plan is named, and what opens to the world. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExampleResource, planOf } from '../../test/plans.ts';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import { applyChange } from '../change/change-set.ts';
import type { ReplayedTraffic } from '../replay/model.ts';
import { formatRule } from '../security-group/notation.ts';
import { type GateReport, gateOf } from './gate.ts';
import { readPlan, readPlanDocument } from './read.ts';

const ACCOUNT: ExampleAccount = {
  groups: {
    'sg-db': ['inbound tcp 5432 from sg-web'],
    'sg-open': ['inbound tcp 80 from 0.0.0.0/0'],
    'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from pl-offices'],
  },
  interfaces: {
    'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
    'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
  },
  prefixLists: { 'pl-offices': ['192.0.2.0/24'] },
};

const ROW: ReplayedTraffic = {
  outcome: 'cut',
  groupIds: ['sg-web'],
  interfaceId: 'eni-web',
  direction: 'inbound',
  protocol: 6,
  port: 443,
  peer: '203.0.113.9',
  connections: 3,
  firstSeen: 1_780_272_000,
  lastSeen: 1_780_275_600,
  admittedBy: ['sgr-web-1'],
  proposedBy: [],
  doubts: 0,
  extrapolated: false,
};

const gate = (resources: readonly ExampleResource[], rows: readonly Partial<ReplayedTraffic>[] = []): GateReport => {
  const today = inventoryOf(ACCOUNT);
  const read = readPlanDocument(planOf(resources), today);
  const all = rows.map((row) => ({ ...ROW, ...row }));
  const of = (outcome: ReplayedTraffic['outcome']) => all.filter((row) => row.outcome === outcome);
  const connections = { kept: 0, cut: 0, newlyAdmitted: 0, unknown: 0, notToday: 0 };
  const replay = { connections, cut: of('cut'), newlyAdmitted: of('newlyAdmitted'), unknown: of('unknown') };
  return gateOf(read, replay, today, (text) => (text === '203.0.113.9' ? 'partner' : null));
};

const placesOf = ({ findings }: GateReport): string[] =>
  findings.map(({ kind, addresses }) => [kind, ...addresses].join(' '));

const RULE = { security_group_id: 'sg-web', ip_protocol: 'tcp', from_port: 443, to_port: 443 };
const INGRESS = 'aws_vpc_security_group_ingress_rule';

describe('a cut', () => {
  it('names the rule that goes, the peer and the interface', () => {
    const before = { ...RULE, id: 'sgr-web-1', cidr_ipv4: '0.0.0.0/0' };
    const [finding] = gate([{ address: `${INGRESS}.https`, before }], [{}]).findings;
    expect(finding).toMatchObject({
      id: 'cut:eni-web:inbound:tcp:443:203.0.113.9',
      addresses: [`${INGRESS}.https`],
      title: 'Cuts tcp 443 from 203.0.113.9 (partner) to eni-web: 3 connections.',
      rules: [{ ruleId: 'sgr-web-1', text: 'inbound tcp 443 from 0.0.0.0/0' }],
    });
  });

  it('names the membership by which an interface lost its group', () => {
    const before = { network_interface_id: 'eni-web', security_group_id: 'sg-web' };
    expect(placesOf(gate([{ address: 'aws_network_interface_sg_attachment.web', before }], [{}]))).toEqual([
      'cut aws_network_interface_sg_attachment.web',
    ]);
  });

  it('names the membership by which a peer was no longer referred to', () => {
    const before = { network_interface_id: 'eni-web', security_group_id: 'sg-web' };
    const row = { interfaceId: 'eni-db', groupIds: ['sg-db'], port: 5432, peer: '10.0.0.1', admittedBy: ['sgr-db-1'] };
    expect(placesOf(gate([{ address: 'aws_network_interface_sg_attachment.web', before }], [row]))).toEqual([
      'cut aws_network_interface_sg_attachment.web',
    ]);
  });

  it('names the prefix list that lost an entry', () => {
    const before = { prefix_list_id: 'pl-offices', cidr: '192.0.2.0/24' };
    const row = { port: 22, peer: '192.0.2.7', admittedBy: ['sgr-web-2'] };
    expect(placesOf(gate([{ address: 'aws_ec2_managed_prefix_list_entry.office', before }], [row]))).toEqual([
      'cut aws_ec2_managed_prefix_list_entry.office',
    ]);
  });
});

describe('what opens to the world', () => {
  const opens = (after: object): string[] =>
    placesOf(gate([{ address: `${INGRESS}.new`, after: { ...RULE, ...after } }]));
  const all = { from_port: null, to_port: null };

  it.each([
    ['a new port', { from_port: 22, to_port: 22, cidr_ipv4: '0.0.0.0/0' }, 1],
    ['the other family', { cidr_ipv6: '::/0' }, 1],
    ['every protocol', { ip_protocol: '-1', ...all, cidr_ipv4: '0.0.0.0/0' }, 1],
    ['a port that was open already', { ip_protocol: '6', from_port: 443, to_port: 443, cidr_ipv4: '0.0.0.0/0' }, 0],
    ['less than the world', { from_port: 22, to_port: 22, cidr_ipv4: '203.0.113.0/24' }, 0],
  ])('%s', (_what, after, count) => expect(opens(after)).toHaveLength(count));

  it('is a list that gets the entry, too', () => {
    const after = { prefix_list_id: 'pl-offices', cidr: '0.0.0.0/0' };
    expect(placesOf(gate([{ address: 'aws_ec2_managed_prefix_list_entry.all', after }]))).toEqual([
      'open aws_ec2_managed_prefix_list_entry.all',
    ]);
  });

  it('is an interface that gets an open group, too', () => {
    const after = { network_interface_id: 'eni-db', security_group_id: 'sg-open' };
    const { findings } = gate([{ address: 'aws_network_interface_sg_attachment.db', after }]);
    expect(findings).toMatchObject([
      { id: 'open:eni-db:sg-open:sgr-open-1', addresses: ['aws_network_interface_sg_attachment.db'] },
    ]);
  });
});

describe('what is newly admitted', () => {
  const after = { ...RULE, from_port: 22, to_port: 22, cidr_ipv4: '203.0.113.0/24' };
  const resource = { address: `${INGRESS}.ssh`, after };
  const [proposed] = readPlanDocument(planOf([resource]), inventoryOf(ACCOUNT)).change.groups.flatMap((group) =>
    group.after.filter((rule) => formatRule(rule) === 'inbound tcp 22 from 203.0.113.0/24'),
  );
  const row = { outcome: 'newlyAdmitted', port: 22, admittedBy: [], proposedBy: [`${proposed?.id}`] } as const;

  it('is one finding for all who knocked at the same port', () => {
    const report = gate([resource], [row, { ...row, peer: '203.0.113.10', connections: 2 }]);
    expect(report.counts.scanned).toBe(1);
    expect(report.findings).toMatchObject([
      { kind: 'scanned', addresses: [`${INGRESS}.ssh`], traffic: { peerCount: 2, connections: 5 } },
    ]);
  });

  it('is no scan where the peer has a private address', () => {
    expect(gate([resource], [{ ...row, peer: '10.9.0.1' }]).counts).toMatchObject({ scanned: 0, admitted: 1 });
  });
});

describe('what is unknown', () => {
  it('says why, and what the plan does not tell', () => {
    const rule = { address: `${INGRESS}.x`, after: { ...RULE, cidr_ipv4: null }, unknown: { cidr_ipv4: true } };
    const report = gate([rule], [{ outcome: 'unknown', doubts: 1 }]);
    expect(report.counts.unknown).toBe(2);
    expect(report.findings.map(({ title }) => title)).toEqual([
      'Part of "cidr_ipv4" is known after the apply only: the rule was taken not to admit it.',
      expect.stringMatching(/^Cannot tell what becomes of tcp 443 from 203\.0\.113\.9 .*ICMP type/),
    ]);
  });
});

describe('texts that are no plan', () => {
  const code = (text: string): unknown => {
    try {
      return readPlan(text, inventoryOf(ACCOUNT));
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['', 'plan-invalid'],
    ['{"format_version":"1.2","resource_changes":[{', 'plan-cut-off'],
    ['{"format_version":"1.2" oops', 'plan-invalid'],
    ['{}{}', 'plan-invalid'],
    ['[]', 'plan-invalid'],
    ['{"format_version":"x","resource_changes":[]}', 'plan-invalid'],
    ['{"format_version":"2.0","resource_changes":[]}', 'plan-newer'],
    ['{"format_version":"1.2","resource_changes":[],"errored":true}', 'plan-invalid'],
  ])('%j is %s', (text, expected) => expect(code(text)).toBe(expected));

  it('every prefix of a plan is refused, and never half read', () => {
    const text = JSON.stringify(planOf([{ address: `${INGRESS}.x`, after: { ...RULE, cidr_ipv4: '0.0.0.0/0' } }]));
    for (let length = 1; length < text.length; length++) expect(code(text.slice(0, length))).toBe('plan-cut-off');
  });

  it('a plan without changes is one', () => {
    const { change } = readPlan('{"format_version":"1.2","resource_changes":[]}', inventoryOf(ACCOUNT));
    expect(applyChange(inventoryOf(ACCOUNT), change)).toEqual(inventoryOf(ACCOUNT));
  });
});

const PLANS = join(import.meta.dirname, '../../../../../shared/testdata/plans');

describe.skipIf(!existsSync(PLANS))('real plans (skipped where the test data is not there)', () => {
  it('change-keys.json updates a rule of each of two groups', () => {
    const source = 'sg-8d21ab5963b0e7917';
    const groups = {
      'sg-547cc4cd5f94bb695': [`inbound tcp 5432 from ${source}`],
      'sg-547cc4cd5f94bb696': [`inbound tcp 8888 from ${source}`],
      [source]: [],
    };
    const text = readFileSync(join(PLANS, 'change-keys.json'), 'utf8');
    const { change, problems, addresses } = readPlan(text, inventoryOf({ groups }));
    expect(change.groups.map(({ after }) => after.map((rule) => [rule.id, formatRule(rule)]))).toEqual([
      [['sgr-5a4b695164c564a8f', `inbound tcp 5432-5433 from ${source}`]],
      [['sgr-5a4b695164c564a90', `inbound udp 8888 from ${source}`]],
    ]);
    expect(problems).toEqual([]);
    expect(addresses.get('sgr-5a4b695164c564a90')).toBe('aws_security_group_rule.bar');
    expect(() => readPlan(text, inventoryOf(ACCOUNT))).toThrow(expect.objectContaining({ code: 'plan-other-account' }));
  });

  it('many-resources.json only creates', () => {
    const { change, ignored } = readPlan(
      readFileSync(join(PLANS, 'many-resources.json'), 'utf8'),
      inventoryOf(ACCOUNT),
    );
    expect(change.groups.map(({ groupId, fate, after }) => [groupId, fate, after.length])).toEqual([
      ['plan:aws_security_group.default', 'created', 2],
      ['plan:aws_security_group.web-node', 'created', 3],
    ]);
    expect(ignored).toMatchObject({ aws_s3_bucket: 6, aws_subnet: 4 });
  });
});
