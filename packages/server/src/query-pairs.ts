/** Traffic by two fields at once, in one pass over the lake: what connects the columns of the paths. */

import { runQuery } from '@flowfit/lake/queries/run';
import { sourceOf } from '@flowfit/lake/queries/source';
import { type TopRow, valueSql } from '@flowfit/lake/queries/top';
import type { Selection } from '@flowfit/lake/queries/window';
import { literal } from '@flowfit/lake/sql/text';
import type { LakeState } from '@flowfit/lake/state';
import type { PathLink } from './contract/traffic.ts';

export interface Side {
  readonly field: string;
  /** Only these values. */
  readonly nodes: readonly TopRow[];
}

/** At most one side may be a list such as `security-group-ids`; a record counts for each of its elements. */
export const queryPairs = async (
  lake: LakeState,
  selection: Selection,
  left: Side,
  right: Side,
): Promise<PathLink[]> => {
  if (left.nodes.length === 0 || right.nodes.length === 0) return [];
  const source = await sourceOf(lake, selection, [left.field, right.field]);
  return await runQuery<PathLink>(
    lake,
    `SELECT "from", "to", sum(flows)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes
     FROM (SELECT (${valueSql(left.field)})::VARCHAR AS "from", (${valueSql(right.field)})::VARCHAR AS "to", flows, packets, bytes FROM ${source.sql})
     WHERE "from" IN (${valuesOf(left)}) AND "to" IN (${valuesOf(right)})
     GROUP BY "from", "to" ORDER BY "from", "to"`,
    source.params,
    selection.signal,
  );
};

const valuesOf = ({ nodes }: Side): string => nodes.map(({ value }) => literal(String(value))).join(', ');
