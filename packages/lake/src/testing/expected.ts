/** What the core's parser says of a file, line by line: the definition that ingest is held against. */
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS, fieldOf } from '@flowfit/core/flow/fields';
import { DEFAULT_LAYOUT, type Layout } from '@flowfit/core/flow/format';
import { decodeJsonLine, isJson } from '@flowfit/core/flow/json';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { FlowRecord, ParsedLine } from '@flowfit/core/flow/record';
import { canonicalAddress } from '@flowfit/core/net/address';

export interface Expected {
  readonly records: readonly FlowRecord[];
  readonly noData: readonly FlowRecord[];
  readonly skipData: readonly FlowRecord[];
  readonly rejected: Readonly<Record<string, number>>;
}

/** @param text whole, as it was decoded */
export const expectedOf = (text: string, initial: Layout = DEFAULT_LAYOUT): Expected => {
  const parser = createLineParser(initial);
  const lines = text
    .split('\n')
    .flatMap((line): ParsedLine[] => (isJson(line) ? decodeJsonLine(line, parser) : [parser.parse(line)]));
  const rejected: Record<string, number> = {};
  for (const line of lines) {
    if (line.kind === 'rejected' || line.kind === 'skipped') rejected[line.reason] = (rejected[line.reason] ?? 0) + 1;
  }
  const of = (kind: ParsedLine['kind']) =>
    lines.flatMap((line) => (line.kind === kind && 'record' in line ? [line.record] : []));
  return { records: of('record'), noData: of('no-data'), skipData: of('skip-data'), rejected };
};

/** A record as the lake holds it: all fields as columns, addresses in canonical text. */
export const storedRow = (record: FlowRecord): string => {
  const known = FIELDS.map(({ name }) => [toColumn(name), storedValue(name, record)] as const);
  const others = Object.keys(record).filter((name) => fieldOf(name) === undefined);
  const map = Object.fromEntries(
    others
      .filter((name) => record[name] !== null)
      .sort()
      .map((name) => [name, storedValue(name, record)]),
  );
  return JSON.stringify({ ...Object.fromEntries(known), other_fields: others.length === 0 ? null : map });
};

const storedValue = (name: string, record: FlowRecord) => {
  const value = record[name] ?? null;
  if (typeof value !== 'string') return value;
  return fieldOf(name)?.type === 'address' ? canonicalAddress(value) : value;
};

/** Exact repeats count once: of equal values under equal names, those aside that AWS does not know and nothing says. */
export const distinctRows = (records: readonly FlowRecord[], toRow = storedRow): string[] => {
  const rows = new Map(
    records.map((record) => {
      const known = Object.keys(record).filter((name) => fieldOf(name) !== undefined);
      return [`${known.sort()} ${storedRow(record)}`, toRow(record)];
    }),
  );
  return [...rows.values()].sort();
};
