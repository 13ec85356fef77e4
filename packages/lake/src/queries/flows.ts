/** The records themselves, with all that was added to them. */
import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { Row } from '../database.ts';
import { daysOf, filesOf } from '../relations.ts';
import { columnOf, OTHER_FIELDS } from '../sql/columns.ts';
import { fileLiterals } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { runQuery, streamQuery } from './run.ts';
import { flowsSource, pageSql } from './source.ts';
import type { Selection } from './window.ts';

/** A record of `flows --json`: AWS's names and the added ones; null = missing. */
export type FlowRow = Readonly<Record<string, FlowRowValue>>;
export type FlowRowValue = string | number | null | readonly string[] | { readonly lat: number; readonly lon: number };

export interface FlowsQuery extends Selection {
  /** Default: all. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly order?: 'newest' | 'oldest' | undefined;
}

export const queryFlows = async (lake: LakeState, query: FlowsQuery): Promise<FlowRow[]> => {
  const { sql, params, names } = await flowsSql(lake, query);
  return (await runQuery(lake, sql, params, query.signal)).map((row) => toFlowRow(row, names));
};

/** As `queryFlows`, one at a time: for more records than memory holds. */
export const streamFlows = async function* (lake: LakeState, query: FlowsQuery): AsyncGenerator<FlowRow> {
  const { sql, params, names } = await flowsSql(lake, query);
  for await (const row of streamQuery(lake, sql, params, query.signal)) yield toFlowRow(row, names);
};

const ADDED_NAMES = ADDED_FIELDS.map(({ name }) => name);

/** Query of records: the fields that the layouts of the selection's logs have, and all added ones. */
export const flowsSql = async (lake: LakeState, { order = 'newest', limit, offset, ...selection }: FlowsQuery) => {
  const page = { order, limit, offset };
  const source = await flowsSource(lake, selection, ADDED_NAMES, page);
  const names = [...(await presentFields(lake, selection)), ...ADDED_NAMES];
  const columns = [...names.map(columnOf), OTHER_FIELDS];
  // Ordered once more: a join may have lost the order of the page.
  const sql = `SELECT ${columns.join(', ')} FROM ${source.sql} ${pageSql({ ...page, limit: undefined, offset: undefined })}`;
  return { sql, params: source.params, names };
};

/** The fields of AWS that any file of the selection has. */
export const presentFields = async (lake: LakeState, selection: Selection): Promise<string[]> => {
  const files = await filesOf(lake, 'flows', daysOf(selection.from, selection.to));
  if (files.length === 0) return FIELDS.filter(({ version }) => version === 2).map(({ name }) => name);
  const rows = await runQuery<{ column_name: string }>(
    lake,
    `DESCRIBE SELECT * FROM read_parquet(${fileLiterals(files)}, union_by_name = true, hive_partitioning = false)`,
    [],
  );
  const columns = new Set(rows.map((row) => row.column_name));
  return FIELDS.map(({ name }) => name).filter((name) => columns.has(toColumn(name)));
};

const toFlowRow = (row: Row, names: readonly string[]): FlowRow => {
  const flow: Record<string, FlowRowValue> = {};
  for (const name of names) flow[name] = (row[toColumn(name)] ?? null) as FlowRowValue;
  const others = row[OTHER_FIELDS] as readonly { readonly key: string; readonly value: string }[] | null;
  for (const { key, value } of others ?? []) if (!(key in flow)) flow[key] = value;
  return flow;
};
