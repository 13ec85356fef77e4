/** Traffic over time. */
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import { querySpan } from './span.ts';
import { type Measure, valueSql } from './top.ts';
import type { Selection } from './window.ts';

export interface HistogramRow {
  /** Beginning of the bucket, Unix seconds. */
  readonly time: number;
  /** Value of the field that series are made of. */
  readonly series: string | number | null;
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
}

export interface Histogram {
  /** The field that series are made of. */
  readonly field: string;
  readonly stepSeconds: number;
  /** Unix seconds, `to` exclusive, both on a bucket's bound; null when nothing matches. */
  readonly from: number | null;
  readonly to: number | null;
  /** By time; buckets without traffic are left out. */
  readonly rows: readonly HistogramRow[];
}

export interface HistogramQuery extends Selection {
  /** About how many buckets. */
  readonly buckets?: number | undefined;
  /** Instead of `buckets`. */
  readonly stepSeconds?: number | undefined;
  /** Field that makes the series. */
  readonly by?: string | undefined;
}

/** Lengths that people read easily, seconds. */
const STEPS = [
  60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000,
];

export const queryHistogram = async (lake: LakeState, query: HistogramQuery): Promise<Histogram> => {
  const { buckets = 60, by = 'action', stepSeconds, ...selection } = query;
  const span = await querySpan(lake, selection);
  if (span === null) return { field: by, stepSeconds: stepSeconds ?? 3600, from: null, to: null, rows: [] };
  const step = stepSeconds ?? stepFor(span.to - span.from, buckets);
  const source = await sourceOf(lake, selection, [by], step);
  const rows = await runQuery<HistogramRow>(
    lake,
    `SELECT time // ${step} * ${step} AS time, series, sum(flows)::BIGINT AS flows,
       coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes
     FROM (SELECT time, ${valueSql(by)} AS series, flows, packets, bytes FROM ${source.sql} WHERE time IS NOT NULL)
     GROUP BY ALL ORDER BY time, series`,
    source.params,
    selection.signal,
  );
  const floor = (seconds: number): number => Math.floor(seconds / step) * step;
  return { field: by, stepSeconds: step, from: floor(span.from), to: floor(span.to - 1) + step, rows };
};

/** The shortest step that gives no more buckets than wanted. */
export const stepFor = (seconds: number, buckets: number): number =>
  STEPS.find((step) => seconds / step <= buckets) ?? Math.ceil(seconds / buckets / 86_400) * 86_400;

export type { Measure };
