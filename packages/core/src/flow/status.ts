/**
 * What a record stands for. AWS says it in `log-status`. Custom layouts may lack that field; then a record that has
 * none of its packets' properties is one of an interval without traffic.
 */
import { type FlowColumn, MISSING_CODE, MISSING_NUMBER, ROW_KINDS } from './batch.ts';
import { FIELDS, type FieldName, fieldOf } from './fields.ts';
import type { RecordKind } from './record.ts';

/** Fields that every record of packets has and no other has. */
const TRAFFIC_FIELDS: readonly FieldName[] = FIELDS.filter((field) => 'traffic' in field).map((field) => field.name);

/** Gives the kind of a row, as its place in `ROW_KINDS`. */
export type KindRule = (row: number) => number;

/**
 * The rule for some columns: `log-status` decides where the record has one, whatever else it says. Otherwise: at least
 * one traffic field in the layout, and all of them missing, is `no-data`; everything else is a `record`.
 *
 * @param column the column of a field, undefined where there is none
 */
export const toKindRule = (column: (field: FieldName) => FlowColumn | undefined): KindRule => {
  const status = column('log-status');
  const codes = status?.holds === 'codes' ? status.codes : null;
  const traffic = TRAFFIC_FIELDS.flatMap((field) => column(field) ?? []);
  return (row) => {
    const code = codes === null ? MISSING_CODE : (codes[row] as number);
    return code === MISSING_CODE ? inferredKind(traffic, row) : (KINDS_OF_STATUS[code] as number);
  };
};

const inferredKind = (traffic: readonly FlowColumn[], row: number): number =>
  traffic.length === 0 || traffic.some((column) => !isMissing(column, row)) ? RECORD : NO_DATA;

const isMissing = (column: FlowColumn, row: number): boolean =>
  column.holds === 'numbers' ? column.values[row] === MISSING_NUMBER : column.codes[row] === MISSING_CODE;

const placeOf = (kind: RecordKind): number => ROW_KINDS.indexOf(kind);
const RECORD = placeOf('record');
const NO_DATA = placeOf('no-data');

const MEANINGS: Readonly<Record<string, number>> = { OK: RECORD, NODATA: NO_DATA, SKIPDATA: placeOf('skip-data') };

/** By the code of a word of `log-status`. */
const KINDS_OF_STATUS = [RECORD, ...(fieldOf('log-status')?.values ?? []).map((word) => MEANINGS[word] as number)];
