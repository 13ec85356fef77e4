/**
 * One line of a flow log at a time, as a `ParsedLine`: a view on `./line-reader.ts` for where records are few or wanted
 * one by one.
 */
import { BatchBuilders } from './batch-builder.ts';
import { createDictionaries } from './dictionaries.ts';
import type { Layout } from './format.ts';
import { LineReader } from './line-reader.ts';
import type { ParsedLine, RejectReason, SkipReason } from './record.ts';
import { createRecordTaker } from './record-view.ts';

export interface LineParser {
  /** What the line is. A good header sets the layout of the lines after it, a bad one leaves them without. */
  parse(line: string): ParsedLine;
  /** The layout in force; null after a header that was rejected. */
  readonly layout: Layout | null;
}

/** A parser for one stream of lines: headers in it are for its own lines only. */
export const createLineParser = (initial: Layout): LineParser => {
  const dictionaries = createDictionaries();
  const reader = new LineReader(initial, new BatchBuilders({ dictionaries, onBatch: noBatch }));
  let takeRecord = createRecordTaker(reader.builder, initial.fields);
  return {
    parse: (line) => {
      switch (reader.readText(line)) {
        case 'row':
          return takeRecord();
        case 'blank':
          return BLANK;
        case 'header':
          takeRecord = createRecordTaker(reader.builder, reader.layout?.fields ?? []);
          return HEADER;
        case 'skipped':
          return { kind: 'skipped', reason: reader.reason as SkipReason };
        case 'rejected':
          return { kind: 'rejected', reason: reader.reason as RejectReason, detail: reader.detail };
      }
    },
    get layout() {
      return reader.layout;
    },
  };
};

const BLANK: ParsedLine = { kind: 'blank' };
const HEADER: ParsedLine = { kind: 'header' };

/** Each row is taken back before the next one comes. */
const noBatch = (): never => {
  throw new Error('a record was not taken out');
};
