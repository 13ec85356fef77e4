/** The records themselves, with all that was added to them. */
import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { Row } from '../database.ts';
import { type DayRange, daysOf, filesOf } from '../relations.ts';
import { columnOf, OTHER_FIELDS, RECORD_HASH } from '../sql/columns.ts';
import { fileLiterals } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { narrowed, orderSql, positionOf, readPosition } from './page.ts';
import { runQuery, streamQuery } from './run.ts';
import { flowsSource } from './source.ts';
import type { Selection } from './window.ts';

/** A record of `flows --json`: AWS's names and the added ones; null = missing. */
export type FlowRow = Readonly<Record<string, FlowRowValue>>;
export type FlowRowValue = string | number | null | readonly string[] | { readonly lat: number; readonly lon: number };

export interface FlowsQuery extends Selection {
  /** Default: all. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly order?: 'newest' | 'oldest' | undefined;
  /** Only records behind this place: `next` of the page before. */
  readonly after?: string | undefined;
}

/** As many records as are wanted, found where they are: a page near either end of time reads little of the lake. */
export const queryFlows = async (lake: LakeState, query: FlowsQuery): Promise<FlowRow[]> =>
  (await queryFlowPage(lake, query)).flows;

export interface FlowPage {
  readonly flows: FlowRow[];
  /** For `after` of the next page; null where there is none. */
  readonly next: string | null;
}

/** @throws RangeError for an `after` that no page gave */
export const queryFlowPage = async (lake: LakeState, query: FlowsQuery): Promise<FlowPage> => {
  const { limit, offset = 0, order = 'newest' } = query;
  const names = [...(await presentFields(lake, query)), ...ADDED_NAMES];
  const wanted = limit === undefined ? Number.POSITIVE_INFINITY : limit;
  for await (const { selection, isLast } of narrowed(lake, query, order, offset + wanted)) {
    const { sql, params } = await pageOf(lake, { ...query, ...selection }, names, [
      `${RECORD_HASH}::VARCHAR AS ${RECORD_HASH}`,
    ]);
    const rows = await runQuery(lake, sql, params, query.signal);
    if (rows.length < wanted && !isLast) continue;
    const last = rows.length < wanted ? undefined : rows.at(-1);
    return { flows: rows.map((row) => toFlowRow(row, names)), next: last === undefined ? null : positionOf(last) };
  }
  return { flows: [], next: null };
};

/** As `queryFlows`, one at a time: for more records than memory holds. */
export const streamFlows = async function* (lake: LakeState, query: FlowsQuery): AsyncGenerator<FlowRow> {
  const { sql, params, names } = await flowsSql(lake, query);
  for await (const row of streamQuery(lake, sql, params, query.signal)) yield toFlowRow(row, names);
};

const ADDED_NAMES = ADDED_FIELDS.map(({ name }) => name);

/** Query of records: the fields that the layouts of the selection's logs have, and all added ones. */
export const flowsSql = async (lake: LakeState, query: FlowsQuery) => {
  const names = [...(await presentFields(lake, query)), ...ADDED_NAMES];
  return { ...(await pageOf(lake, query, names)), names };
};

/** @param more columns */
const pageOf = async (
  lake: LakeState,
  { order = 'newest', limit, offset, after, ...selection }: FlowsQuery,
  names: readonly string[],
  more: readonly string[] = [],
) => {
  const page = { order, limit, offset, after: after === undefined ? undefined : readPosition(after) };
  const source = await flowsSource(lake, selection, ADDED_NAMES, page);
  const columns = [...names.map(columnOf), OTHER_FIELDS, ...more];
  // Ordered once more: a join may have lost the order of the page.
  return {
    sql: `SELECT ${columns.join(', ')} FROM ${source.sql} AS row ${orderSql(order, 'row.')}`,
    params: source.params,
  };
};

/** The fields of AWS that any file of the selection has. */
export const presentFields = async (lake: LakeState, selection: Selection): Promise<readonly string[]> => {
  const { first, last } = daysOf(selection.from, selection.to);
  const known = presentOf.get(lake.manifest) ?? new Map<string, readonly string[]>();
  presentOf.set(lake.manifest, known);
  const key = `${first} ${last}`;
  const fields = known.get(key) ?? (await readPresentFields(lake, { first, last }));
  known.set(key, fields);
  return fields;
};

/** What was found of a state, by its days: it cannot change. */
const presentOf = new WeakMap<LakeState['manifest'], Map<string, readonly string[]>>();

const readPresentFields = async (lake: LakeState, range: DayRange): Promise<readonly string[]> => {
  const files = await filesOf(lake, 'flows', range);
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
