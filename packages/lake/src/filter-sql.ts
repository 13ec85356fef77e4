/**
 * Compiles a filter to a parameterised SQL condition that means what `core/filter/evaluate.ts` says.
 *
 * SQL's logic has three values, the filter's has two. Where a condition is not negated the two agree, because WHERE
 * takes null for false; so only `not` has to do something about null: `(…) is not true`. Everything else stays a plain
 * comparison, which DuckDB can hold against the statistics of a Parquet file.
 */

import { type FilterField, filterField } from '@flowfit/core/filter/fields';
import { lowerAscii } from '@flowfit/core/filter/text';
import type { Filter, Value } from '@flowfit/core/filter/tree';
import { parsePrefix } from '@flowfit/core/net/prefix';
import { joinSql, type Sql, sql } from './sql/fragment.ts';
import { inPrefixSql } from './sql/prefix.ts';

/**
 * The condition, for WHERE, FILTER or CASE WHEN: it is true exactly for the flows that the filter holds for, false or
 * null for the others.
 *
 * @param columnOf SQL expression of a field: text, number (times as Unix seconds), or list of text. It is trusted (all
 *   that the user wrote goes into the parameters), holds no `?`, and stands in parentheses unless it is one term.
 */
export const compileFilter = (filter: Filter, columnOf: (field: string) => string): Sql =>
  compileTests(filter, (test) => compileTest(test, columnOf(test.field)));

/** As `compileFilter`, where each test becomes a condition in its own way. */
export const compileTests = (filter: Filter, compileOne: (test: Test) => Sql): Sql => {
  const compile = (part: Filter): Sql => {
    switch (part.kind) {
      case 'and':
        return joinSql(part.filters.map(compile), ' and ', 'true');
      case 'or':
        return joinSql(part.filters.map(compile), ' or ', 'false');
      case 'not': {
        const inner = compile(part.filter);
        return sql(`(${inner.sql}) is not true`, ...inner.params);
      }
      default:
        return compileOne(part);
    }
  };
  return compile(filter);
};

/** A filter of one field. */
export type Test = Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' }>;

/** The tests of a filter, from left to right. */
export const testsOf = (filter: Filter): Test[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap(testsOf);
    case 'not':
      return testsOf(filter.filter);
    default:
      return [filter];
  }
};

/** @param column as `columnOf` of `compileFilter` */
export const compileTest = (test: Test, column: string): Sql => {
  switch (test.kind) {
    case 'null':
      return sql(`${column} is null`);
    case 'compare':
      return sql(`${column} ${test.operator} ?`, test.number);
    case 'contains':
      return isList(test.field)
        ? sql(
            `len(list_filter(${column}, lambda element: contains(${lowerSql('element')}, ?))) > 0`,
            lowerAscii(test.text),
          )
        : sql(`contains(${lowerSql(column)}, ?)`, lowerAscii(test.text));
    case 'in':
      return isList(test.field) ? compileListMembership(column, test.values) : compileMembership(column, test.values);
  }
};

/** Single values become one `in (…)`, ranges and prefixes a condition each. */
const compileMembership = (column: string, values: readonly Value[]): Sql => {
  const singles = values.flatMap(scalarOf);
  const ranges = values.flatMap((value) => rangeSql(column, value));
  return joinSql([...inSql(column, singles), ...ranges], ' or ', 'false');
};

const compileListMembership = (column: string, values: readonly Value[]): Sql => {
  const singles = values.flatMap(scalarOf);
  if (singles.length === 1) return sql(`list_contains(${column}, ?)`, ...singles);
  return sql(`list_has_any(${column}, [${singles.map(() => '?').join(', ')}]::varchar[])`, ...singles);
};

const scalarOf = (value: Value): (string | number)[] => {
  switch (value.kind) {
    case 'text':
      return [value.text];
    case 'number':
      return [value.number];
    case 'address':
      return [value.address];
    default:
      return [];
  }
};

const inSql = (column: string, singles: readonly (string | number)[]): Sql[] => {
  if (singles.length === 0) return [];
  if (singles.length === 1) return [sql(`${column} = ?`, ...singles)];
  return [sql(`${column} in (${singles.map(() => '?').join(', ')})`, ...singles)];
};

const rangeSql = (column: string, value: Value): Sql[] => {
  if (value.kind === 'range') return [sql(`${column} between ? and ?`, value.from, value.to)];
  if (value.kind !== 'prefix') return [];
  const prefix = parsePrefix(value.prefix);
  if (prefix === null) throw new RangeError(`"${value.prefix}" is no CIDR.`);
  return [inPrefixSql(column, prefix)];
};

const isList = (name: string): boolean => {
  const field: FilterField | undefined = filterField(name);
  return field?.kind === 'list';
};

/** As `lowerAscii` does it. */
const lowerSql = (expression: string): string =>
  `translate(${expression}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')`;
