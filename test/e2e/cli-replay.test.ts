/** `flowfit replay` as people and programs meet it: every source of a change, and what is wrong with one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ExampleAccount, inventoryOf } from '@flowfit/core/analysis/example-account';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCliGolden, runInFolder } from './cli-golden.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: unknown): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

const BEGIN = Date.parse('2026-06-01T00:00:00Z') / 1000;
const LAYOUT =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags flow-direction log-status';

const connection = (hour: number, id: string, from: string, to: string, port: number, action = 'ACCEPT'): string => {
  const start = BEGIN + hour * 3600 + 60;
  return `${id} ${from} ${to} ${40_000 + hour} ${port} 6 10 1000 ${start} ${start + 60} ${action} 2 ingress OK`;
};

const ACCOUNT: ExampleAccount = {
  groups: {
    'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.9.0/24'],
    'sg-db': ['inbound tcp 5432 from sg-web'],
  },
  interfaces: {
    'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
    'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
  },
};

beforeAll(async () => {
  const lines = [
    ...[1, 2, 3].map((hour) => connection(hour, 'eni-web', '203.0.113.7', '10.0.0.1', 443)),
    connection(4, 'eni-web', '198.51.100.9', '10.0.0.1', 443),
    connection(5, 'eni-web', '10.0.9.4', '10.0.0.1', 22),
    connection(6, 'eni-web', '192.0.2.66', '10.0.0.1', 3389, 'REJECT'),
    connection(7, 'eni-db', '10.0.0.1', '10.0.0.2', 5432),
    connection(8, 'eni-db', '10.0.0.77', '10.0.0.2', 5432),
  ];
  put('flow.log', `${[LAYOUT, ...lines].join('\n')}\n`);
  const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1 });
  const captures = ['2026-05-31T23:00:00Z', '2026-06-02T00:00:00Z'].map((at) => inventoryOf(ACCOUNT, at));
  await ingest(lake, [join(folder, 'flow.log')], { snapshots: captures });
  lake.close();
});

const awsRule = (id: string, groupId: string, port: number, peer: string) => ({
  ...{ SecurityGroupRuleId: id, GroupId: groupId, GroupOwnerId: '111122223333', IsEgress: false },
  ...{ IpProtocol: 'tcp', FromPort: port, ToPort: port, Description: '' },
  ...(peer.startsWith('sg-') ? { ReferencedGroupInfo: { GroupId: peer, UserId: '111122223333' } } : { CidrIpv4: peer }),
});

const KEEPS = {
  SecurityGroupRules: [
    awsRule('sgr-web-1', 'sg-web', 443, '0.0.0.0/0'),
    awsRule('sgr-web-2', 'sg-web', 22, '10.0.9.0/24'),
  ],
};
const CUTS = {
  SecurityGroupRules: [
    awsRule('sgr-new-1', 'sg-web', 443, '198.51.100.0/24'),
    awsRule('sgr-new-2', 'sg-web', 3389, '192.0.2.0/24'),
    awsRule('sgr-web-2', 'sg-web', 22, '10.0.9.0/24'),
    awsRule('sgr-new-3', 'sg-db', 5432, '10.0.0.1/32'),
  ],
};

const proposed = (peer: string, ruleId: string | null) => ({
  ...{ direction: 'inbound', protocol: 'tcp', fromPort: 443, toPort: 443, peer, description: '', from: ['sgr-web-1'] },
  ruleId,
});
const recommendation = (rules: readonly unknown[], groupId = 'sg-web') => ({
  schema: 'flowfit.recommendation/1',
  window: { from: null, to: null },
  groups: [{ groupId, groupName: 'web', vpcId: 'vpc-1', proposed: rules }],
});

const PLAN = {
  format_version: '1.2',
  terraform_version: '1.9.0',
  resource_changes: [
    {
      address: 'aws_vpc_security_group_ingress_rule.https',
      mode: 'managed',
      type: 'aws_vpc_security_group_ingress_rule',
      name: 'https',
      change: {
        actions: ['delete'],
        before: {
          ...{ id: 'sgr-web-1', security_group_rule_id: 'sgr-web-1', security_group_id: 'sg-web', ip_protocol: 'tcp' },
          ...{ from_port: 443, to_port: 443, cidr_ipv4: '0.0.0.0/0' },
        },
        after: null,
        after_unknown: {},
      },
    },
  ],
};

const TEMPLATE = `
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 192.0.2.0/24 }
`;

describe('replay', () => {
  it('says what would be cut, newly admitted, and unknown', async () => {
    put('rules.json', CUTS);
    const { code } = await expectCliGolden(folder, 'replay-cuts', ['replay', '--rules', '@rules.json']);
    expect(code).toBe(3);
  });

  it('says that nothing is cut', async () => {
    put('same.json', KEEPS);
    const { code } = await expectCliGolden(folder, 'replay-keeps', ['replay', '--rules', '@same.json']);
    expect(code).toBe(0);
  });

  it('is the document of the contract for programs', async () => {
    put('rules.json', CUTS);
    const { code } = await expectCliGolden(folder, 'replay-json', ['replay', '--rules', '@rules.json', '--json']);
    expect(code).toBe(3);
  });

  it('reads a recommendation, with the rules that stay by their ids', async () => {
    put('tighter.json', recommendation([proposed('203.0.113.0/24', null)]));
    const cut = await runInFolder(folder, ['replay', '--recommendation', '@tighter.json', '--json']);
    expect(JSON.parse(cut.stdout)).toMatchObject({
      change: { groups: ['sg-web'], rules: { added: 1, removed: 2 } },
      connections: { kept: 5, cut: 2, newlyAdmitted: 0, unknown: 0, notToday: 0 },
    });
    expect(cut.code).toBe(3);
    put(
      'same.json',
      recommendation([
        proposed('0.0.0.0/0', 'sgr-web-1'),
        { ...proposed('10.0.9.0/24', null), fromPort: 22, toPort: 22 },
      ]),
    );
    const kept = await runInFolder(folder, ['replay', '--recommendation', '@same.json', '--json']);
    expect(JSON.parse(kept.stdout)).toMatchObject({ change: { groups: [] }, cut: [] });
    expect(kept.code).toBe(0);
  });

  it('takes what another inventory does not cover to stay as it is', async () => {
    put('other/groups.json', {
      SecurityGroups: [
        {
          GroupId: 'sg-far',
          GroupName: 'far',
          VpcId: 'vpc-9',
          OwnerId: '111122223333',
          Description: '',
          IpPermissions: [],
          IpPermissionsEgress: [],
        },
      ],
    });
    const { code, stdout } = await runInFolder(folder, ['replay', '--inventory', '@other', '--json']);
    const { cut, remarks } = JSON.parse(stdout) as { cut: unknown[]; remarks: string[] };
    expect([code, cut]).toEqual([0, []]);
    expect(remarks).toEqual([
      'The other inventory does not cover vpc-1: 2 groups there are taken to stay as they are.',
    ]);
  });

  it('reads a plan', async () => {
    put('plan.json', PLAN);
    const { code, stdout } = await runInFolder(folder, ['replay', '--plan', '@plan.json', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ change: { groups: ['sg-web'] }, connections: { cut: 4 } });
    expect(code).toBe(3);
  });
});

describe('a plan beside others', () => {
  it('may be a template in YAML', async () => {
    put('template.yaml', TEMPLATE);
    const words = ['replay', '--plan', '@template.yaml', '--json'];
    const { code, stdout } = await runInFolder(folder, words);
    expect(JSON.parse(stdout)).toMatchObject({
      change: { groups: ['plan:Web'], rules: { added: 2, removed: 0 } },
      connections: { cut: 0 },
    });
    expect(code).toBe(0);
  });

  it('alone has a template or a stack', async () => {
    const { code, stderr } = await runInFolder(folder, ['replay', '--rules', '@rules.json', '--stack', 'shop']);
    expect(code).toBe(2);
    expect(stderr).toContain('error[plan-needed]: --stack goes with a plan.');
  });
});

describe('a change that cannot be read', () => {
  it.each([
    ['replay-no-source', ['replay'], 2],
    ['replay-two-sources', ['replay', '--rules', '@rules.json', '--plan', '@plan.json'], 2],
    ['replay-missing-file', ['replay', '--rules', '@nowhere.json'], 1],
    ['replay-rules-invalid', ['replay', '--rules', '@bad-rules.json'], 1],
    ['replay-rules-unknown-group', ['replay', '--rules', '@other-rules.json'], 1],
    ['recommendation-newer', ['replay', '--recommendation', '@newer.json'], 1],
    ['recommendation-invalid', ['replay', '--recommendation', '@bad.json'], 1],
    ['recommendation-unknown-group', ['replay', '--recommendation', '@unknown.json'], 1],
    ['recommendation-unknown-rule', ['replay', '--recommendation', '@gone.json'], 1],
  ])('%s', async (name, words, exit) => {
    put('rules.json', CUTS);
    put('plan.json', PLAN);
    put('bad-rules.json', {
      SecurityGroupRules: [{ ...awsRule('sgr-1', 'sg-web', 443, '0.0.0.0/0'), CidrIpv4: undefined }],
    });
    put('other-rules.json', { SecurityGroupRules: [awsRule('sgr-1', 'sg-other', 443, '0.0.0.0/0')] });
    put('newer.json', { ...recommendation([]), schema: 'flowfit.recommendation/2' });
    put('bad.json', recommendation([proposed('sixteen', null)]));
    put('unknown.json', recommendation([], 'sg-other'));
    put('gone.json', recommendation([proposed('0.0.0.0/0', 'sgr-web-9')]));
    const { code, stdout } = await expectCliGolden(folder, name, words);
    expect([code, stdout]).toEqual([exit, '']);
  });
});
