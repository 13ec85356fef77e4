/**
 * The record-at-a-time parser: one line of a flow log to one `ParsedLine`.
 *
 * A layout is compiled once into a list of rules, one per column; a line is then read in one pass from left to right, each value
 * where it stands. No line throws. The number of values is judged before the values themselves: a line of another
 * layout has its first bad value in an arbitrary place, and its count is what explains it.
 */
import { duplicateOf, type Layout, namesOfHeader, toLayout } from './format.ts';
import type { FlowRecord, ParsedLine, RejectedLine } from './record.ts';
import { resolveKind } from './status.ts';
import { skipBlanks, skipValue } from './tokens.ts';
import { isTransitGatewayLine } from './transit-gateway.ts';
import { isDamaged, readValue, rejectValue, toRejected, toValueRule, type ValueRule } from './value.ts';

/** Longest line of text in UTF-16 code units: all 54 fields with the longest ARNs and tags stay well below it. */
export const MAX_LINE_LENGTH = 65_536;

export interface LineParser {
  /** What the line is. A good header sets the layout of the lines after it, a bad one leaves them without. */
  parse(line: string): ParsedLine;
  /** The layout in force; null after a header that was rejected. */
  readonly layout: Layout | null;
}

/** A parser for one stream of lines: headers in it are for its own lines only. */
export const createLineParser = (initial: Layout): LineParser => {
  let layout: Layout | null = initial;
  let rules = toRules(initial);
  let template = toTemplate(initial);

  const useHeader = (names: readonly string[]): ParsedLine => {
    const duplicate = duplicateOf(names);
    if (duplicate !== undefined) {
      layout = null;
      return toRejected('duplicate-field', `the header names ${duplicate} twice`);
    }
    layout = toLayout(names);
    rules = toRules(layout);
    template = toTemplate(layout);
    return HEADER;
  };

  const parse = (line: string): ParsedLine => {
    const from = skipBlanks(line, line.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0);
    if (from === line.length) return BLANK;
    if (line.length > MAX_LINE_LENGTH) return rejectLength(line);
    if (isDamaged(line)) return BAD_ENCODING;
    if (beginsLikeHeader(line.charCodeAt(from))) {
      const names = namesOfHeader(line.slice(from));
      if (names !== null) return useHeader(names);
    }
    if (layout === null) return reject(line, UNKNOWN_LAYOUT);
    if (layout.kind === 'transit-gateway') return TRANSIT_GATEWAY;

    const record: Record<string, string | number | null> = { ...template };
    const failure = readValues(line, from, rules, record);
    return failure === null ? { kind: resolveKind(record), record } : reject(line, failure);
  };

  return {
    parse,
    get layout() {
      return layout;
    },
  };
};

const toRules = (layout: Layout): readonly ValueRule[] => layout.fields.map(toValueRule);

/**
 * A record of nulls that each line's record is cloned from: all records of a layout share one hidden class. JSON gives
 * an object whose properties are sized for it; adding them one by one would end in a dictionary past a dozen.
 */
const toTemplate = (layout: Layout): FlowRecord =>
  JSON.parse(`{${layout.fields.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`) as FlowRecord;

/** Reads all values of a line into `record`; what is wrong with the line, or null. */
const readValues = (
  line: string,
  begin: number,
  rules: readonly ValueRule[],
  record: Record<string, string | number | null>,
): RejectedLine | null => {
  let failure: RejectedLine | null = null;
  let count = 0;
  for (let from = begin; from < line.length; count++) {
    const to = skipValue(line, from);
    const rule = rules[count];
    if (rule !== undefined && failure === null && !isMissing(line, from, to)) {
      const value = readValue(line, from, to, rule);
      if (value === null) failure = rejectValue(line.slice(from, to), rule);
      else record[rule.name] = value;
    }
    from = skipBlanks(line, to);
  }
  if (count === rules.length) return failure;
  return toRejected('field-count', `expected ${rules.length} values, found ${count}`);
};

const isMissing = (line: string, from: number, to: number): boolean => to === from + 1 && line.charCodeAt(from) === 45;

/** The answer for a line that cannot be read as asked: it may be of another kind, which says more than `failure`. */
const reject = (line: string, failure: RejectedLine): ParsedLine => {
  if (isTransitGatewayLine(line)) return TRANSIT_GATEWAY;
  return hasControlCharacter(line) ? BINARY : failure;
};

const rejectLength = (line: string): ParsedLine =>
  toRejected('line-too-long', `${line.length} characters, more than the ${MAX_LINE_LENGTH} a record can have`);

/** Names of fields begin with a small letter, while most records begin with a digit or `-`. */
const beginsLikeHeader = (code: number): boolean => code >= 97 && code <= 122;

const hasControlCharacter = (line: string): boolean => {
  for (let position = 0; position < line.length; position++) {
    const code = line.charCodeAt(position);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
  }
  return false;
};

/** What some editors write before the first line of a file. */
const BYTE_ORDER_MARK = 0xfeff;

const BLANK: ParsedLine = { kind: 'blank' };
const HEADER: ParsedLine = { kind: 'header' };
const TRANSIT_GATEWAY: ParsedLine = { kind: 'skipped', reason: 'transit-gateway' };
const BAD_ENCODING = toRejected('bad-encoding', 'the line holds bytes that are not valid UTF-8');
const BINARY = toRejected('not-a-flow-log', 'the line holds control characters, as binary data does');
const UNKNOWN_LAYOUT = toRejected('unknown-layout', 'the header above was rejected, so the layout is not known');
