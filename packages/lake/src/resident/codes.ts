/** Filters over the codes of a table in memory: a test is held against each value of a dictionary once. */
import type { Filter } from '@flowfit/core/filter/tree';
import { compileTest, compileTests, type Test, testsOf } from '../filter-sql.ts';
import { runQuery } from '../queries/run.ts';
import { type Sql, sql } from '../sql/fragment.ts';
import { literal } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { residentColumn } from './columns.ts';

/** Codes that lie side by side are one range. More of them are looked up in the dictionary. */
const MOST_RANGES = 8;

/**
 * The condition of a filter, for WHERE, without parameters: it may stand in a statement several times.
 *
 * @param schema where the dictionaries are
 */
export const codedCondition = async (
  lake: Pick<LakeState, 'db'>,
  schema: string,
  filter: Filter,
  signal?: AbortSignal,
): Promise<string> => {
  const conditions = new Map<Test, string>();
  for (const test of testsOf(filter)) conditions.set(test, await conditionOf(lake, schema, test, signal));
  return compileTests(filter, (test) => sql(conditions.get(test) ?? 'false')).sql;
};

const conditionOf = async (
  lake: Pick<LakeState, 'db'>,
  schema: string,
  test: Test,
  signal: AbortSignal | undefined,
): Promise<string> => {
  const { column, dictionary } = residentColumn(test.field);
  if (dictionary === null || test.kind === 'null') return withValues(compileTest(test, column));
  const matching = compileTest(test, 'value');
  const query = `SELECT code FROM ${schema}.${dictionary} WHERE ${matching.sql}`;
  const rows = await runQuery<{ code: number }>(lake, `${query} ORDER BY code`, matching.params, signal);
  const ranges = rangesOf(rows.map(({ code }) => code));
  if (ranges.length > MOST_RANGES) return `${column} in (${withValues({ ...matching, sql: query })})`;
  return ranges.length === 0 ? 'false' : `(${ranges.map((range) => inRange(column, range)).join(' or ')})`;
};

type Range = readonly [first: number, last: number];

/** @param codes ascending */
const rangesOf = (codes: readonly number[]): Range[] => {
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
};

const inRange = (column: string, [first, last]: Range): string =>
  first === last ? `${column} = ${first}` : `${column} between ${first} and ${last}`;

/** With the values in the places of their `?`. */
const withValues = ({ sql: text, params }: Sql): string => {
  const [first = '', ...others] = text.split('?');
  return others.reduce((whole, part, index) => {
    const value = params[index] ?? '';
    return `${whole}${typeof value === 'number' ? value : literal(value)}${part}`;
  }, first);
};
