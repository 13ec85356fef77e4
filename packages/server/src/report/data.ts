/** What a report is made of: the same answers as the pages show, gathered once. */
import { applyDismissals } from '@flowfit/core/analysis/dismissals';
import {
  type GroupDocument,
  type RuleDocument,
  toGroupDocument,
  toRuleDocument,
} from '@flowfit/core/analysis/documents';
import type { Finding } from '@flowfit/core/analysis/findings/finding';
import { findAll } from '@flowfit/core/analysis/findings/registry';
import { type AccountLacks, lacksOf } from '@flowfit/core/analysis/lacks';
import { FlowfitError } from '@flowfit/core/errors';
import { isChange } from '@flowfit/core/recommend/document';
import type { GroupRecommendation } from '@flowfit/core/recommend/model';
import type { Analysis } from '@flowfit/lake/analysis';
import { loadDismissals } from '@flowfit/lake/findings';
import { type Histogram, queryHistogram } from '@flowfit/lake/queries/histogram';
import { type Overview, queryOverview, querySummary, type Summary } from '@flowfit/lake/queries/summary';
import { queryTop, type TopRow } from '@flowfit/lake/queries/top';
import type { Window } from '@flowfit/lake/queries/window';
import { recommendLake } from '@flowfit/lake/recommend';
import type { LakeState } from '@flowfit/lake/state';
import type { GeographyNotice } from '../context.ts';
import { countryName } from '../country-name.ts';
import { type Directory, directoryOf } from '../directory.ts';

export interface ReportOptions {
  /** Unix seconds, half-open; absent = all there is. */
  readonly from?: number;
  readonly to?: number;
  readonly version: string;
  readonly notices?: readonly GeographyNotice[];
}

export interface TopList {
  readonly title: string;
  readonly rows: readonly {
    readonly label: string;
    readonly aside: string;
    readonly flows: number;
    readonly bytes: number;
  }[];
}

export interface ReportData {
  readonly version: string;
  /** ISO 8601, of when it was made. */
  readonly madeAt: string;
  readonly overview: Overview;
  readonly summary: Summary;
  readonly histogram: Histogram;
  readonly lists: readonly TopList[];
  readonly lacks: AccountLacks;
  readonly groups: readonly GroupDocument[];
  readonly rules: readonly RuleDocument[];
  readonly findings: readonly Finding[];
  readonly dismissed: number;
  readonly tighten: Tighten;
  readonly notices: readonly GeographyNotice[];
}

/** Groups that could be tighter. */
export interface Tighten {
  readonly groups: readonly GroupRecommendation[];
  /** Why nothing can be said; else null. */
  readonly nothing: string | null;
}

const LISTS = [
  { field: 'security-group-ids', title: 'Security groups' },
  { field: 'service-port', title: 'Service ports' },
  { field: 'srcaddr', title: 'Source addresses' },
  { field: 'source-country-code', title: 'Countries of sources' },
] as const;

const LIST_LENGTH = 10;
const BARS = 96;

/** `analysis` is that of the same window. */
export const gatherReport = async (
  lake: LakeState,
  analysis: Analysis,
  options: ReportOptions,
): Promise<ReportData> => {
  const { version, notices = [] } = options;
  const window = {
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
  };
  const directory = await directoryOf(lake);
  const { open, dismissed } = applyDismissals(findAll(analysis), await loadDismissals(lake));
  return {
    version,
    notices,
    madeAt: lake.now().toISOString(),
    overview: await queryOverview(lake),
    summary: await querySummary(lake, window),
    histogram: await queryHistogram(lake, { ...window, buckets: BARS, by: 'action' }),
    lists: await Promise.all(
      LISTS.map(async ({ field, title }) => {
        const rows = await queryTop(lake, { ...window, field, limit: LIST_LENGTH });
        return { title, rows: rows.map((row) => toListRow(field, row, directory)) };
      }),
    ),
    lacks: lacksOf(analysis.verdicts.rules, analysis.timeline, analysis.coverage),
    groups: analysis.verdicts.groups.map(toGroupDocument),
    rules: analysis.verdicts.rules.map(toRuleDocument),
    findings: open,
    dismissed: dismissed.length,
    tighten: await tightenOf(lake, window, analysis),
  };
};

const tightenOf = async (lake: LakeState, window: Window, analysis: Analysis): Promise<Tighten> => {
  try {
    const { groups } = await recommendLake(lake, window, { analysis });
    return { groups: groups.filter(isChange), nothing: null };
  } catch (error) {
    if (!(error instanceof FlowfitError) || error.code !== 'evidence-none') throw error;
    return { groups: [], nothing: error.message };
  }
};

const toListRow = (field: string, { value, flows, bytes }: TopRow, directory: Directory): TopList['rows'][number] => {
  const text = value === null ? 'unknown' : String(value);
  if (field === 'source-country-code')
    return { label: value === null ? text : countryName(text), aside: '', flows, bytes };
  const name = directory.nameOf(text) ?? directory.ownerOf(text);
  return field === 'security-group-ids' && name !== null
    ? { label: name, aside: text, flows, bytes }
    : { label: text, aside: name ?? '', flows, bytes };
};
