/** The values of a field with the most traffic. */
import { answerResident } from '../resident/question.ts';
import { askResident } from '../resident/resident.ts';
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import { valueSql } from './value.ts';
import { SECONDS_PER_HOUR, type Selection } from './window.ts';

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
): Promise<readonly TopRow[]> => {
  const { from, to, filter, signal } = selection;
  const replies = await askResident(lake, [selection], [field], SECONDS_PER_HOUR, (table) =>
    answerResident(lake, table, filter, [{ from, to, by, lists: [{ field, limit }] }], signal),
  );
  const [list] = replies?.[0]?.lists ?? [];
  if (list !== undefined) return list;
  const source = await sourceOf(lake, selection, [field]);
  return await runQuery<TopRow>(
    lake,
    `SELECT value, sum(flows)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes
     FROM (SELECT ${valueSql(field)} AS value, flows, packets, bytes FROM ${source.sql}) GROUP BY value ORDER BY ${by} DESC, value LIMIT ${Math.floor(limit)}`,
    source.params,
    signal,
  );
};
