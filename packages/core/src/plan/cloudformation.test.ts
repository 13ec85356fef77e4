/** Templates and change sets of CloudFormation. */
import { describe, expect, it } from 'vitest';
import { changed } from '../../test/plans.ts';
import { inventoryOf } from '../analysis/example-account.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import type { PlanRead } from './model.ts';
import { type PlanOptions, readPlanDocument } from './read.ts';

const TAGS = (logicalId: string, stack = 'shop') => ({
  'aws:cloudformation:stack-name': stack,
  'aws:cloudformation:logical-id': logicalId,
});

const LOGICAL: Readonly<Record<string, string>> = { 'sg-db': 'Db', 'sg-web': 'Web', 'eni-web': 'WebInterface' };

const today = (stacks: readonly string[] = ['shop']): InventorySnapshot => {
  const some = inventoryOf({
    groups: {
      'sg-db': ['inbound tcp 5432 from sg-web', 'outbound all to 0.0.0.0/0'],
      'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.0.0/8', 'outbound all to 0.0.0.0/0'],
    },
    interfaces: {
      'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
      'eni-lb': { groups: ['sg-web'], addresses: ['10.0.0.3'] },
    },
  });
  const tagged = <T extends { readonly id: string }>(items: readonly T[]): T[] =>
    items.map((item, index) => {
      const logicalId = LOGICAL[item.id];
      return logicalId === undefined ? item : { ...item, tags: TAGS(logicalId, stacks[index % stacks.length]) };
    });
  return {
    ...some,
    groups: tagged(some.groups),
    interfaces: tagged(some.interfaces).map((one) =>
      one.id === 'eni-lb' ? { ...one, description: 'ELB app/web/0a1b' } : one,
    ),
  };
};

const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' };
const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: '22', CidrIp: '10.0.0.0/8' };

const group = (Properties: object) => ({ Type: 'AWS::EC2::SecurityGroup', Properties });

const read = (document: object, options: PlanOptions = {}, state = today()): PlanRead =>
  readPlanDocument(document, state, options);

const codes = ({ problems }: PlanRead): string[] => problems.map(({ code, address }) => `${code} ${address}`);

describe('a template', () => {
  it('stands for the groups that have its tags, and says what they are afterwards', () => {
    const result = read({
      Parameters: { Office: { Type: 'String', Default: '192.0.2.0/24' } },
      Resources: {
        Web: group({ SecurityGroupIngress: [HTTPS, { ...SSH, CidrIp: { Ref: 'Office' } }] }),
      },
    });
    expect(changed(result)).toEqual([
      '+sg-web inbound tcp 22 from 192.0.2.0/24',
      '-sg-web inbound tcp 22 from 10.0.0.0/8',
    ]);
    expect(codes(result)).toEqual(['plan-assumed Web']);
    expect(result.addresses.get('sgr-web-2')).toBe('Web');
  });

  it('changes nothing where it says what stands', () => {
    const result = read({
      Resources: {
        Web: group({ SecurityGroupIngress: [HTTPS, SSH] }),
        Db: group({}),
        FromWeb: {
          Type: 'AWS::EC2::SecurityGroupIngress',
          Properties: {
            ...{ GroupId: { 'Fn::GetAtt': ['Db', 'GroupId'] }, IpProtocol: '6', FromPort: 5432, ToPort: 5432 },
            SourceSecurityGroupId: { Ref: 'Web' },
          },
        },
      },
    });
    expect([changed(result), result.problems]).toEqual([[], []]);
  });

  it('creates groups that nobody has, with the rule that AWS gives them', () => {
    const result = read({ Resources: { New: group({ VpcId: 'vpc-1', SecurityGroupIngress: [HTTPS] }) } });
    expect(changed(result)).toEqual([
      'created plan:New',
      '+plan:New inbound tcp 443 from 0.0.0.0/0',
      '+plan:New outbound all to 0.0.0.0/0',
    ]);
  });

  it('resolves mappings, joined and substituted text', () => {
    const rule = (CidrIp: unknown) => ({ ...SSH, CidrIp });
    const result = read({
      Parameters: { Net: { Type: 'String', Default: '192.0.2' } },
      Mappings: { Offices: { main: { cidr: '203.0.113.0/24' } } },
      Resources: {
        New: group({
          SecurityGroupEgress: [],
          SecurityGroupIngress: [
            rule({ 'Fn::FindInMap': ['Offices', 'main', 'cidr'] }),
            rule({ 'Fn::Join': ['', [{ Ref: 'Net' }, '.0/25']] }),
            rule({ 'Fn::Sub': '${Net}.128/25' }),
          ],
        }),
      },
    });
    expect(changed(result).slice(1)).toEqual([
      '+plan:New inbound tcp 22 from 192.0.2.0/25',
      '+plan:New inbound tcp 22 from 192.0.2.128/25',
      '+plan:New inbound tcp 22 from 203.0.113.0/24',
    ]);
  });

  it('lists what only the deployment tells', () => {
    const rule = { ...SSH, CidrIp: { 'Fn::ImportValue': 'office' } };
    const result = read({
      Resources: {
        New: group({ SecurityGroupIngress: [rule] }),
        Lb: {
          Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
          Properties: { SecurityGroups: [{ Ref: 'New' }] },
        },
        Cache: { Type: 'AWS::ElastiCache::CacheCluster', Properties: { VpcSecurityGroupIds: [{ Ref: 'New' }] } },
        Web: { ...group({}), Condition: 'IsMain' },
        Bucket: { Type: 'AWS::S3::Bucket' },
        Nested: { Type: 'AWS::CloudFormation::Stack' },
      },
      Transform: 'AWS::Serverless-2016-10-31',
    });
    expect(codes(result)).toEqual([
      'plan-assumed Web',
      'plan-value-unknown Transform',
      'plan-value-unknown New',
      'plan-membership-unknown Lb',
      'plan-type-unknown Cache',
      'plan-type-unknown Nested',
    ]);
    expect(result.ignored).toEqual({ 'AWS::S3::Bucket': 1 });
  });

  it('moves interfaces that have its tags', () => {
    const result = read({
      Resources: {
        WebInterface: { Type: 'AWS::EC2::NetworkInterface', Properties: { GroupSet: ['sg-db'] } },
      },
    });
    expect(result.change.interfaces).toEqual([{ interfaceId: 'eni-web', added: ['sg-db'], removed: ['sg-web'] }]);
  });

  it('of several possible stacks needs the name of one', () => {
    const state = today(['blue', 'green']);
    const template = { Resources: { Web: group({ SecurityGroupIngress: [HTTPS] }), Db: group({}) } };
    expect(() => read(template, {}, state)).toThrow(expect.objectContaining({ code: 'plan-stack-unclear' }));
    expect(changed(read(template, { stack: 'green' }, state)).slice(0, 2)).toEqual([
      'created plan:Db',
      '+plan:Db outbound all to 0.0.0.0/0',
    ]);
  });
});

const change = (LogicalResourceId: string, ResourceType: string, more: object) => ({
  Type: 'Resource',
  ResourceChange: { Action: 'Modify', LogicalResourceId, ResourceType, ...more },
});

const context = (Properties: object): string => JSON.stringify({ Properties });

const details = (...names: string[]) => names.map((Name) => ({ Target: { Attribute: 'Properties', Name } }));

describe('a change set', () => {
  const changeSet = (...Changes: object[]) => ({
    StackName: 'shop',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/0a',
    Changes,
  });

  it('with property values tells exactly what changes', () => {
    const result = read(
      changeSet(
        change('Web', 'AWS::EC2::SecurityGroup', {
          PhysicalResourceId: 'sg-web',
          Replacement: 'False',
          Details: details('SecurityGroupIngress'),
          BeforeContext: context({ SecurityGroupIngress: [SSH] }),
          AfterContext: context({ SecurityGroupIngress: [{ ...SSH, CidrIp: '10.1.0.0/16' }] }),
        }),
      ),
    );
    expect(changed(result)).toEqual([
      '+sg-web inbound tcp 22 from 10.1.0.0/16',
      '-sg-web inbound tcp 22 from 10.0.0.0/8',
    ]);
    expect(result.problems).toEqual([]);
  });

  it('without them needs the template, and says so', () => {
    const document = changeSet(
      change('Web', 'AWS::EC2::SecurityGroup', {
        PhysicalResourceId: 'sg-web',
        Replacement: 'False',
        Details: details('SecurityGroupIngress'),
      }),
    );
    expect(codes(read(document))).toEqual(['plan-value-unknown Web']);
    const template = { Resources: { Web: group({ SecurityGroupIngress: [HTTPS] }) } };
    expect(changed(read(document, { template }))).toEqual(['-sg-web inbound tcp 22 from 10.0.0.0/8']);
  });

  it('adds, replaces and removes groups and rules', () => {
    const result = read(
      changeSet(
        change('New', 'AWS::EC2::SecurityGroup', { Action: 'Add', AfterContext: context({ SecurityGroupEgress: [] }) }),
        change('Db', 'AWS::EC2::SecurityGroup', {
          PhysicalResourceId: 'sg-db',
          Replacement: 'True',
          AfterContext: context({ SecurityGroupIngress: [HTTPS], SecurityGroupEgress: [] }),
        }),
        change('Ssh', 'AWS::EC2::SecurityGroupIngress', { Action: 'Remove', PhysicalResourceId: 'sgr-web-2' }),
        change('FromNew', 'AWS::EC2::SecurityGroupIngress', {
          Action: 'Add',
          AfterContext: context({
            ...HTTPS,
            CidrIp: undefined,
            GroupId: 'sg-web',
            SourceSecurityGroupId: { Ref: 'New' },
          }),
        }),
      ),
    );
    expect(changed(result)).toEqual([
      'created plan:Db',
      '+plan:Db inbound tcp 443 from 0.0.0.0/0',
      'created plan:New',
      'deleted sg-db',
      '-sg-db inbound tcp 5432 from sg-web',
      '-sg-db outbound all to 0.0.0.0/0',
      '+sg-web inbound tcp 443 from plan:New',
      '-sg-web inbound tcp 22 from 10.0.0.0/8',
    ]);
  });

  it('moves the interfaces of a load balancer, and lists those of others', () => {
    const groups = { Details: details('SecurityGroups'), AfterContext: context({ SecurityGroups: ['sg-db'] }) };
    const result = read(
      changeSet(
        change('Lb', 'AWS::ElasticLoadBalancingV2::LoadBalancer', {
          ...groups,
          PhysicalResourceId: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0a1b',
        }),
        change('Cache', 'AWS::ElastiCache::CacheCluster', { Details: details('VpcSecurityGroupIds') }),
        change('Bucket', 'AWS::S3::Bucket', { Details: details('Tags') }),
      ),
    );
    expect(result.change.interfaces).toEqual([{ interfaceId: 'eni-lb', added: ['sg-db'], removed: ['sg-web'] }]);
    expect(codes(result)).toEqual(['plan-type-unknown Cache']);
    expect(result.ignored).toEqual({ 'AWS::S3::Bucket': 1 });
  });

  it('of another account is refused, and so is a part of one', () => {
    const other = { ...changeSet(), StackId: 'arn:aws:cloudformation:eu-west-1:444455556666:stack/shop/0a' };
    expect(() => read(other)).toThrow(expect.objectContaining({ code: 'plan-other-account' }));
    expect(() => read({ ...changeSet(), NextToken: 'more' })).toThrow(
      expect.objectContaining({ code: 'plan-invalid' }),
    );
  });
});
