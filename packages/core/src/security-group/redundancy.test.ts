import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, cidrPeer, packets, plainGroupPeer } from '../../test/accounts.ts';
import { inventoryOf } from '../analysis/example-account.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { admitsByBruteForce } from './brute-force.ts';
import { strengthOf } from './packet.ts';
import { findRedundancies } from './redundancy.ts';

const STRENGTH = { none: 0, possible: 1, certain: 2 };

function without(snapshot: InventorySnapshot, ruleIds: ReadonlySet<string>): InventorySnapshot {
  const groups = snapshot.groups.map((group) => ({
    ...group,
    rules: group.rules.filter(({ id }) => !ruleIds.has(id)),
  }));
  return { ...snapshot, groups };
}

const suggestions = (account: Parameters<typeof inventoryOf>[0]) =>
  findRedundancies(inventoryOf(account)).map(({ rule, impliedBy, restsOn, acrossGroups }) => ({
    rule: rule.description,
    by: impliedBy.map(({ description }) => description),
    ...(restsOn.length > 0 ? { restsOn } : {}),
    ...(acrossGroups.length > 0 ? { acrossGroups } : {}),
  }));

describe('findRedundancies', () => {
  it('never cuts access, whichever of its suggestions are followed', () => {
    let found = 0;
    const peer = fc.oneof(cidrPeer, plainGroupPeer);
    fc.assert(
      fc.property(
        fc.oneof(accounts(peer), accounts()),
        fc.array(packets, { minLength: 10, maxLength: 10 }),
        fc.nat(),
        (snapshot, questions, mask) => {
          const ids = findRedundancies(snapshot).map(({ rule }) => rule.id);
          found += ids.length;
          const some = new Set(ids.filter((_, index) => (mask >> (index % 30)) & 1));
          for (const removed of [new Set(ids), some]) {
            const after = without(snapshot, removed);
            for (const { vpcId, groupIds } of snapshot.interfaces) {
              for (const question of questions) {
                const packet = { ...question, vpcId, groupIds };
                const [before, now] = [snapshot, after].map(
                  (one) => STRENGTH[strengthOf(admitsByBruteForce(one, packet))],
                );
                expect(now).toBeGreaterThanOrEqual(before ?? 0);
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('suggests one of two identical rules, not both', () => {
    const account = { groups: { 'sg-a': ['inbound tcp 443 from 10.0.0.0/8', 'inbound tcp 443 from 10.0.0.0/8'] } };
    expect(suggestions(account)).toHaveLength(1);
  });

  it('finds a rule that two others imply only together', () => {
    expect(
      suggestions({
        groups: {
          'sg-a': [
            'inbound tcp 80-90 from 10.0.0.0/24',
            'inbound tcp 80-85 from 10.0.0.0/16',
            'inbound all from 10.0.0.0/25',
            'inbound tcp 86-99 from 10.0.0.128/25',
          ],
        },
      }),
    ).toEqual([
      {
        rule: 'inbound tcp 80-90 from 10.0.0.0/24',
        by: [
          'inbound tcp 80-85 from 10.0.0.0/16',
          'inbound all from 10.0.0.0/25',
          'inbound tcp 86-99 from 10.0.0.128/25',
        ],
      },
    ]);
  });

  it('knows ICMP types', () => {
    const groups = {
      'sg-a': ['inbound icmp 8 from 10.0.0.0/8', 'inbound icmp all from 10.0.0.0/8', 'inbound icmp 3-4 from 0.0.0.0/0'],
    };
    expect(suggestions({ groups }).map(({ rule }) => rule)).toEqual(['inbound icmp 8 from 10.0.0.0/8']);
  });

  it('crosses groups only where every interface with the one has the other', () => {
    const groups = { 'sg-a': ['inbound tcp 22 from 10.0.0.1/32'], 'sg-b': ['inbound tcp 22 from 10.0.0.0/8'] };
    const together = { 'eni-1': { groups: ['sg-a', 'sg-b'] } };
    expect(suggestions({ groups, interfaces: together })).toEqual([
      { rule: 'inbound tcp 22 from 10.0.0.1/32', by: ['inbound tcp 22 from 10.0.0.0/8'], acrossGroups: ['sg-b'] },
    ]);
    expect(suggestions({ groups, interfaces: { ...together, 'eni-2': { groups: ['sg-a'] } } })).toEqual([]);
    expect(suggestions({ groups })).toEqual([]);
  });

  it('takes a reference for the whole VPC, not for its members of today', () => {
    const interfaces = { 'eni-1': { groups: ['sg-b'], addresses: ['10.0.0.7'] } };
    const narrow = { 'sg-a': ['inbound tcp 22 from sg-b', 'inbound tcp 22 from 10.0.0.7/32'], 'sg-b': [] };
    expect(suggestions({ groups: narrow, interfaces })).toEqual([]);
    const wide = {
      'sg-a': ['inbound tcp 22 from sg-b', 'inbound tcp 22 from 10.0.0.0/8', 'inbound tcp 22 from 2001:db8::/32'],
      'sg-b': [],
    };
    expect(suggestions({ groups: wide, interfaces })).toEqual([
      { rule: 'inbound tcp 22 from sg-b', by: ['inbound tcp 22 from 10.0.0.0/8', 'inbound tcp 22 from 2001:db8::/32'] },
    ]);
    const balanced = { 'eni-1': { groups: ['sg-b'], addresses: ['10.0.0.7'], type: 'network_load_balancer' } };
    expect(suggestions({ groups: wide, interfaces: balanced })).toEqual([]);
  });

  it('names the prefix lists it rests on', () => {
    const groups = { 'sg-a': ['inbound tcp 22 from pl-a', 'inbound tcp 22 from 192.0.2.1/32'] };
    expect(suggestions({ groups, prefixLists: { 'pl-a': ['192.0.2.0/24'] } })).toEqual([
      { rule: 'inbound tcp 22 from 192.0.2.1/32', by: ['inbound tcp 22 from pl-a'], restsOn: ['pl-a'] },
    ]);
  });
});
