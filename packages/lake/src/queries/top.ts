/** The values of a field with the most traffic. */
import { addedFieldOf } from '@flowfit/core/enrich/added';
import { columnOf } from '../sql/columns.ts';
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import type { Selection } from './window.ts';

export type Measure = 'flows' | 'packets' | 'bytes';

export interface TopRow {
  /** null = records that have none. */
  readonly value: string | number | null;
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
}

export interface TopQuery extends Selection {
  readonly field: string;
  readonly limit: number;
  readonly by?: Measure | undefined;
}

/** Of a list (`security-group-ids`), a record counts for each of its elements. Equal rows are ordered by value. */
export const queryTop = async (
  lake: LakeState,
  { field, limit, by = 'flows', ...selection }: TopQuery,
): Promise<TopRow[]> => {
  const source = await sourceOf(lake, selection, [field]);
  return await runQuery<TopRow>(
    lake,
    `SELECT value, sum(flows)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes
     FROM (SELECT ${valueSql(field)} AS value, flows, packets, bytes FROM ${source.sql}) GROUP BY value ORDER BY ${by} DESC, value LIMIT ${Math.floor(limit)}`,
    source.params,
    selection.signal,
  );
};

/** The value to group by; lists become their elements. */
export const valueSql = (field: string): string => {
  const column = columnOf(field);
  switch (addedFieldOf(field)?.type) {
    case 'text-list':
      return `unnest(CASE WHEN len(${column}) > 0 THEN ${column} ELSE [NULL] END)`;
    case 'location':
      return `CASE WHEN ${column} IS NOT NULL THEN ${column}.lat || ',' || ${column}.lon END`;
    default:
      return column;
  }
};
