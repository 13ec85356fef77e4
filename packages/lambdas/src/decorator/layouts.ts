/**
 * A parser for a stream in which flow logs of several formats may interleave.
 *
 * CloudWatch Logs and Firehose deliver no headers, so formats are told beforehand. A line is read with the format that
 * has as many fields as it has values; where several have, all are tried and exactly one must fit. A line that fits
 * more than one is rejected: its meaning is not guessed.
 */
import { DEFAULT_LAYOUT, type Layout, parseFormat } from '@flowfit/core/flow/format';
import { createLineParser, type LineParser } from '@flowfit/core/flow/parse';
import type { ParsedLine } from '@flowfit/core/flow/record';
import { splitValues } from '@flowfit/core/flow/tokens';

/** Reads formats as they stand in configuration, separated by `;`. Empty = none told. @throws FormatError */
export function parseFormats(text: string): Layout[] {
  return text
    .split(';')
    .filter((format) => format.trim() !== '')
    .map(parseFormat);
}

/** A parser whose every line stands for itself: a header is a line of no use here and changes nothing. */
export function createLayoutsParser(layouts: readonly Layout[]): LineParser {
  const distinct = [...new Map(layouts.map((layout) => [layout.fields.join(' '), layout])).values()];
  const [first = DEFAULT_LAYOUT, ...others] = distinct;
  const parsers = [first, ...others].map(createStatelessParser);
  const [parser] = parsers;
  return {
    layout: first,
    parse: others.length === 0 ? parser!.parse : (line) => parseWithFitting(line, parsers),
  };
}

function createStatelessParser(layout: Layout): LineParser {
  let parser = createLineParser(layout);
  return {
    layout,
    parse: (line) => {
      const parsed = parser.parse(line);
      // A header, good or bad, leaves the parser in another state than the next line may rely on.
      if (parsed.kind === 'header' || parser.layout !== layout) parser = createLineParser(layout);
      return parsed;
    },
  };
}

function parseWithFitting(line: string, parsers: readonly LineParser[]): ParsedLine {
  const count = splitValues(line).length;
  const candidates = parsers.filter(({ layout }) => layout?.fields.length === count);
  const results = (candidates.length > 0 ? candidates : parsers.slice(0, 1)).map((parser) => parser.parse(line));
  const fitting = results.filter(({ kind }) => kind !== 'rejected');
  if (fitting.length <= 1 || fitting[0]!.kind === 'skipped') return fitting[0] ?? results[0]!;
  const detail = `the line fits ${fitting.length} of the ${parsers.length} formats; set FLOW_LOG_FORMAT to the one of this stream`;
  return { kind: 'rejected', reason: 'unknown-layout', detail };
}
