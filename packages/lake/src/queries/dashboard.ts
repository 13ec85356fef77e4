/** All that a dashboard shows of a selection, at once. */
import { answerResident, type Question } from '../resident/question.ts';
import { askResident } from '../resident/resident.ts';
import type { LakeState } from '../state.ts';
import { type Cut, cutOf, type Histogram, queryHistogram, toHistogram } from './histogram.ts';
import { type PathColumn, type Paths, queryPaths } from './paths.ts';
import { querySummary, SUMMARY_FIELDS, type SummaryPair, selectionBefore } from './summary.ts';
import { type Measure, queryTop, type TopRow } from './top.ts';
import { SECONDS_PER_HOUR, type Selection } from './window.ts';

export interface DashboardQuery extends Selection {
  /** What lists and paths are ordered by. */
  readonly by: Measure;
  /** About how many of them the histogram by action has. */
  readonly buckets: number;
  readonly lists: readonly { readonly field: string; readonly limit: number }[];
  /** As `columns` of `PathsQuery`. */
  readonly paths: readonly PathColumn[];
}

export interface Dashboard extends SummaryPair {
  readonly histogram: Histogram;
  /** In the order of the query. */
  readonly lists: readonly (readonly TopRow[])[];
  readonly paths: Paths;
}

const SERIES = 'action';

/** In one statement where the conversations are in memory, and part by part from the files where not. */
export const queryDashboard = async (lake: LakeState, query: DashboardQuery): Promise<Dashboard> => {
  const cut = await cutOf(lake, query, query.buckets);
  const before = await selectionBefore(lake, query);
  const inMemory = await askMemory(lake, query, cut, before);
  if (inMemory === null) return await dashboardOfFiles(lake, query, before);
  const { histogram, ...others } = inMemory;
  return { ...others, histogram: histogram ?? (await queryHistogram(lake, { ...query, by: SERIES })) };
};

/** Without the histogram where its buckets are shorter than the hours that conversations know. */
const askMemory = async (
  lake: LakeState,
  { from, to, filter, signal, by, lists, paths }: DashboardQuery,
  cut: Cut | null,
  before: Selection | null,
): Promise<(Omit<Dashboard, 'histogram'> & { readonly histogram: Histogram | null }) | null> => {
  const coarse = cut !== null && cut.step % SECONDS_PER_HOUR === 0 ? cut : null;
  const now: Question = {
    from,
    to,
    by,
    lists,
    paths,
    figures: true,
    histogram: coarse === null ? undefined : { by: SERIES, stepSeconds: coarse.step },
  };
  const earlier: Question[] = before === null ? [] : [{ from: before.from, to: before.to, figures: true }];
  const selection = { from, to, filter };
  const fields = [...[...lists, ...paths].map(({ field }) => field), ...SUMMARY_FIELDS];
  const replies = await askResident(
    lake,
    before === null ? [selection] : [selection, before],
    fields,
    SECONDS_PER_HOUR,
    (table) => answerResident(lake, table, filter, [now, ...earlier], signal),
  );
  const [current, previous] = replies ?? [];
  if (current?.figures == null) return null;
  return {
    current: current.figures,
    previous: previous?.figures ?? null,
    histogram: coarse === null ? null : toHistogram(SERIES, coarse, current.histogram),
    lists: current.lists,
    paths: { columns: current.paths, links: current.links },
  };
};

const dashboardOfFiles = async (
  lake: LakeState,
  query: DashboardQuery,
  before: Selection | null,
): Promise<Dashboard> => {
  const { by, buckets, lists, paths, ...selection } = query;
  const tops: (readonly TopRow[])[] = [];
  for (const list of lists) tops.push(await queryTop(lake, { ...selection, ...list, by }));
  return {
    current: await querySummary(lake, selection),
    previous: before === null ? null : await querySummary(lake, before),
    histogram: await queryHistogram(lake, { ...selection, buckets, by: SERIES }),
    lists: tops,
    paths: await queryPaths(lake, { ...selection, by, columns: paths }),
  };
};
