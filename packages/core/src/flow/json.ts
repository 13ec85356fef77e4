/**
 * Flow logs as JSON, in the shapes in which they leave AWS:
 *
 * - `{"message": "2 123456789012 eni-… …"}`: one line each, as ingestors and Firehose write them, with line ends
 *   between the objects or without;
 * - `{"srcaddr": …, "dstport": …}`: record objects, see `./json-record.ts`;
 * - `{"messageType": "DATA_MESSAGE", "logEvents": [{"message": …}]}`: what a CloudWatch Logs subscription delivers;
 * - `{"events": [{"message": …}]}`: what `aws logs filter-log-events` and `get-log-events` print;
 * - a list of any of these.
 */
import { decodeRecordObject, isRecordObject, type JsonObject } from './json-record.ts';
import { splitJsonTexts } from './json-text.ts';
import type { LineParser } from './parse.ts';
import type { ParsedLine } from './record.ts';
import { skipBlanks } from './tokens.ts';
import { quote, toRejected } from './value.ts';

/** Longest line of JSON in UTF-16 code units: well above what CloudWatch Logs or Firehose put into one. */
export const MAX_JSON_LINE_LENGTH = 16_777_216;

/** Whether a line, or a whole document by its beginning, is JSON rather than text: no record begins with a bracket. */
export const isJson = (text: string): boolean => {
  const first = text[skipBlanks(text, 0)];
  return first === '{' || first === '[';
};

/** What one line of JSON holds: any number of records and rejections, in their order. */
export const decodeJsonLine = (line: string, parser: LineParser): ParsedLine[] => {
  if (line.length <= MAX_JSON_LINE_LENGTH) return decodeJsonDocument(line, parser);
  const detail = `${line.length} characters, more than the ${MAX_JSON_LINE_LENGTH} a line of JSON may have`;
  return [toRejected('line-too-long', detail)];
};

/**
 * What a whole document holds, whatever its line ends: the answer of an AWS CLI command, a list, or objects one after
 * the other. Lines in messages are read by `parser`, with its layout.
 */
export const decodeJsonDocument = (text: string, parser: LineParser): ParsedLine[] => {
  const whole = parseJson(text);
  if (whole !== undefined) return decodeValue(whole, parser);
  const pieces = splitJsonTexts(text);
  return pieces.flatMap((piece, index) => {
    const value = pieces.length === 1 ? undefined : parseJson(piece);
    return value === undefined ? [rejectPiece(index, pieces.length)] : decodeValue(value, parser);
  });
};

/** The value of a JSON text, or undefined when it is none. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const rejectPiece = (index: number, count: number): ParsedLine =>
  toRejected('bad-json', count === 1 ? 'no complete JSON text' : `value ${index + 1} of ${count} is no JSON text`);

const decodeValue = (value: unknown, parser: LineParser): ParsedLine[] =>
  Array.isArray(value) ? value.flatMap((item) => decodeObject(item, parser)) : decodeObject(value, parser);

const decodeObject = (value: unknown, parser: LineParser): ParsedLine[] => {
  if (!isObject(value)) return [toRejected('not-a-flow-log', `${quote(typeof value)} where an object should be`)];
  if (value['messageType'] === 'CONTROL_MESSAGE') return [];
  const events = value['logEvents'] ?? value['events'];
  if (Array.isArray(events)) return events.flatMap((event) => decodeEvent(event, parser));
  if (typeof value['message'] === 'string' || isRecordObject(value)) return decodeEvent(value, parser);
  const names = Object.keys(value).slice(0, 5).join(', ');
  return [
    toRejected('not-a-flow-log', `the object has neither a message nor fields of a flow record, but ${quote(names)}`),
  ];
};

/** An object that holds its record in `message`, or is one. */
const decodeEvent = (event: unknown, parser: LineParser): ParsedLine[] => {
  if (!isObject(event)) return [toRejected('not-a-flow-log', 'a log event is no object')];
  const message = event['message'];
  if (typeof message === 'string') return decodeMessage(message, parser);
  if (isRecordObject(event)) return [decodeRecordObject(event)];
  return [toRejected('not-a-flow-log', 'a log event has no message')];
};

/** A message is one line, seldom several, and may itself be JSON where a forwarder wrapped it once more. */
const decodeMessage = (message: string, parser: LineParser): ParsedLine[] =>
  isJson(message) ? decodeJsonDocument(message, parser) : message.split('\n').map((line) => parser.parse(line));

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
