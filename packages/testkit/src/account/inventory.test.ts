import { readInventory } from '@flowfit/core/inventory/read';
import { expect, it, describe as suite } from 'vitest';
import { simulateAccount } from './account.ts';
import { describe } from './inventory.ts';
import { smallAccount } from './testing.ts';

const account = simulateAccount(smallAccount(31, { sites: 2, interfaces: 60 }));

const read = (names: (name: string) => boolean, snapshot = account.snapshots[0]!) =>
  readInventory(
    describe(snapshot)
      .filter(({ name }) => names(name))
      .map(({ name, document }) => ({ source: name, text: JSON.stringify(document) })),
    { capturedAt: snapshot.capturedAt },
  );

suite('inventory in the words of the AWS CLI', () => {
  it('reads back as the states that it describes, without a complaint', () => {
    expect(account.snapshots.length).toBeGreaterThan(5);
    const { snapshots } = simulateAccount(smallAccount(32, { features: { churn: true } }));
    for (const snapshot of [...account.snapshots, ...snapshots]) {
      const { snapshot: back, problems } = read(() => true, snapshot);
      expect(problems).toEqual([]);
      expect(back).toEqual(snapshot);
    }
  });

  it('has the same rules, though not their ids, in the answer about groups', () => {
    const withIds = read((name) => !name.includes('describe-security-groups')).snapshot.groups.flatMap(
      ({ rules }) => rules,
    );
    const folded = read((name) => !name.includes('security-group-rules')).snapshot.groups.flatMap(({ rules }) => rules);
    const tuples = (rules: typeof folded) =>
      rules.map(({ id, ...tuple }) => JSON.stringify(tuple, Object.keys(tuple).sort())).sort();
    expect(folded.length).toBe(withIds.length);
    expect(tuples(folded)).toEqual(tuples(withIds));
  });

  it('has what findings are about: groups without interfaces, only referenced ones, lists, overlapping ranges', () => {
    const { groups, interfaces, vpcs, prefixLists, peerings } = account.snapshots[0]!;
    const attached = new Set(interfaces.flatMap(({ groupIds }) => groupIds));
    const referenced = new Set(
      groups.flatMap((group) =>
        group.rules.flatMap(({ peer, groupId }) =>
          peer.kind === 'group' && peer.groupId !== groupId ? [peer.groupId] : [],
        ),
      ),
    );
    const loose = groups.filter(({ id }) => !attached.has(id));
    expect(loose.some(({ id }) => referenced.has(id))).toBe(true);
    expect(loose.some(({ id }) => !referenced.has(id))).toBe(true);
    expect(vpcs.filter(({ cidrs }) => cidrs.includes('10.0.0.0/16')).length).toBe(4);
    expect(prefixLists.every(({ entries }) => entries !== null && entries.length > 1)).toBe(true);
    expect(peerings.map(({ status }) => status)).toEqual(['active', 'active']);
    expect(new Set(interfaces.map(({ type }) => type))).toEqual(
      new Set(['interface', 'nat_gateway', 'lambda', 'vpc_endpoint']),
    );
  });
});
