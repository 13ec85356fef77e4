import { describe, expect, it } from 'vitest';
import { fieldsOf, simulateAccount } from './account.ts';
import { EVIDENCE_KINDS, type EvidenceKind, evidenceOf, withoutInterfaces } from './evidence.ts';
import { smallAccount } from './testing.ts';

const account = simulateAccount(smallAccount(81, { features: { churn: true } }));
const start = account.options.start;
const end = start + 12 * 3600;
const secondsOf = ({ capturedAt }: { readonly capturedAt: string }) => Date.parse(capturedAt) / 1000;
const timesOf = (kind: EvidenceKind) => evidenceOf(account, kind).snapshots.map(secondsOf);

describe('evidence', () => {
  it('is whole where the account shows all it has', () => {
    expect(evidenceOf(account, 'all').snapshots).toEqual(account.snapshots);
    expect(account.snapshots.length).toBe(2 * account.states.length);
  });

  it('is captured at the times that its kind is named after', () => {
    const hours = Array.from({ length: 13 }, (_, hour) => start + hour * 3600);
    expect(timesOf('hourly')).toEqual(hours);
    expect(timesOf('sevenths').length).toBe(8);
    expect(timesOf('bracket')).toEqual([start, end]);
    expect(timesOf('before')).toEqual([start]);
    expect(timesOf('after')).toEqual([end]);
    expect(timesOf('middle')).toEqual([start + 6 * 3600]);
    expect(timesOf('stale')).toEqual([start - 7 * 86_400, end + 7 * 86_400]);
    expect([...timesOf('long-before'), ...timesOf('long-after')]).toEqual(timesOf('stale'));
    const changes = account.states.slice(1).map(({ from }) => from);
    expect(timesOf('changes')).toEqual([start, ...changes, end]);
    expect(timesOf('all')).toEqual([start, ...changes.flatMap((from) => [from - 1, from]), end]);
  });

  it.each(EVIDENCE_KINDS)(
    '%s shows the state in force at each time, and no record begins after the last state',
    (kind) => {
      const ids = (snapshot: (typeof account.snapshots)[number]) => snapshot.groups.flatMap(({ rules }) => rules);
      const { snapshots } = evidenceOf(account, kind);
      const times = snapshots.map(secondsOf);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      for (const snapshot of snapshots) {
        const state = account.states.findLast(({ from }) => from <= secondsOf(snapshot)) ?? account.states[0]!;
        expect(ids(snapshot)).toEqual(ids(state.snapshot));
      }
    },
  );

  it('closes after the last record began', () => {
    const at = fieldsOf('v2').indexOf('start');
    const begun = account.collect('v2').lines.map((line) => Number(line.split(' ')[at]));
    expect(Math.max(...begun)).toBeLessThan(end);
  });

  it('lacks the records of some interfaces, and the flow logs that would hold them', () => {
    const { snapshots, unlogged } = evidenceOf(account, 'unlogged');
    const all = new Set(account.snapshots.flatMap(({ interfaces }) => interfaces.map(({ id }) => id)));
    expect(unlogged.size).toBe(Math.floor(all.size / 5));
    for (const [index, { interfaces, flowLogs }] of snapshots.entries()) {
      expect(interfaces).toEqual(account.snapshots[index]!.interfaces);
      const logged = interfaces.map(({ id }) => id).filter((id) => !unlogged.has(id));
      expect(flowLogs.map(({ resourceId }) => resourceId).sort()).toEqual(logged.sort());
      expect(new Set(flowLogs.map(({ id }) => id)).size).toBe(flowLogs.length);
    }
    const { lines } = account.collect('v2');
    const rest = new Set(withoutInterfaces(lines, fieldsOf('v2'), unlogged));
    const isUnlogged = (line: string) => [...unlogged].some((id) => line.includes(id));
    expect(lines.some(isUnlogged)).toBe(true);
    for (const line of lines) expect(rest.has(line)).toBe(!isUnlogged(line));
  });

  it('lacks some interfaces in every capture, and nothing else', () => {
    const { snapshots, unlogged } = evidenceOf(account, 'missing');
    expect(unlogged.size).toBe(0);
    const missing = new Set<string>();
    for (const [index, snapshot] of snapshots.entries()) {
      const whole = account.snapshots[index]!;
      const shown = new Set(snapshot.interfaces.map(({ id }) => id));
      for (const { id } of whole.interfaces) if (!shown.has(id)) missing.add(id);
      expect({ ...snapshot, interfaces: whole.interfaces }).toEqual(whole);
    }
    expect(missing.size).toBeGreaterThan(4);
    for (const { interfaces } of snapshots) expect(interfaces.some(({ id }) => missing.has(id))).toBe(false);
  });
});
