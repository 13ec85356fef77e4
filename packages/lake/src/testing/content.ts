/** What a lake says, whatever files it says it in. */

import { ALL_DAYS, COVERAGE_COLUMNS, filesOf, type PartitionedFolder, relationOf } from '../relations.ts';
import { CONNECTION_COLUMNS, CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import { FLOW_COLUMNS } from '../sql/columns.ts';
import type { LakeState } from '../state.ts';

/** Each row as JSON, sorted: a multiset that can be compared. */
export type Content = Readonly<Record<PartitionedFolder, readonly string[]>>;

const COLUMNS = {
  flows: FLOW_COLUMNS,
  coverage: COVERAGE_COLUMNS,
  conversations: CONVERSATION_COLUMNS,
  connections: CONNECTION_COLUMNS,
} as const;

export const rowsOf = async (lake: LakeState, folder: PartitionedFolder): Promise<string[]> => {
  const relation = relationOf(await filesOf(lake, folder, ALL_DAYS), COLUMNS[folder]);
  // Files hold their columns in the order of their layout: named one by one, equal rows are equal texts.
  const columns = COLUMNS[folder].map(([name]) => `"${name}"`).join(', ');
  const rows = await lake.db.all<{ row: string }>(
    `SELECT CAST(to_json(content) AS VARCHAR) AS row FROM (SELECT ${columns} FROM ${relation}) AS content`,
  );
  return rows.map(({ row }) => row).sort();
};

export const contentOf = async (lake: LakeState): Promise<Content> => ({
  flows: await rowsOf(lake, 'flows'),
  coverage: await rowsOf(lake, 'coverage'),
  conversations: await rowsOf(lake, 'conversations'),
  connections: await rowsOf(lake, 'connections'),
});
