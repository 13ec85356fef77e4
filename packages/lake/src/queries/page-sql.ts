/** Pages of records: the same order however the records lie in their files. */
import { RECORD_HASH } from '../sql/columns.ts';

export type Order = 'newest' | 'oldest';

/** Where a record stands in the order: its start in Unix seconds, null without time, and its hash. */
export interface Position {
  readonly start: number | null;
  /** Decimal. */
  readonly hash: string;
}

/** How many records are wanted, of which end of time. */
export interface Page {
  readonly order: Order;
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  /** Those behind this one alone. */
  readonly after: Position | undefined;
}

/** @param row of the columns, with a dot */
export const orderSql = (order: Order, row: string): string =>
  `ORDER BY ${row}start ${order === 'newest' ? 'DESC' : 'ASC'} NULLS LAST, ${row}${RECORD_HASH}`;

/** What follows the conditions of a WHERE. */
export const pageSql = ({ order, limit, offset, after }: Page, row: string): string =>
  [
    after === undefined ? '' : `AND ${behindSql(after, order, row)}`,
    orderSql(order, row),
    limit === undefined ? '' : `LIMIT ${Math.floor(limit)}`,
    offset === undefined ? '' : `OFFSET ${Math.floor(offset)}`,
  ].join(' ');

const behindSql = ({ start, hash }: Position, order: Order, row: string): string => {
  const isBehind = `${row}${RECORD_HASH} > ${hash}::UBIGINT`;
  if (start === null) return `(${row}start IS NULL AND ${isBehind})`;
  return `(${row}start ${order === 'newest' ? '<' : '>'} ${start} OR ${row}start IS NULL OR (${row}start = ${start} AND ${isBehind}))`;
};
