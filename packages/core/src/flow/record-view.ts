/** Rows of a builder as records, for where they are wanted one by one. */
import type { BatchBuilder } from './batch-builder.ts';
import type { FlowRecord, ParsedLine } from './record.ts';
import type { ValueColumn } from './value-columns.ts';

/**
 * Takes the last row out of a builder.
 *
 * @param fields in the order that the record is to have
 */
export const createRecordTaker = (builder: BatchBuilder, fields: readonly string[]): (() => ParsedLine) => {
  const template = toTemplate(fields);
  const columns = fields.map((field) => builder.column(field) as ValueColumn);
  return () => {
    const row = builder.length - 1;
    const record: Record<string, string | number | null> = { ...template };
    for (let place = 0; place < fields.length; place++) {
      record[fields[place] as string] = (columns[place] as ValueColumn).valueAt(row);
    }
    const kind = builder.kindAt(row);
    builder.drop();
    return { kind, record };
  };
};

/**
 * A record of nulls that each line's record is cloned from: all records of a layout share one hidden class. JSON gives
 * an object whose properties are sized for it; adding them one by one would end in a dictionary past a dozen. It also
 * takes a name like "__proto__" for a name.
 */
const toTemplate = (fields: readonly string[]): FlowRecord =>
  JSON.parse(`{${fields.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`) as FlowRecord;
