import { describe, expect, it } from 'vitest';
import { toStacks } from './histogram-data.ts';
import { layoutPaths } from './paths-layout.ts';
import { niceCeiling, timeTicks } from './time-axis.ts';

describe('the time axis', () => {
  const midnight = Date.parse('2026-06-10T00:00:00Z') / 1000;

  it('ticks at round times and names the days', () => {
    expect(timeTicks(midnight - 7200, midnight + 7200, 4).map(({ label }) => label)).toEqual([
      '22:00',
      '23:00',
      '10 Jun',
      '01:00',
    ]);
  });

  it('never has more ticks than fit, from seconds to years', () => {
    for (const span of [10, 600, 7200, 86_400, 604_800, 31_536_000]) {
      expect(timeTicks(midnight, midnight + span, 8).length).toBeLessThanOrEqual(9);
      expect(timeTicks(midnight, midnight + span, 8).length).toBeGreaterThan(1);
    }
  });

  it.each([
    [0, 1],
    [1, 1],
    [11, 12],
    [1300, 1600],
    [9_500_000, 10_000_000],
  ])('above %i the next round number is %i', (value, ceiling) => {
    expect(niceCeiling(value)).toBe(ceiling);
  });
});

describe('the histogram', () => {
  const row = (time: number, action: 'ACCEPT' | 'REJECT' | null, flows: number) => ({
    time,
    action,
    flows,
    packets: flows * 2,
    bytes: flows * 100,
  });

  it('fills gaps and keeps every count', () => {
    const rows = [row(0, 'ACCEPT', 5), row(0, 'REJECT', 1), row(180, null, 2)];
    expect(toStacks({ stepSeconds: 60, from: 0, to: 240, rows }, 'flows')).toEqual([
      { time: 0, accepted: 5, rejected: 1, other: 0 },
      { time: 60, accepted: 0, rejected: 0, other: 0 },
      { time: 120, accepted: 0, rejected: 0, other: 0 },
      { time: 180, accepted: 0, rejected: 0, other: 2 },
    ]);
  });

  it('begins with the step that holds the start of the window', () => {
    const [first] = toStacks({ stepSeconds: 3600, from: 5000, to: 9000, rows: [row(3600, 'ACCEPT', 7)] }, 'bytes');
    expect(first).toEqual({ time: 3600, accepted: 700, rejected: 0, other: 0 });
  });
});

describe('the paths', () => {
  const node = (id: string, flows: number) => ({ id, name: null, flows, packets: flows, bytes: flows });
  const link = (from: string, to: string, flows: number) => ({ from, to, flows, packets: flows, bytes: flows });
  const answer = {
    sources: [node('10.0.0.1', 60), node('10.0.0.2', 40)],
    groups: [node('sg-1', 100), node('sg-2', 60)],
    ports: [node('443', 100)],
    // Records of 10.0.0.1 have both groups: more leaves the source than it sent.
    sourceToGroup: [link('10.0.0.1', 'sg-1', 60), link('10.0.0.1', 'sg-2', 60), link('10.0.0.2', 'sg-1', 40)],
    groupToPort: [link('sg-1', '443', 100), link('sg-2', '443', 60)],
  };

  it('stay inside the picture, and ribbons inside their nodes', () => {
    const { columns, ribbons } = layoutPaths(answer, 'flows', 300);
    for (const box of columns.flat()) expect(box.y + box.height).toBeLessThanOrEqual(300.001);
    const [left, middle, right] = columns;
    const ends = [
      [left, middle],
      [middle, right],
    ] as const;
    ribbons.forEach((list, index) => {
      for (const ribbon of list) {
        const from = ends[index]?.[0].find(({ node: { id } }) => id === ribbon.from);
        const to = ends[index]?.[1].find(({ node: { id } }) => id === ribbon.to);
        expect(ribbon.y0 + ribbon.thickness).toBeLessThanOrEqual((from?.y ?? 0) + (from?.height ?? 0));
        expect(ribbon.y1 + ribbon.thickness).toBeLessThanOrEqual((to?.y ?? 0) + (to?.height ?? 0));
      }
    });
  });

  it('without traffic have nodes and no ribbons', () => {
    const empty = {
      ...answer,
      sources: [node('10.0.0.1', 0)],
      groups: [node('sg-1', 0)],
      ports: [node('443', 0)],
      sourceToGroup: [link('10.0.0.1', 'sg-1', 0)],
      groupToPort: [],
    };
    const { columns, ribbons } = layoutPaths(empty, 'flows', 300);
    expect(ribbons).toEqual([[], []]);
    expect(columns.flat().every(({ height }) => Number.isFinite(height))).toBe(true);
  });
});
