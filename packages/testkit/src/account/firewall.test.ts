/** The simulated account is an oracle: these tests hold it to AWS's description of security groups, in other words. */
import type { NetworkInterface, SecurityGroupRule } from '@flowfit/core/inventory/model';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { type Account, simulateAccount } from './account.ts';
import { filtered, groupBy, parsedRecords, smallAccount, tupleOfConnection, tupleOfRecord } from './testing.ts';
import type { ConnectionTruth } from './truth.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('security groups', () => {
  it.each(SEEDS)('nothing is accepted without a rule or rejected against one: seed %i', (seed) => {
    for (const row of filtered(simulateAccount(smallAccount(seed)).collect())) {
      const admits = row.rules.length > 0 || row.possibleRules.some((rule) => rule.admits);
      if (row.action === 'ACCEPT') expect(admits, JSON.stringify(row)).toBe(true);
      else expect(row.rules).toEqual([]);
      expect(row.action === 'REJECT').toBe(row.rejectedBy !== null);
      if (row.action === 'REJECT') expect(row.answered).toBe(false);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7])(
    'every rule named admits, no other one does, read from the inventory alone: seed %i',
    (seed) => {
      const account = simulateAccount(smallAccount(seed, { features: { churn: seed > 4 } }));
      for (const row of filtered(account.collect())) {
        if (row.rejectedBy === 'network-acl') continue;
        const admitting = rulesOf(account, row).filter((rule) => admits(account, row, rule));
        const named = [...row.rules, ...row.possibleRules.filter((rule) => rule.admits || isPossible(row))];
        expect(named.map(({ ruleId }) => ruleId).sort(), JSON.stringify(row)).toEqual(
          admitting.map(({ id }) => id).sort(),
        );
      }
    },
  );

  it('answers pass whatever the rules of their direction', () => {
    const { lines, connections } = simulateAccount(smallAccount(8)).collect('v5');
    const byTuple = groupBy(connections, tupleOfConnection);
    let answers = 0;
    for (const record of parsedRecords(lines, 'v5')) {
      const rows = byTuple.get(tupleOfRecord(record)) ?? [];
      const row = rows.find(
        ({ firstSeen, lastSeen }) =>
          (firstSeen ?? 0) <= Number(record.start) && Number(record.start) <= (lastSeen ?? 0),
      );
      if (row === undefined || (record['flow-direction'] === 'egress') === (row.initiator === 'local')) continue;
      answers++;
      expect(record.action).toBe('ACCEPT');
      expect(row.answered).toBe(true);
    }
    expect(answers).toBeGreaterThan(1000);
  });

  it('a packet rejected by the receiver was accepted by the sender and is not answered', () => {
    const { connections } = simulateAccount(smallAccount(9)).collect();
    const views = [...groupBy(connections, ({ connection }) => `${connection}`).values()];
    const refused = views.filter((rows) => rows.length > 1 && rows.at(-1)?.action === 'REJECT');
    expect(refused.length).toBeGreaterThan(5);
    for (const [sender] of refused)
      expect(sender).toMatchObject({ action: 'ACCEPT', answered: false, initiator: 'local' });
  });

  it('the network ACL rejects what the groups allow', () => {
    const { connections } = simulateAccount(smallAccount(10)).collect();
    const denied = connections.filter(({ rejectedBy }) => rejectedBy === 'network-acl');
    expect(denied.length).toBeGreaterThan(5);
    for (const { peerAddress } of denied)
      expect(ipaddr.parse(peerAddress).match(ipaddr.parseCIDR('192.0.2.64/27'))).toBe(true);
  });
});

const isPossible = ({ possibleRules }: ConnectionTruth): boolean => possibleRules.length > 0;

const snapshotOf = (account: Account, { began }: ConnectionTruth) =>
  (account.states.findLast(({ from }) => from <= began) ?? account.states[0])!.snapshot;

function rulesOf(account: Account, row: ConnectionTruth): SecurityGroupRule[] {
  const { interfaces, groups } = snapshotOf(account, row);
  const { groupIds } = interfaces.find(({ id }) => id === row.interfaceId) as NetworkInterface;
  expect(groupIds).toEqual(row.groupIds);
  const direction = row.initiator === 'local' ? 'outbound' : 'inbound';
  return groups
    .filter(({ id }) => groupIds.includes(id))
    .flatMap(({ rules }) => rules.filter((rule) => rule.direction === direction));
}

/** With another address library, by the text of the rule and the addresses of the record; typed ICMP rules may admit. */
function admits(account: Account, row: ConnectionTruth, rule: SecurityGroupRule): boolean {
  const names: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };
  if (rule.protocol !== '-1' && rule.protocol !== (names[row.protocol] ?? String(row.protocol))) return false;
  const hasPorts = (row.protocol === 6 || row.protocol === 17) && rule.protocol !== '-1' && rule.fromPort !== null;
  if (hasPorts && !(rule.fromPort! <= row.servicePort && row.servicePort <= rule.toPort!)) return false;
  const { prefixLists, interfaces } = snapshotOf(account, row);
  const address = ipaddr.parse(row.peerAddress);
  const inCidr = (cidr: string) =>
    ipaddr.parseCIDR(cidr)[0].kind() === address.kind() && address.match(ipaddr.parseCIDR(cidr));
  const { peer } = rule;
  if (peer.kind === 'cidr') return inCidr(peer.cidr);
  if (peer.kind === 'prefix-list')
    return prefixLists.find(({ id }) => id === peer.prefixListId)!.entries!.some(({ cidr }) => inCidr(cidr));
  const vpcId = peer.vpcId ?? row.vpcId;
  return interfaces.some(
    (value) =>
      value.vpcId === vpcId &&
      value.groupIds.includes(peer.groupId) &&
      (value.addresses.includes(row.peerAddress) || value.prefixes.some(inCidr)),
  );
}
