/**
 * Flow logs as JSON, in the shapes in which they leave AWS:
 *
 * - `{"message": "2 123456789012 eni-… …"}`: one line each, as ingestors and Firehose write them, with line ends
 *   between the objects or without;
 * - `{"srcaddr": …, "dstport": …}`: record objects, see `./record-reader.ts`;
 * - `{"messageType": "DATA_MESSAGE", "logEvents": [{"message": …}]}`: what a CloudWatch Logs subscription delivers;
 * - `{"events": [{"message": …}]}`: what `aws logs filter-log-events` and `get-log-events` print;
 * - a list of any of these.
 */
import { BatchBuilders } from './batch-builder.ts';
import { toFieldName } from './columns.ts';
import { createDictionaries } from './dictionaries.ts';
import { splitJsonTexts } from './json-text.ts';
import type { LineParser } from './parse.ts';
import type { ParsedLine, RejectReason, SkipReason } from './record.ts';
import { RecordReader } from './record-reader.ts';
import { createRecordTaker } from './record-view.ts';
import { skipBlanks } from './tokens.ts';
import { isTransitGatewayField } from './transit-gateway.ts';
import { quote } from './value.ts';

/** Longest line of JSON in UTF-16 code units: well above what CloudWatch Logs or Firehose put into one. */
export const MAX_JSON_LINE_LENGTH = 16_777_216;

export type JsonObject = Readonly<Record<string, unknown>>;

/** Takes what JSON holds, in its order. */
export interface JsonTarget {
  /** A line of text. */
  line(text: string): void;
  record(object: JsonObject): void;
  reject(reason: RejectReason, detail: string): void;
}

/** Whether a line, or a whole document by its beginning, is JSON rather than text: no record begins with a bracket. */
export const isJson = (text: string): boolean => {
  const first = text[skipBlanks(text, 0)];
  return first === '{' || first === '[';
};

/** Reads one line of JSON: any number of lines, records and rejections. */
export const readJsonLine = (line: string, target: JsonTarget): void => {
  const { length } = line;
  if (length <= MAX_JSON_LINE_LENGTH) readJsonDocument(line, target);
  else
    target.reject(
      'line-too-long',
      `${length} characters, more than the ${MAX_JSON_LINE_LENGTH} a line of JSON may have`,
    );
};

/**
 * Reads a whole document, whatever its line ends: the answer of an AWS CLI command, a list, or objects one after the
 * other.
 */
export const readJsonDocument = (text: string, target: JsonTarget): void => {
  const whole = parseJson(text);
  if (whole === undefined) readPieces(splitJsonTexts(text), target);
  else readValue(whole, target);
};

const readPieces = (pieces: readonly string[], target: JsonTarget): void => {
  const { length } = pieces;
  for (const [index, piece] of pieces.entries()) {
    const value = length === 1 ? undefined : parseJson(piece);
    if (value !== undefined) readValue(value, target);
    else
      target.reject(
        'bad-json',
        length === 1 ? 'no complete JSON text' : `value ${index + 1} of ${length} is no JSON text`,
      );
  }
};

/** What one line of JSON holds: any number of records and rejections, in their order. */
export const decodeJsonLine = (line: string, parser: LineParser): ParsedLine[] =>
  decoded(parser, (target) => readJsonLine(line, target));

/** What a whole document holds. Lines in messages are read by `parser`, with its layout. */
export const decodeJsonDocument = (text: string, parser: LineParser): ParsedLine[] =>
  decoded(parser, (target) => readJsonDocument(text, target));

const decoded = (parser: LineParser, read: (target: JsonTarget) => void): ParsedLine[] => {
  const lines: ParsedLine[] = [];
  read({
    line: (text) => void lines.push(parser.parse(text)),
    record: (object) => void lines.push(decodeRecord(object)),
    reject: (reason, detail) => void lines.push({ kind: 'rejected', reason, detail }),
  });
  return lines;
};

/** A record is taken out before it could become a batch. */
const noBatch = (): undefined => undefined;

const decodeRecord = (object: JsonObject): ParsedLine => {
  const records = new RecordReader(new BatchBuilders({ dictionaries: createDictionaries(), onBatch: noBatch }));
  const values = Object.values(object);
  switch (records.read(Object.keys(object), (place) => values[place])) {
    case 'row':
      return createRecordTaker(records.builder, Object.keys(object).map(toFieldName))();
    case 'skipped':
      return { kind: 'skipped', reason: records.reason as SkipReason };
    case 'rejected':
      return { kind: 'rejected', reason: records.reason as RejectReason, detail: records.detail };
  }
};

/** The value of a JSON text, or undefined when it is none. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readValue = (value: unknown, target: JsonTarget): void => {
  for (const item of Array.isArray(value) ? value : [value]) readObject(item, target);
};

const readObject = (value: unknown, target: JsonTarget): void => {
  const events = isObject(value) ? eventsOf(value) : `${quote(typeof value)} where an object should be`;
  if (typeof events === 'string') target.reject('not-a-flow-log', events);
  else for (const event of events) readEvent(event, target);
};

/** The events in an object, which may be one itself; a text says why there are none. */
const eventsOf = (object: JsonObject): readonly unknown[] | string => {
  if (object['messageType'] === 'CONTROL_MESSAGE') return [];
  const events = object['logEvents'] ?? object['events'];
  if (Array.isArray(events)) return events;
  if (typeof object['message'] === 'string' || isRecordObject(object)) return [object];
  const names = Object.keys(object).slice(0, 5).join(', ');
  return `the object has neither a message nor fields of a flow record, but ${quote(names)}`;
};

/** An object that holds its record in `message`, or is one. */
const readEvent = (event: unknown, target: JsonTarget): void => {
  const message = isObject(event) ? event['message'] : undefined;
  if (!isObject(event)) target.reject('not-a-flow-log', 'a log event is no object');
  else if (typeof message === 'string') readMessage(message, target);
  else if (isRecordObject(event)) target.record(event);
  else target.reject('not-a-flow-log', 'a log event has no message');
};

/** A message is one line, seldom several, and may itself be JSON where a forwarder wrapped it once more. */
const readMessage = (message: string, target: JsonTarget): void => {
  if (isJson(message)) readJsonDocument(message, target);
  else for (const line of message.split('\n')) target.line(line);
};

/** Names of which a flow record has at least one, and other logs none: `version` or `region` alone say nothing. */
const TELLING_FIELDS = new Set([
  'interface-id',
  'srcaddr',
  'dstaddr',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'log-status',
  'flow-direction',
]);

const isRecordObject = (object: JsonObject): boolean =>
  Object.keys(object).some((key) => {
    const name = toFieldName(key);
    return TELLING_FIELDS.has(name) || isTransitGatewayField(name);
  });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
