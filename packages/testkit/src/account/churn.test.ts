import type { InventorySnapshot, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import { groupBy, smallAccount } from './testing.ts';
import type { ConnectionTruth } from './truth.ts';

const account = simulateAccount(smallAccount(71, { records: 12_000, features: { churn: true } }));
const { connections, rules } = account.collect();

const stateWith = (words: string) =>
  account.states.find(({ changes }) => changes.some((text) => text.includes(words)))!;
const before = (words: string) => account.states[account.states.indexOf(stateWith(words)) - 1]!;

const interfacesOf = ({ interfaces, groups }: InventorySnapshot, groupName: string) => {
  const group = groups.find((one) => one.groupName === groupName)!;
  return interfaces.filter(({ groupIds }) => groupIds.includes(group.id));
};
const rulesOf = ({ groups }: InventorySnapshot, groupName: string): readonly SecurityGroupRule[] =>
  groups.find((one) => one.groupName === groupName)!.rules;
const ofService = (name: string): ConnectionTruth[] => connections.filter(({ service }) => service === name);
const admittedBy = (id: string) => connections.filter((row) => row.rules.some(({ ruleId }) => ruleId === id));

describe('churn', () => {
  it('is there only if asked for, and then comes in the order of time', () => {
    expect(simulateAccount(smallAccount(71)).states.length).toBe(7);
    expect(account.states.length).toBe(19);
    const times = account.states.map(({ from }) => from);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it.each([
    ['main-old-batch', 'batch jobs, which', 'jobs are done', 'job-job', 2],
    ['main-monitoring', 'an agent asks', 'agent is gone', 'agent-web', 1],
  ])(
    'interfaces of %s live for one stretch, and use a rule that is of no use else',
    (group, come, go, service, count) => {
      const lives = account.states.map(({ snapshot }) => interfacesOf(snapshot, group).length);
      expect(lives.filter((length) => length > 0)).toEqual([count]);
      expect(lives[account.states.indexOf(stateWith(come))]).toBe(count);
      const rows = ofService(service).filter(({ action, initiator }) => action === 'ACCEPT' && initiator === 'remote');
      expect(rows.length).toBeGreaterThan(5);
      for (const { began } of rows) {
        expect(began).toBeGreaterThan(stateWith(come).from);
        expect(began).toBeLessThan(stateWith(go).from);
      }
      const { ruleId } = rows[0]!.rules[0]!;
      expect(admittedBy(ruleId).every((row) => row.service === service)).toBe(true);
    },
  );

  it('takes a group off an interface', () => {
    const [host] = interfacesOf(account.states[0]!.snapshot, 'main-legacy-admin');
    const after = stateWith('loses the group').snapshot;
    expect(interfacesOf(after, 'main-legacy-admin')).toEqual([]);
    expect(after.interfaces.some(({ id }) => id === host!.id)).toBe(true);
  });

  it('replaces a member of a group by another one with another address', () => {
    const [was, is] = [before('Auto scaling'), stateWith('Auto scaling')].map(({ snapshot }) =>
      interfacesOf(snapshot, 'main-app'),
    );
    const gone = was!.filter(({ id }) => !is!.some((one) => one.id === id));
    const come = is!.filter(({ id }) => !was!.some((one) => one.id === id));
    expect([gone.length, come.length]).toEqual([1, 1]);
    expect(come[0]!.groupIds).toEqual(gone[0]!.groupIds);
    expect(come[0]!.addresses[0]).not.toBe(gone[0]!.addresses[0]);
    expect(connections.some(({ interfaceId }) => interfaceId === come[0]!.id)).toBe(true);
    const { instances } = stateWith('Auto scaling').snapshot;
    expect(instances.some(({ id }) => id === gone[0]!.instanceId)).toBe(false);
    expect(instances.find(({ id }) => id === come[0]!.instanceId)?.launchTime).toBe(
      stateWith('Auto scaling').snapshot.capturedAt,
    );
  });

  it('makes an interface anew at the same address, which opens no connection a second time', () => {
    const [was, is] = [before('Lambda makes'), stateWith('Lambda makes')].map(
      ({ snapshot }) => interfacesOf(snapshot, 'main-lambda')[0]!,
    );
    expect(is!.id).not.toBe(was!.id);
    expect(is!.addresses[0]).toBe(was!.addresses[0]);
    const rows = connections.filter(({ peerAddress }) => peerAddress === was!.addresses[0]);
    const byTuple = groupBy(rows, (row) => `${row.interfaceId} ${row.localPort} ${row.peerPort}`);
    for (const same of byTuple.values()) expect(same.filter(({ reuses }) => reuses === null).length).toBe(1);
  });

  it('puts an entry into a list and takes it out, each time with another version', () => {
    const lists = account.states.map(
      ({ snapshot }) => snapshot.prefixLists.find(({ prefixListName }) => prefixListName === 'partners')!,
    );
    expect([...new Set(lists.map(({ version, entries }) => `${version}: ${entries!.length}`))]).toEqual([
      '1: 1',
      '2: 2',
      '3: 1',
    ]);
    const [from, to] = [stateWith('partner comes').from, stateWith('partner goes').from];
    const { vpcId } = interfacesOf(account.states[0]!.snapshot, 'main-app')[0]!;
    const rows = ofService('partners').filter((row) => row.vpcId === vpcId);
    for (const { action, began } of rows) expect(action).toBe(from <= began && began < to ? 'ACCEPT' : 'REJECT');
    expect(new Set(rows.map(({ action }) => action)).size).toBe(2);
  });

  it.each([
    ['data centre', 'main-app', 'data-centre'],
    ['from the offices', 'main-bastion', 'office-ssh'],
  ])('puts a narrower rule in the place of the one for the %s', (words, group, service) => {
    const [was, is] = [before(words), stateWith(words)].map(({ snapshot }) => rulesOf(snapshot, group));
    const gone = was!.filter(({ id }) => !is!.some((one) => one.id === id));
    const come = is!.filter(({ id }) => !was!.some((one) => one.id === id));
    expect([gone.length, come.length]).toEqual([1, 1]);
    expect(admittedBy(gone[0]!.id).some((row) => row.service === service)).toBe(true);
    expect(rules.find(({ ruleId }) => ruleId === gone[0]!.id)?.to).toBe(stateWith(words).from);
  });

  it('deletes a peering: rules that refer across it are stale, and nothing goes across it any more', () => {
    const { snapshot, from } = stateWith('DeleteVpcPeering');
    const stale = snapshot.groups
      .flatMap((group) => group.rules)
      .filter(({ peer }) => peer.kind === 'group' && peer.peeringStatus === 'deleted');
    expect(stale.length).toBe(4);
    expect(snapshot.peerings.map(({ status }) => status)).toEqual(['deleted']);
    expect(stale.some(({ id }) => admittedBy(id).length > 0)).toBe(true);
    for (const { service, began, ended } of connections) {
      if (!['shared-cache', 'shared-search', 'resolver', 'time-peers'].includes(service)) continue;
      expect(began).toBeLessThan(from);
      expect(ended).toBeLessThan(from + 1200);
    }
  });
});
