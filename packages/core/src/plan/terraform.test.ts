/** Each resource type of a Terraform plan, and what becomes of values that are known after the apply only. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changed, type ExampleResource, planOf } from '../../test/plans.ts';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import type { InventorySnapshot, NetworkInterface } from '../inventory/model.ts';
import { CLOUDFORMATION_TYPES } from './cloudformation/resources.ts';
import { membershipKey, type PlanRead } from './model.ts';
import { readPlanDocument } from './read.ts';
import { TERRAFORM_TYPES } from './terraform/read.ts';

const ACCOUNT: ExampleAccount = {
  groups: {
    'sg-default': [],
    'sg-db': ['inbound tcp 5432 from sg-web'],
    'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.0.0/8', 'outbound all to 0.0.0.0/0'],
  },
  interfaces: {
    'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
    'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
  },
  prefixLists: { 'pl-offices': ['192.0.2.0/24'] },
};

const withInterface = (
  id: string,
  some: Partial<NetworkInterface>,
  today = inventoryOf(ACCOUNT),
): InventorySnapshot => ({
  ...today,
  interfaces: today.interfaces.map((one) => (one.id === id ? { ...one, ...some } : one)),
});

const read = (resources: readonly ExampleResource[], today = inventoryOf(ACCOUNT), modules = {}): PlanRead =>
  readPlanDocument(planOf(resources, modules), today);

const moved = ({ change }: PlanRead): string[] =>
  change.interfaces.flatMap(({ interfaceId, added, removed }) => [
    ...added.map((id) => `+${interfaceId} ${id}`),
    ...removed.map((id) => `-${interfaceId} ${id}`),
  ]);

const codes = ({ problems }: PlanRead): string[] => problems.map(({ code, address }) => `${code} ${address}`);

const block = (port: number, some: Record<string, unknown>) => ({
  from_port: port,
  to_port: port,
  protocol: 'tcp',
  description: '',
  cidr_blocks: [],
  ipv6_cidr_blocks: [],
  prefix_list_ids: [],
  security_groups: [],
  self: false,
  ...some,
});

const HTTPS = block(443, { cidr_blocks: ['0.0.0.0/0'] });
const SSH = block(22, { cidr_blocks: ['10.0.0.0/8'] });
const EGRESS = { ...block(0, { cidr_blocks: ['0.0.0.0/0'] }), protocol: '-1' };
const WEB = { id: 'sg-web', name: 'web', owner_id: '111122223333', vpc_id: 'vpc-1' };

describe('aws_security_group', () => {
  it('changes what its in-line lists change, as sets of rules', () => {
    const result = read([
      {
        address: 'aws_security_group.web',
        before: { ...WEB, ingress: [HTTPS, SSH], egress: [EGRESS] },
        after: {
          ...WEB,
          ingress: [
            block(80, { cidr_blocks: ['198.51.100.0/24'], ipv6_cidr_blocks: ['2001:db8::/32'] }),
            { ...HTTPS, description: 'other words', protocol: '6' },
            block(9090, { self: true, security_groups: ['sg-db'], prefix_list_ids: ['pl-offices'] }),
          ],
          egress: [EGRESS],
        },
      },
    ]);
    expect(changed(result)).toEqual([
      '+sg-web inbound tcp 80 from 198.51.100.0/24',
      '+sg-web inbound tcp 80 from 2001:db8::/32',
      '+sg-web inbound tcp 9090 from pl-offices',
      '+sg-web inbound tcp 9090 from sg-db',
      '+sg-web inbound tcp 9090 from sg-web',
      '-sg-web inbound tcp 22 from 10.0.0.0/8',
    ]);
    expect(result.addresses.get('sgr-web-2')).toBe('aws_security_group.web');
    expect(result.problems).toEqual([]);
  });

  it('leaves alone what it does not list', () => {
    const values = { ...WEB, ingress: null, tags: { a: 'b' } };
    const result = read([{ address: 'aws_security_group.web', before: { ...WEB, ingress: [HTTPS] }, after: values }]);
    expect(changed(result)).toEqual([]);
  });

  it('keeps rules whose list is known after the apply only, and says so', () => {
    const result = read([
      {
        address: 'aws_security_group.web',
        before: { ...WEB, ingress: [HTTPS, SSH] },
        after: WEB,
        unknown: { ingress: true },
      },
    ]);
    expect(changed(result)).toEqual([]);
    expect(codes(result)).toEqual(['plan-value-unknown aws_security_group.web']);
  });

  it('is created with an id of its address, to which others refer', () => {
    const result = read([
      {
        address: 'aws_security_group.new',
        after: { name: 'new', vpc_id: 'vpc-1', ingress: [HTTPS] },
        unknown: { id: true, egress: true, ingress: [{ cidr_blocks: [false] }] },
      },
      {
        address: 'aws_vpc_security_group_ingress_rule.db',
        after: { security_group_id: 'sg-db', ip_protocol: 'tcp', from_port: 5432, to_port: 5432 },
        unknown: { id: true, referenced_security_group_id: true },
        refers: { referenced_security_group_id: ['aws_security_group.new.id', 'aws_security_group.new'] },
      },
    ]);
    expect(changed(result)).toEqual([
      'created plan:aws_security_group.new',
      '+plan:aws_security_group.new inbound tcp 443 from 0.0.0.0/0',
      '+sg-db inbound tcp 5432 from plan:aws_security_group.new',
    ]);
    expect(result.addresses.get('plan:aws_security_group.new')).toBe('aws_security_group.new');
    expect(result.problems).toEqual([]);
  });

  it.each([[['delete', 'create']], [['create', 'delete']]])(
    'is replaced (%j): interfaces stay with the old one',
    (actions) => {
      const result = read([
        {
          address: 'aws_security_group.web',
          actions,
          before: { ...WEB, ingress: [HTTPS] },
          after: { name: 'web2', vpc_id: 'vpc-1', ingress: [HTTPS] },
          unknown: { id: true },
        },
      ]);
      expect(changed(result)).toEqual([
        'created plan:aws_security_group.web',
        '+plan:aws_security_group.web inbound tcp 443 from 0.0.0.0/0',
        'deleted sg-web',
        '-sg-web inbound tcp 22 from 10.0.0.0/8',
        '-sg-web inbound tcp 443 from 0.0.0.0/0',
        '-sg-web outbound all to 0.0.0.0/0',
      ]);
      expect(moved(result)).toEqual([]);
    },
  );

  it.each([['no-op'], ['read'], ['forget']])('does nothing where the action is %s', (action) => {
    const result = read([{ address: 'aws_security_group.web', actions: [action], before: WEB, after: null }]);
    expect(changed(result)).toEqual([]);
    expect(result.problems).toEqual([]);
  });

  it('says of a group that the inventory lacks, among others, that it was left out', () => {
    const result = read([
      { address: 'aws_security_group.web', actions: ['no-op'], before: WEB, after: WEB },
      { address: 'aws_security_group.old', before: { id: 'sg-old' }, after: null },
    ]);
    expect(codes(result)).toEqual(['plan-group-unknown aws_security_group.old']);
  });
});

describe('aws_default_security_group', () => {
  const today = () =>
    inventoryOf({ ...ACCOUNT, groups: { ...ACCOUNT.groups, 'sg-default': ['inbound all from sg-default'] } });

  it('takes over the default group of its VPC and empties it', () => {
    const result = read(
      [
        {
          address: 'aws_default_security_group.this',
          after: { vpc_id: 'vpc-1', ingress: [SSH] },
          unknown: { id: true, egress: true },
        },
      ],
      today(),
    );
    expect(changed(result)).toEqual([
      '+sg-default inbound tcp 22 from 10.0.0.0/8',
      '-sg-default inbound all from sg-default',
    ]);
  });

  it('is only forgotten when it is deleted', () => {
    const before = { id: 'sg-default', vpc_id: 'vpc-1' };
    expect(changed(read([{ address: 'aws_default_security_group.this', before }], today()))).toEqual([]);
  });
});

describe('aws_security_group_rule', () => {
  const values = {
    type: 'ingress',
    security_group_id: 'sg-web',
    protocol: 'tcp',
    from_port: 22,
    to_port: 22,
    cidr_blocks: ['10.0.0.0/8'],
    self: false,
  };

  it('is as many rules as it names other ends', () => {
    const after = {
      ...{ ...values, type: 'egress', protocol: 'all', from_port: 0, to_port: 0, self: true },
      ...{
        cidr_blocks: ['192.0.2.0/24', '198.51.100.0/24'],
        ipv6_cidr_blocks: ['::/0'],
        prefix_list_ids: ['pl-offices'],
      },
    };
    expect(changed(read([{ address: 'aws_security_group_rule.all', after }]))).toEqual([
      '+sg-web outbound all to 192.0.2.0/24',
      '+sg-web outbound all to 198.51.100.0/24',
      '+sg-web outbound all to ::/0',
      '+sg-web outbound all to pl-offices',
      '+sg-web outbound all to sg-web',
    ]);
  });

  it('takes away the rule of the inventory that says the same', () => {
    const result = read([
      { address: 'aws_security_group_rule.ssh', before: { ...values, protocol: '6', from_port: '22' } },
    ]);
    expect(changed(result)).toEqual(['-sg-web inbound tcp 22 from 10.0.0.0/8']);
    expect(result.addresses.get('sgr-web-2')).toBe('aws_security_group_rule.ssh');
  });

  it('says of a rule that the capture lacks that they differ', () => {
    const result = read([
      { address: 'aws_security_group_rule.ssh', before: { ...values, from_port: 23, to_port: 23 } },
    ]);
    expect(codes(result)).toEqual(['plan-inventory-differs aws_security_group_rule.ssh']);
  });

  it('moves from the list of a group to a resource of its own without a change', () => {
    const result = read([
      {
        address: 'aws_security_group.web',
        before: { ...WEB, ingress: [HTTPS, SSH] },
        after: { ...WEB, ingress: [HTTPS] },
      },
      { address: 'aws_security_group_rule.ssh', after: values },
    ]);
    expect(changed(result)).toEqual([]);
  });

  it('belongs to the group that its module was given', () => {
    const result = read(
      [
        {
          address: 'module.rules.aws_security_group_rule.this["a"]',
          after: { ...values, security_group_id: null },
          unknown: { security_group_id: true },
          refers: { security_group_id: ['var.group_id'] },
        },
        {
          address: 'module.group.aws_security_group.this[0]',
          after: { name: 'new', vpc_id: 'vpc-1' },
          unknown: { id: true, ingress: true, egress: true },
        },
      ],
      inventoryOf(ACCOUNT),
      {
        rules: { arguments: { group_id: ['module.group.id', 'module.group'] } },
        group: {
          outputs: { id: ['aws_security_group.this[0].id', 'aws_security_group.this[0]', 'aws_security_group.this'] },
        },
      },
    );
    expect(changed(result)).toEqual([
      'created plan:module.group.aws_security_group.this[0]',
      '+plan:module.group.aws_security_group.this[0] inbound tcp 22 from 10.0.0.0/8',
    ]);
  });

  it('belongs to the group with its own index, where each has one', () => {
    const group = (key: string): ExampleResource => ({
      address: `aws_security_group.each["${key}"]`,
      after: { name: key, vpc_id: 'vpc-1' },
      unknown: { id: true },
    });
    const rule: ExampleResource = {
      address: 'aws_security_group_rule.each["b"]',
      after: { ...values, security_group_id: null },
      unknown: { security_group_id: true },
      refers: { security_group_id: ['aws_security_group.each', 'each.key'] },
    };
    expect(changed(read([group('a'), group('b'), rule])).at(-1)).toBe(
      '+plan:aws_security_group.each["b"] inbound tcp 22 from 10.0.0.0/8',
    );
  });

  it('is left out, and listed, where its group may be one of several', () => {
    const group = (name: string): ExampleResource => ({
      address: `aws_security_group.${name}`,
      after: { name, vpc_id: 'vpc-1' },
      unknown: { id: true },
    });
    const rule: ExampleResource = {
      address: 'aws_security_group_rule.either',
      after: { ...values, security_group_id: null },
      unknown: { security_group_id: true },
      refers: { security_group_id: ['aws_security_group.a.id', 'aws_security_group.b.id', 'var.which'] },
    };
    const result = read([group('a'), group('b'), rule]);
    expect(codes(result)).toEqual(['plan-value-unknown aws_security_group_rule.either']);
  });
});

describe('aws_vpc_security_group_ingress_rule and _egress_rule', () => {
  const SSH_RULE = {
    id: 'sgr-web-2',
    security_group_rule_id: 'sgr-web-2',
    security_group_id: 'sg-web',
    ip_protocol: 'tcp',
    from_port: 22,
    to_port: 22,
    cidr_ipv4: '10.0.0.0/8',
  };

  it('keeps the id of AWS where it is updated in place', () => {
    const result = read([
      {
        address: 'aws_vpc_security_group_ingress_rule.ssh',
        before: SSH_RULE,
        after: { ...SSH_RULE, cidr_ipv4: '10.1.0.0/16' },
      },
    ]);
    expect(changed(result)).toEqual([
      '+sg-web inbound tcp 22 from 10.1.0.0/16',
      '-sg-web inbound tcp 22 from 10.0.0.0/8',
    ]);
    expect(result.change.groups[0]?.after.map(({ id }) => id)).toContain('sgr-web-2');
  });

  it('goes by its id, also where the capture shows it otherwise', () => {
    const before = { ...SSH_RULE, cidr_ipv4: '10.2.0.0/16' };
    expect(changed(read([{ address: 'aws_vpc_security_group_ingress_rule.ssh', before }]))).toEqual([
      '-sg-web inbound tcp 22 from 10.0.0.0/8',
    ]);
  });

  it('reads all kinds of other ends, and both directions', () => {
    const rule = { security_group_id: 'sg-db', ip_protocol: '-1' };
    const result = read([
      { address: 'aws_vpc_security_group_egress_rule.v6', after: { ...rule, cidr_ipv6: '::/0' } },
      { address: 'aws_vpc_security_group_egress_rule.list', after: { ...rule, prefix_list_id: 'pl-offices' } },
      {
        address: 'aws_vpc_security_group_ingress_rule.group',
        after: { ...rule, referenced_security_group_id: 'sg-web' },
      },
    ]);
    expect(changed(result)).toEqual([
      '+sg-db inbound all from sg-web',
      '+sg-db outbound all to ::/0',
      '+sg-db outbound all to pl-offices',
    ]);
  });
});

describe('prefix lists', () => {
  it('change by their own entries', () => {
    const entry = (cidr: string) => ({ cidr, description: '' });
    const result = read([
      {
        address: 'aws_ec2_managed_prefix_list.offices',
        before: { id: 'pl-offices', entry: [entry('192.0.2.0/24')] },
        after: { id: 'pl-offices', entry: [entry('198.51.100.0/24')] },
      },
    ]);
    expect(result.change.prefixLists).toEqual([
      { prefixListId: 'pl-offices', before: [entry('192.0.2.0/24')], after: [entry('198.51.100.0/24')] },
    ]);
  });

  it('change by entries as resources', () => {
    const result = read([
      {
        address: 'aws_ec2_managed_prefix_list_entry.a',
        before: { prefix_list_id: 'pl-offices', cidr: '192.0.2.0/24' },
      },
      {
        address: 'aws_ec2_managed_prefix_list_entry.b',
        after: { prefix_list_id: 'pl-offices', cidr: '203.0.113.0/24' },
      },
    ]);
    expect(result.change.prefixLists.map(({ after }) => after)).toEqual([
      [{ cidr: '203.0.113.0/24', description: '' }],
    ]);
    expect(result.addresses.get('pl-offices')).toBe('aws_ec2_managed_prefix_list_entry.a');
  });
});

const UUID = '0a1b2c3d-0000-4000-8000-0123456789ab';
const IDS = (ids: readonly string[]) => ({ vpc_security_group_ids: ids });
const GROUPS = (ids: readonly string[]) => ({ security_groups: ids });

/** Type, what the interface is known by, the values that name it, and how it lists groups. */
const HOLDERS: readonly (readonly [
  type: string,
  known: Partial<NetworkInterface>,
  values: Record<string, unknown>,
  groups: (ids: readonly string[]) => Record<string, unknown>,
])[] = [
  ['aws_instance', { instanceId: 'i-1' }, { id: 'i-1' }, IDS],
  ['aws_network_interface', {}, { id: 'eni-web' }, GROUPS],
  ['aws_lb', { description: 'ELB app/web/0a1b' }, { arn_suffix: 'app/web/0a1b' }, GROUPS],
  [
    'aws_alb',
    { description: 'ELB app/web/0a1b' },
    { arn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0a1b' },
    GROUPS,
  ],
  ['aws_elb', { description: 'ELB web' }, { name: 'web' }, GROUPS],
  ['aws_db_instance', { description: 'RDSNetworkInterface' }, { id: 'db' }, IDS],
  ['aws_rds_cluster', { description: 'RDSNetworkInterface' }, { cluster_members: ['db-1'] }, IDS],
  [
    'aws_lambda_function',
    { description: `AWS Lambda VPC ENI-orders-${UUID}` },
    { function_name: 'orders' },
    (ids) => ({ vpc_config: [{ security_group_ids: ids }] }),
  ],
  [
    'aws_ecs_service',
    { tags: { 'aws:ecs:serviceName': 'api', 'aws:ecs:clusterName': 'main' } },
    { name: 'api', cluster: 'arn:aws:ecs:eu-west-1:111122223333:cluster/main' },
    (ids) => ({ network_configuration: [{ security_groups: ids }] }),
  ],
  [
    'aws_eks_cluster',
    { description: 'Amazon EKS main' },
    { name: 'main' },
    (ids) => ({ vpc_config: [{ security_group_ids: ids }] }),
  ],
  ['aws_vpc_endpoint', {}, { network_interface_ids: ['eni-web'] }, (ids) => ({ security_group_ids: ids })],
];

describe.each(HOLDERS)('groups of %s', (type, known, values, groups) => {
  const address = `${type}.this`;
  const resource = (after: readonly string[]): ExampleResource => ({
    address,
    before: { ...values, ...groups(['sg-web']) },
    after: { ...values, ...groups(after) },
  });

  it('move its interface', () => {
    const result = read([resource(['sg-db'])], withInterface('eni-web', known));
    expect(moved(result)).toEqual(['+eni-web sg-db', '-eni-web sg-web']);
    expect(result.addresses.get(membershipKey('eni-web', 'sg-web'))).toBe(address);
    expect(result.problems).toEqual([]);
  });

  it('are listed where the inventory does not show its interface', () => {
    const nobody = withInterface('eni-web', { id: 'eni-other' });
    expect(codes(read([resource(['sg-db'])], nobody))).toEqual([`plan-membership-unknown ${address}`]);
  });

  it('that stay the same are no change', () => {
    const result = read([resource(['sg-web'])], withInterface('eni-web', known));
    expect([moved(result), result.problems, result.ignored]).toEqual([[], [], { [type]: 1 }]);
  });

  it('of a new one are of no interface yet', () => {
    const result = read([{ address, after: groups(['sg-web']) }]);
    expect([result.unseen, result.problems]).toEqual([{ [type]: 1 }, []]);
  });
});

describe('memberships', () => {
  const INSTANCE = { id: 'i-1', ...IDS(['sg-web']) };

  it('follow a group that is replaced where the plan says so', () => {
    const result = read(
      [
        {
          address: 'aws_security_group.web',
          actions: ['create', 'delete'],
          before: { ...WEB, ingress: [HTTPS] },
          after: { name: 'web2', vpc_id: 'vpc-1', ingress: [HTTPS] },
          unknown: { id: true },
        },
        {
          address: 'aws_instance.web',
          before: INSTANCE,
          after: { id: 'i-1' },
          unknown: { vpc_security_group_ids: true },
          refers: { vpc_security_group_ids: ['aws_security_group.web.id', 'aws_security_group.web'] },
        },
      ],
      withInterface('eni-web', { instanceId: 'i-1' }),
    );
    expect(moved(result)).toEqual(['+eni-web plan:aws_security_group.web', '-eni-web sg-web']);
    expect(result.problems).toEqual([]);
  });

  it('keep their groups where those afterwards are not known', () => {
    const result = read(
      [
        {
          address: 'aws_instance.web',
          before: INSTANCE,
          after: { id: 'i-1', vpc_security_group_ids: ['sg-db', null] },
          unknown: { vpc_security_group_ids: [false, true] },
          refers: { vpc_security_group_ids: ['local.groups'] },
        },
      ],
      withInterface('eni-web', { instanceId: 'i-1' }),
    );
    expect(moved(result)).toEqual(['+eni-web sg-db']);
    expect(codes(result)).toEqual(['plan-value-unknown aws_instance.web']);
  });

  it('of an instance are those of its primary interface', () => {
    const today = withInterface('eni-db', { instanceId: 'i-1' }, withInterface('eni-web', { instanceId: 'i-1' }));
    const named = (primary: object) => ({
      address: 'aws_instance.web',
      before: { ...INSTANCE, ...primary },
      after: { ...INSTANCE, ...IDS([]) },
    });
    expect(moved(read([named({ primary_network_interface_id: 'eni-web' })], today))).toEqual(['-eni-web sg-web']);
    expect(moved(read([named({})], today))).toEqual(['-eni-web sg-web']);
    const alike = withInterface('eni-db', { groupIds: ['sg-web'] }, today);
    expect(codes(read([named({})], alike))).toEqual(['plan-membership-unknown aws_instance.web']);
  });

  it('of databases with the same groups are not told apart', () => {
    const rds = { description: 'RDSNetworkInterface', groupIds: ['sg-web'] };
    const today = withInterface('eni-db', rds, withInterface('eni-web', rds));
    const values = { id: 'db', ...IDS(['sg-web']) };
    const result = read([{ address: 'aws_db_instance.db', before: values, after: { ...values, ...IDS([]) } }], today);
    expect(codes(result)).toEqual(['plan-membership-unknown aws_db_instance.db']);
  });

  it('come and go by attachments', () => {
    const attachment = { network_interface_id: 'eni-web', security_group_id: 'sg-db' };
    const address = 'aws_network_interface_sg_attachment.a';
    expect(moved(read([{ address, after: attachment }]))).toEqual(['+eni-web sg-db']);
    const before = { ...attachment, security_group_id: 'sg-web' };
    expect(moved(read([{ address, before }]))).toEqual(['-eni-web sg-web']);
    const replaced = read([{ address, actions: ['create', 'delete'], before, after: attachment }]);
    expect(moved(replaced)).toEqual(['+eni-web sg-db', '-eni-web sg-web']);
  });

  it('of what is replaced or deleted are told as assumptions', () => {
    const today = withInterface('eni-web', { instanceId: 'i-1' });
    const replaced: ExampleResource = {
      address: 'aws_instance.web',
      actions: ['delete', 'create'],
      before: INSTANCE,
      after: IDS(['sg-db']),
    };
    expect(moved(read([replaced], today))).toEqual(['+eni-web sg-db', '-eni-web sg-web']);
    expect(codes(read([replaced], today))).toEqual(['plan-assumed aws_instance.web']);
    expect(codes(read([{ address: 'aws_instance.web', before: INSTANCE }], today))).toEqual([
      'plan-assumed aws_instance.web',
    ]);
  });
});

describe('other types', () => {
  it('are counted where they have nothing to do with groups', () => {
    const result = read([
      { address: 'aws_s3_bucket.a', after: { bucket: 'a' } },
      { address: 'aws_s3_bucket.b', before: { bucket: 'b' } },
    ]);
    expect([result.ignored, result.problems]).toEqual([{ aws_s3_bucket: 2 }, []]);
  });

  it('are listed where their name is about groups, or their groups change', () => {
    const cache = (ids: readonly string[]) => ({ id: 'c', security_group_ids: ids });
    const result = read([
      { address: 'aws_security_group_vpc_association.a', after: { security_group_id: 'sg-web' } },
      { address: 'aws_elasticache_cluster.a', before: cache(['sg-web']), after: cache(['sg-db']) },
      { address: 'aws_elasticache_cluster.b', before: cache(['sg-web']), after: { ...cache(['sg-web']), size: 2 } },
      { address: 'aws_elasticache_cluster.c', after: cache(['sg-web']) },
      { address: 'aws_launch_template.a', before: { ...IDS(['sg-web']) }, after: { ...IDS(['sg-db']) } },
    ]);
    expect(codes(result)).toEqual([
      'plan-type-unknown aws_security_group_vpc_association.a',
      'plan-type-unknown aws_elasticache_cluster.a',
      'plan-type-unknown aws_launch_template.a',
    ]);
    expect([result.ignored, result.unseen]).toEqual([{ aws_elasticache_cluster: 1 }, { aws_elasticache_cluster: 1 }]);
  });

  it('and actions that are not known are listed', () => {
    const result = read([{ address: 'aws_security_group.web', actions: ['transmogrify'], before: WEB, after: WEB }]);
    expect(codes(result)).toEqual(['plan-item-unreadable aws_security_group.web']);
  });

  it('have no type that means something to JavaScript alone', () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    const result = read(names.map((type) => ({ address: `${type}.x`, type, after: {} })));
    expect(Object.keys(result.ignored).sort()).toEqual([...names].sort());
  });

  it('are listed where a plan of their own tells what they do, or a later plan', () => {
    const document = {
      ...planOf([{ address: 'aws_cloudformation_stack.a', before: { name: 'a' }, after: { name: 'b' } }]),
      deferred_changes: [
        {
          reason: 'instance_count_unknown',
          resource_change: { type: 'aws_security_group', address: 'aws_security_group.later' },
        },
        {
          reason: 'instance_count_unknown',
          resource_change: { type: 'aws_s3_bucket', address: 'aws_s3_bucket.later' },
        },
      ],
    };
    expect(codes(readPlanDocument(document, inventoryOf(ACCOUNT)))).toEqual([
      'plan-value-unknown aws_security_group.later',
      'plan-type-unknown aws_cloudformation_stack.a',
    ]);
  });
});

it('the how-to names every type that is understood', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/how-to/gate-terraform-plans.md'), 'utf8');
  expect(TERRAFORM_TYPES.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
  expect(CLOUDFORMATION_TYPES.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
});
