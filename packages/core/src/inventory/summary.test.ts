import { describe, expect, it } from 'vitest';
import { readInventory } from './read.ts';
import { summariseInventory } from './summary.ts';

const summary = (...answers: readonly object[]) =>
  summariseInventory(
    readInventory(
      answers.map((answer, index) => ({ source: `${index}.json`, text: JSON.stringify(answer) })),
      { capturedAt: '2026-01-01T00:00:00.000Z' },
    ).snapshot,
  );

const rule = (id: string, groupId: string, peer: object) => ({
  SecurityGroupRuleId: id,
  GroupId: groupId,
  GroupOwnerId: '111122223333',
  IsEgress: false,
  IpProtocol: '-1',
  SecurityGroupRuleArn: `arn:aws:ec2:eu-west-1:111122223333:security-group-rule/${id}`,
  ...peer,
});

describe('summariseInventory', () => {
  it('counts by account and region', () => {
    const { scopes, totals } = summary(
      {
        NetworkInterfaces: [
          {
            NetworkInterfaceId: 'eni-0a',
            OwnerId: '123456789012',
            AvailabilityZone: 'us-east-1a',
            VpcId: 'vpc-0a',
            Groups: [{ GroupId: 'sg-0a' }],
          },
          {
            NetworkInterfaceId: 'eni-0b',
            OwnerId: '111122223333',
            AvailabilityZone: 'eu-west-1a',
            Groups: [{ GroupId: 'sg-0a' }],
          },
        ],
      },
      {
        SecurityGroups: [
          {
            GroupId: 'sg-0a',
            GroupName: 'web',
            Description: 'web',
            OwnerId: '123456789012',
            VpcId: 'vpc-0a',
            IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
          },
        ],
      },
      {
        Vpcs: [
          { VpcId: 'vpc-0a', OwnerId: '123456789012', CidrBlock: '10.0.0.0/16' },
          { VpcId: 'vpc-0b', CidrBlock: '10.1.0.0/16' },
        ],
      },
    );
    expect(totals).toMatchObject({ interfaces: 2, groups: 1, rules: 1, vpcs: 2 });
    expect(scopes).toEqual([
      { accountId: '111122223333', region: 'eu-west-1', interfaces: 1, groups: 0, rules: 0, vpcs: 0 },
      { accountId: '123456789012', region: 'us-east-1', interfaces: 1, groups: 1, rules: 1, vpcs: 1 },
      { accountId: null, region: null, interfaces: 0, groups: 0, rules: 0, vpcs: 1 },
    ]);
  });

  it('names what is missing and the command that gives it', () => {
    const { gaps } = summary(
      {
        NetworkInterfaces: [
          { NetworkInterfaceId: 'eni-0a', Groups: [{ GroupId: 'sg-0a' }, { GroupId: 'sg-0c' }] },
          { NetworkInterfaceId: 'eni-0b', Groups: [] },
          { NetworkInterfaceId: 'eni-0c', InterfaceType: 'natGateway', Groups: [] },
        ],
      },
      {
        SecurityGroups: [
          {
            GroupId: 'sg-0a',
            GroupName: 'web',
            Description: 'web',
            VpcId: 'vpc-0a',
            IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0d' }] }],
          },
        ],
      },
      {
        SecurityGroupRules: [
          rule('sgr-0a', 'sg-0b', { PrefixListId: 'pl-0a' }),
          rule('sgr-0b', 'sg-0b', { PrefixListId: 'pl-0b' }),
        ],
      },
      { PrefixLists: [{ PrefixListId: 'pl-0a', PrefixListName: 'offices' }] },
    );
    expect(gaps.map(({ code, ids }) => [code, ids])).toEqual([
      ['group-missing', ['sg-0c', 'sg-0d']],
      ['group-not-described', ['sg-0b']],
      ['rule-without-id', ['sg-0a']],
      ['prefix-list-missing', ['pl-0b']],
      ['prefix-list-without-entries', ['pl-0a']],
      ['interface-without-group', ['eni-0b']],
    ]);
  });

  it('says that nothing can be judged without interfaces and groups', () => {
    expect(summary({ Vpcs: [] }).gaps.map(({ code }) => code)).toEqual(['no-interfaces', 'no-groups']);
  });
});
