/** Traffic over time. */
import { answerResident } from '../resident/question.ts';
import { askResident } from '../resident/resident.ts';
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import { querySpan, type Span } from './span.ts';
import type { Measure } from './top.ts';
import { valueSql } from './value.ts';
import type { Selection, Window } from './window.ts';

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
  const cut = await cutOf(lake, selection, buckets, stepSeconds);
  if (cut === null) return { field: by, stepSeconds: stepSeconds ?? 3600, from: null, to: null, rows: [] };
  return toHistogram(by, cut, await rowsOf(lake, selection, by, cut.step));
};

/** What a histogram is cut into: its window, Unix seconds, and the length of its buckets. */
export interface Cut {
  readonly span: Span;
  readonly step: number;
}

/** Null where there is nothing to cut. */
export const cutOf = async (
  lake: LakeState,
  window: Window,
  buckets: number,
  stepSeconds?: number,
): Promise<Cut | null> => {
  const span = await querySpan(lake, window);
  return span === null ? null : { span, step: stepSeconds ?? stepFor(span.to - span.from, buckets) };
};

export const toHistogram = (field: string, { span, step }: Cut, rows: readonly HistogramRow[]): Histogram => {
  const floor = (seconds: number): number => Math.floor(seconds / step) * step;
  return { field, stepSeconds: step, from: floor(span.from), to: floor(span.to - 1) + step, rows };
};

const rowsOf = async (
  lake: LakeState,
  selection: Selection,
  by: string,
  step: number,
): Promise<readonly HistogramRow[]> => {
  const { from, to, filter, signal } = selection;
  const replies = await askResident(lake, [selection], [by], step, (table) =>
    answerResident(lake, table, filter, [{ from, to, histogram: { by, stepSeconds: step } }], signal),
  );
  if (replies?.[0] !== undefined) return replies[0].histogram;
  const source = await sourceOf(lake, selection, [by], step);
  return await runQuery<HistogramRow>(
    lake,
    `SELECT time // ${step} * ${step} AS time, series, sum(flows)::BIGINT AS flows,
       coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes
     FROM (SELECT time, ${valueSql(by)} AS series, flows, packets, bytes FROM ${source.sql} WHERE time IS NOT NULL)
     GROUP BY ALL ORDER BY time, series`,
    source.params,
    signal,
  );
};

/** The shortest step that gives no more buckets than wanted. */
export const stepFor = (seconds: number, buckets: number): number =>
  STEPS.find((step) => seconds / step <= buckets) ?? Math.ceil(seconds / buckets / 86_400) * 86_400;

export type { Measure };
