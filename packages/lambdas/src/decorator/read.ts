/** Reading the data of one Firehose record: a line as the ingestor puts it, or JSON as flow logs put it directly. */
import { decodeJsonLine, isJson } from '@flowfit/core/flow/json';
import type { LineParser } from '@flowfit/core/flow/parse';
import type { FlowRecord, ParsedLine, RecordKind, RejectReason, SkipReason } from '@flowfit/core/flow/record';

/** Why a record leaves no document although nothing is wrong with it. */
export type DropReason = SkipReason | 'empty' | 'header' | 'no-data' | 'skip-data';

/** Why a record cannot become one document. */
export type FailReason =
  | RejectReason
  /** Several records in one: the destination takes one document per record. */
  | 'several-records'
  /** A compressed envelope: the log group is subscribed to the stream itself instead of the ingestor. */
  | 'compressed'
  /** The document would take the response over its limit. */
  | 'response-full'
  /** A defect of the function. */
  | 'internal';

export type ReadRecord =
  | { readonly kind: RecordKind; readonly record: FlowRecord }
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'failed'; readonly reason: FailReason; readonly detail: string };

const EMPTY: ReadRecord = { kind: 'dropped', reason: 'empty' };
const HEADER: ReadRecord = { kind: 'dropped', reason: 'header' };

export interface RecordReader {
  /** Reads base64 data. */
  read(data: string): ReadRecord;
}

export function createRecordReader(parser: LineParser): RecordReader {
  // One piece of memory for all records: a buffer for each would be garbage at once.
  let memory = Buffer.allocUnsafe(64 * 1024);
  return {
    read: (data) => {
      if (data.length > memory.length) memory = Buffer.allocUnsafe(2 * data.length);
      const length = memory.write(data, 0, 'base64');
      if (length === 0) return EMPTY;
      if (memory[0] === 0x1f && memory[1] === 0x8b) return COMPRESSED;
      return readText(memory.toString('utf8', 0, length), parser);
    },
  };
}

const COMPRESSED: ReadRecord = {
  kind: 'failed',
  reason: 'compressed',
  detail: 'gzip data: subscribe the ingestor to the log group instead of the delivery stream',
};

function readText(text: string, parser: LineParser): ReadRecord {
  if (isJson(text)) return single(decodeJsonLine(text, parser));
  const end = text.indexOf('\n');
  if (end < 0 || end === text.length - 1) return toRead(parser.parse(text));
  return single(text.split('\n').map((line) => parser.parse(line)));
}

/** Of several lines, one that holds something. */
function single(lines: readonly ParsedLine[]): ReadRecord {
  const filled = lines.filter(({ kind }) => kind !== 'blank' && kind !== 'header');
  if (filled.length === 0) return lines.some(({ kind }) => kind === 'header') ? HEADER : EMPTY;
  if (filled.length === 1) return toRead(filled[0]!);
  const detail = `${filled.length} flow records in one Firehose record`;
  return { kind: 'failed', reason: 'several-records', detail };
}

function toRead(line: ParsedLine): ReadRecord {
  switch (line.kind) {
    case 'blank':
      return EMPTY;
    case 'header':
      return HEADER;
    case 'skipped':
      return { kind: 'dropped', reason: line.reason };
    case 'rejected':
      return { kind: 'failed', reason: line.reason, detail: line.detail };
    default:
      return line;
  }
}
