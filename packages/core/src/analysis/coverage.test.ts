import { describe, expect, it } from 'vitest';
import type { FlowLogConfiguration } from '../inventory/model.ts';
import { createTimeline } from '../inventory/timeline.ts';
import { CoverageFold, type CoverageRow, HOUR } from './coverage.ts';
import { EXAMPLE_VPC, inventoryOf } from './example-account.ts';

const T0 = Date.parse('2024-01-02T00:00:00Z') / 1000;
const hour = (n: number) => T0 + n * HOUR;
const window = { from: T0, to: hour(24) };
const account = { groups: {}, interfaces: { 'eni-1': { groups: [] } } };
const once = createTimeline([inventoryOf(account, '2024-01-01T00:00:00Z')]);

const row = (n: number, some: Partial<CoverageRow> = {}): CoverageRow => ({
  interfaceId: 'eni-1',
  hour: hour(n),
  ok: 0,
  noData: 1,
  skipData: 0,
  ...some,
});

function cover(rows: readonly CoverageRow[], timeline = once) {
  const fold = new CoverageFold();
  for (const one of rows) fold.add(one);
  return fold.result(window, timeline);
}

const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
const ofOne = (coverage: ReturnType<typeof cover>) => coverage.interfaces.get('eni-1') ?? expect.fail();

describe('coverage', () => {
  it('counts hours with records and finds the ones without', () => {
    const coverage = ofOne(cover([...hours(0, 5), ...hours(8, 24)].reverse()));
    expect(coverage.observedSeconds).toBe(21 * HOUR);
    expect(coverage.gaps).toEqual([{ from: hour(5), to: hour(8) }]);
  });

  it('cannot tell gaps from silence where NODATA is not kept', () => {
    const coverage = cover([row(0, { ok: 3, noData: 0 }), row(9, { ok: 1, noData: 0 })]);
    expect(coverage.tellsSilence).toBe(false);
    expect(ofOne(coverage).gaps).toEqual([]);
  });

  it('lists SKIPDATA, in hours that were otherwise observed too', () => {
    const coverage = ofOne(
      cover([...hours(0, 24), row(3, { noData: 0, skipData: 2 }), row(4, { noData: 0, skipData: 1 })]),
    );
    expect(coverage.skipped).toEqual([{ from: hour(3), to: hour(5) }]);
    expect(coverage.gaps).toEqual([]);
  });

  it('takes an hour of nothing but SKIPDATA for unobserved', () => {
    const coverage = ofOne(cover([...hours(0, 3), row(3, { noData: 0, skipData: 1 }), ...hours(4, 24)]));
    expect(coverage.gaps).toEqual([{ from: hour(3), to: hour(4) }]);
  });

  it('counts the time before the first record if anything shows that the interface existed then', () => {
    const captures = ['2024-01-01T00:00:00Z', '2024-01-02T02:30:00Z'];
    const within = createTimeline([inventoryOf(account, captures[1])]);
    expect(ofOne(cover(hours(5, 24), within)).gaps).toEqual([{ from: hour(2.5), to: hour(5) }]);
    expect(ofOne(cover(hours(5, 24))).gaps).toEqual([{ from: T0, to: hour(5) }]);
    expect(ofOne(cover(hours(0, 9), createTimeline([inventoryOf(account, '2024-01-09T00:00:00Z')]))).gaps).toEqual([
      { from: hour(9), to: hour(24) },
    ]);
    const launched = inventoryOf(account, '2024-01-09T00:00:00Z');
    const interfaces = launched.interfaces.map((one) => ({ ...one, attachedAt: hour(1) }));
    expect(ofOne(cover(hours(5, 24), createTimeline([{ ...launched, interfaces }]))).gaps).toEqual([
      { from: hour(1), to: hour(5) },
    ]);
    const born = createTimeline([
      inventoryOf({ groups: {}, interfaces: { 'eni-0': { groups: [] } } }, captures[0]),
      inventoryOf({ groups: {}, interfaces: { 'eni-0': { groups: [] } } }, captures[1]),
      inventoryOf(account, '2024-01-02T06:00:00Z'),
    ]);
    expect(ofOne(cover(hours(5, 24), born)).gaps).toEqual([]);
  });

  it('concludes that a log holds rejected traffic only, unless the VPC has accepted traffic', () => {
    const rejected = { ok: 1, noData: 0, accepted: 0, rejected: 1 };
    const type = (...rows: CoverageRow[]) => ofOne(cover(rows)).trafficType;
    expect(type(row(0, rejected), row(1))).toBe('REJECT');
    expect(type(row(0, rejected), row(1, { ok: 1, noData: 0, accepted: 1, rejected: 0 }))).toBeNull();
    expect(type(row(0))).toBeNull();
  });

  it('reads what the flow logs on the interface and its VPC record', () => {
    const flowLog = (resourceId: string, trafficType: string): FlowLogConfiguration => ({
      id: `fl-${resourceId}`,
      resourceId,
      trafficType,
      logFormat: null,
      maxAggregationInterval: null,
      status: 'ACTIVE',
    });
    const typeWith = (...flowLogs: FlowLogConfiguration[]) =>
      ofOne(cover(hours(0, 2), createTimeline([{ ...inventoryOf(account), flowLogs }]))).trafficType;
    expect(typeWith()).toBeNull();
    expect(typeWith(flowLog('eni-1', 'REJECT'))).toBe('REJECT');
    expect(typeWith(flowLog(EXAMPLE_VPC, 'ACCEPT'))).toBe('ACCEPT');
    expect(typeWith(flowLog('eni-1', 'REJECT'), flowLog(EXAMPLE_VPC, 'ACCEPT'))).toBe('ALL');
    expect(typeWith(flowLog('eni-2', 'ALL'))).toBeNull();
  });
});
