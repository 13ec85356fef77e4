import { createLineParser } from '@flowfit/core/flow/parse';
import { describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import { FORMATS } from './encode.ts';
import { groupBy, parsedRecords, smallAccount, tupleOfConnection, tupleOfRecord } from './testing.ts';

describe('simulateAccount', () => {
  it('is the same for the same options, and another one for another seed', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => simulateAccount(smallAccount(seed)));
    expect(again?.collect('v5')).toEqual(first?.collect('v5'));
    expect(again?.snapshots).toEqual(first?.snapshots);
    // Running an account does not use it up.
    expect(first?.collect('v5')).toEqual(again?.collect('v5'));
    expect(other?.collect('v5').lines).not.toEqual(first?.collect('v5').lines);
  });

  it('carries the same traffic whatever the format and the truth asked for', () => {
    const account = simulateAccount(smallAccount(3));
    const full = account.collect('v5');
    expect(account.collect('v2').totals).toEqual(full.totals);
    const summary = simulateAccount(smallAccount(3, { truth: 'summary' })).collect('v5');
    expect(summary.connections).toEqual([]);
    expect({ ...summary, connections: full.connections }).toEqual(full);
  });

  it('gives the same records as lines, as chunks of lines and as objects', () => {
    const account = simulateAccount(smallAccount(4));
    const { lines } = account.collect('v5');
    expect([...account.lines('v5')].join('')).toBe(`${lines.join('\n')}\n`);
    const records = [...account.records('v5')].flat().filter((record) => record['log-status'] === 'OK');
    expect(records).toEqual(parsedRecords(lines, 'v5'));
  });

  it('tells of silence in lines and objects alike', () => {
    const account = simulateAccount(smallAccount(4, { days: 2 }));
    const statuses = [...account.records('v5')].flat().filter((record) => record['log-status'] !== 'OK');
    expect(new Set(statuses.map((record) => record['log-status']))).toEqual(new Set(['NODATA', 'SKIPDATA']));
    const parser = createLineParser({ fields: FORMATS.v5, kind: 'vpc' });
    const parsed = account.collect('v5').lines.map((line) => parser.parse(line));
    expect(
      parsed.flatMap((line) => (line.kind === 'no-data' || line.kind === 'skip-data' ? [line.record] : [])),
    ).toEqual(statuses);
    for (const { srcaddr, action, start, end, ...record } of statuses) {
      expect([srcaddr, action, record['tcp-flags']]).toEqual([null, null, null]);
      expect(Number(start)).toBeLessThan(Number(end));
    }
  });

  it('refuses what it cannot do, naming the option', () => {
    expect(() => simulateAccount({ interfaces: 3 })).toThrow('interfaces: 3 is not between 24 and');
    expect(() => simulateAccount({ start: '2026-06-01T00:30:00Z' })).toThrow('start: "2026-06-01T00:30:00Z" is not');
    expect(() => simulateAccount({ days: 0 })).toThrow('days: 0');
    expect(() => simulateAccount({ sites: 5 })).toThrow('sites: 5');
  });
});

describe('conservation', () => {
  it.each([
    [{ seed: 1 }, 'v5'],
    [{ seed: 2, features: { duplicates: true } }, 'v5'],
    [{ seed: 3, sites: 2, interfaces: 60 }, 'all'],
    [{ seed: 4, aggregationInterval: 60, days: 0.1 }, 'v5'],
    [{ seed: 5, publicPeers: 'geographic' }, 'v5'],
  ] as const)('what was written is what the truth says: %j as %s', (options, format) => {
    const { lines, connections, totals } = simulateAccount(smallAccount(0, options)).collect(format);
    const records = parsedRecords(lines, format);
    expect(lines.length).toBe(totals.records);
    expect(records.length).toBe(totals.stored + totals.duplicates);
    expect(totals.accepted + totals.rejected).toBe(totals.stored);
    expect(new Set(lines).size).toBe(lines.length - totals.duplicates);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(connections.map((row) => row.records)) + totals.late).toBe(totals.stored);
    const unique = parsedRecords([...new Set(lines)], format);
    for (const name of ['packets', 'bytes'] as const) {
      expect(sum(unique.map((record) => record[name] as number))).toBe(totals[name]);
    }
    expect(sum(connections.map((row) => row.packets)) + totals.late).toBe(totals.packets);
    expect(new Set(connections.map((row) => row.connection)).size).toBe(totals.connections);
  });

  it('every record belongs to a connection of its interface and its time, or came too late', () => {
    const { lines, connections, totals } = simulateAccount(smallAccount(6)).collect('v5');
    const byTuple = groupBy(connections, tupleOfConnection);
    const strangers = parsedRecords(lines, 'v5').filter((record) => {
      const start = record.start as number;
      const candidates = byTuple.get(tupleOfRecord(record)) ?? [];
      return !candidates.some(
        ({ firstSeen, lastSeen, action }) =>
          firstSeen !== null && firstSeen <= start && start <= (lastSeen as number) && action === record.action,
      );
    });
    expect(strangers.length).toBe(totals.late);
    for (const record of strangers)
      expect(record).toMatchObject({ action: 'REJECT', 'flow-direction': 'ingress', packets: 1 });
  });

  it('rules count the connections that name them', () => {
    const { connections, rules } = simulateAccount(smallAccount(7)).collect('v5');
    const seen = connections.filter(({ records }) => records > 0);
    for (const rule of rules) {
      const isThis = (reference: { ruleId: string; version: number }) =>
        reference.ruleId === rule.ruleId && reference.version === rule.version;
      const certain = seen.filter((row) => row.rules.some(isThis));
      expect(rule.connections.certain).toBe(certain.length);
      expect(rule.connections.tuples).toBe(certain.filter(({ reuses }) => reuses === null).length);
      expect(rule.connections.possible).toBe(seen.filter((row) => row.possibleRules.some(isThis)).length);
      expect(rule.connections.sole).toBe(
        certain.filter((row) => row.rules.length + row.possibleRules.length === 1).length,
      );
      const admitted = connections.filter(
        (row) => row.rules.some(isThis) || row.possibleRules.some((r) => isThis(r) && r.admits),
      );
      expect(rule.unused).toBe(admitted.length === 0);
    }
    expect(rules.filter(({ unused }) => unused).length).toBeGreaterThan(20);
    expect(rules.filter(({ unused }) => !unused).length).toBeGreaterThan(20);
  });
});
