/** The largest values of several fields, and the traffic that neighbours have in common. */

import { answerResident } from '../resident/question.ts';
import { askResident } from '../resident/resident.ts';
import { literal } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import { type Measure, queryTop, type TopRow } from './top.ts';
import { valueSql } from './value.ts';
import { SECONDS_PER_HOUR, type Selection } from './window.ts';

export interface PathLink {
  readonly from: string;
  readonly to: string;
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
}

export interface PathColumn {
  readonly field: string;
  readonly limit: number;
}

export interface Paths {
  /** The largest values of each column; records without a value are left out. */
  readonly columns: readonly (readonly TopRow[])[];
  /** Between each column and the next, by value. */
  readonly links: readonly (readonly PathLink[])[];
}

export interface PathsQuery extends Selection {
  /** Of two neighbours, at most one is a list such as `security-group-ids`; a record counts for each of its elements. */
  readonly columns: readonly PathColumn[];
  readonly by?: Measure | undefined;
}

export const queryPaths = async (lake: LakeState, query: PathsQuery): Promise<Paths> => {
  const { columns, by, filter, signal, ...window } = query;
  const fields = columns.map(({ field }) => field);
  const replies = await askResident(lake, [query], fields, SECONDS_PER_HOUR, (table) =>
    answerResident(lake, table, filter, [{ ...window, by, paths: columns }], signal),
  );
  if (replies?.[0] !== undefined) return { columns: replies[0].paths, links: replies[0].links };
  const selection = { ...window, filter, signal };
  const sides: Side[] = [];
  for (const { field, limit } of columns) {
    // One more than is wanted: the records without a value may be among them.
    const rows = await queryTop(lake, { ...selection, field, by, limit: limit + 1 });
    sides.push({ field, nodes: rows.filter(({ value }) => value !== null).slice(0, limit) });
  }
  const links: (readonly PathLink[])[] = [];
  for (const [index, right] of sides.slice(1).entries()) {
    links.push(await queryPairs(lake, selection, sides[index] ?? right, right));
  }
  return { columns: sides.map(({ nodes }) => nodes), links };
};

interface Side {
  readonly field: string;
  /** Only these values. */
  readonly nodes: readonly TopRow[];
}

const queryPairs = async (lake: LakeState, selection: Selection, left: Side, right: Side): Promise<PathLink[]> => {
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
