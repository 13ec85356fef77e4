import { describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import { groupBy, smallAccount } from './testing.ts';

const account = simulateAccount(smallAccount(11, { records: 12_000 }));
const { connections, rules } = account.collect();
const stateWith = (words: string) =>
  account.states.find(({ changes }) => changes.some((text) => text.includes(words)))!;

describe('an account that changes', () => {
  it('keeps the id of a modified rule and begins a new version', () => {
    const versions = [...groupBy(rules, ({ ruleId }) => ruleId).values()].filter(({ length }) => length > 1);
    expect(versions.length).toBe(2);
    for (const [before, after] of versions) {
      expect([before?.version, after?.version]).toEqual([0, 1]);
      expect(before?.to).toBe(after?.from);
      expect(account.states.some(({ from }) => from === after?.from)).toBe(true);
    }
  });

  it('lets tracked connections outlive the rule that admitted them', () => {
    const revoked = rules.find(({ to, connections: { certain } }) => to === stateWith('Lambda').from && certain > 0)!;
    const admitted = connections.filter((row) => row.rules.some(({ ruleId }) => ruleId === revoked.ruleId));
    for (const { began } of admitted) expect(began).toBeLessThan(revoked.to!);
    expect(admitted.some(({ lastSeen }) => lastSeen !== null && lastSeen > revoked.to! + 600)).toBe(true);
    const refused = connections.filter(
      ({ service, action, began }) => service === 'lambda-db' && action === 'REJECT' && began > revoked.to!,
    );
    expect(refused.length).toBeGreaterThan(0);
  });

  it('cuts untracked connections with the rule', () => {
    const { from } = stateWith('plain HTTP');
    const http = connections.filter(({ service }) => service === 'http');
    expect(http.some(({ untracked, action }) => untracked && action === 'ACCEPT')).toBe(true);
    // The window in which the rule went lasts up to half an interval longer, or twice as long now and then.
    for (const { untracked, action, lastSeen } of http)
      if (untracked && action === 'ACCEPT') expect(lastSeen).toBeLessThan(from + 1200);
  });

  it('gives the address of a deleted interface to another one with other groups', () => {
    const { snapshot, from } = stateWith('DeleteNetworkInterface');
    const before = account.states[account.states.findIndex((state) => state.snapshot === snapshot) - 1]!.snapshot;
    const gone = before.interfaces.filter(({ id }) => !snapshot.interfaces.some((value) => value.id === id));
    expect(gone.length).toBe(1);
    const successor = snapshot.interfaces.find(
      ({ addresses, vpcId }) => addresses[0] === gone[0]!.addresses[0] && vpcId === gone[0]!.vpcId,
    )!;
    expect(successor.groupIds).not.toEqual(gone[0]!.groupIds);
    for (const { interfaceId, began } of connections) {
      if (interfaceId === gone[0]!.id) expect(began).toBeLessThan(from);
      if (interfaceId === successor.id) expect(began).toBeGreaterThan(from);
    }
    expect(connections.some(({ interfaceId }) => interfaceId === successor.id)).toBe(true);
  });

  it('matches what begins with the state at that time: windows never begin before the change they follow', () => {
    const epochAt = (seconds: number) => account.states.findLastIndex(({ from }) => from <= seconds);
    for (const { began, firstSeen, records, lastSeen } of connections) {
      if (records > 0 && lastSeen! - firstSeen! < 1300) expect(epochAt(firstSeen!)).toBe(epochAt(began));
    }
  });

  it('reuses a 5-tuple only for a connection that is over, and says which', () => {
    const byTuple = groupBy(
      connections,
      (row) =>
        `${row.interfaceId} ${row.protocol} ${row.localAddress} ${row.localPort} ${row.peerAddress} ${row.peerPort}`,
    );
    let reused = 0;
    for (const rows of byTuple.values()) {
      rows.sort((a, b) => a.began - b.began);
      for (const [index, row] of rows.entries()) {
        const earlier = rows[index - 1];
        if (row.protocol !== 6 && earlier)
          expect(row.began - earlier.ended).toBeGreaterThan(row.protocol === 17 ? 180 : 600);
        if (row.reuses === null) continue;
        reused++;
        expect(row.reuses).toBe(earlier?.connection);
        expect(row.began).toBeGreaterThan(earlier!.ended - 600);
      }
      if (rows[0]!.protocol === 6) expect(rows.filter(({ reuses }) => reuses === null).length).toBe(1);
    }
    expect(reused).toBeGreaterThan(5);
  });
});
