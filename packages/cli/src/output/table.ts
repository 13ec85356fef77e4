/**
 * Tables of plain text: a heading, aligned columns two blanks apart, nothing else, so that they can be read, copied
 * and cut with the usual tools. On a terminal that is too narrow the columns marked `shrinks` give way, widest first.
 */
import { stripVTControlCharacters } from 'node:util';
import type { Colors } from 'picocolors/types';

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** Numbers are aligned to the right. */
  readonly align?: 'left' | 'right';
  /** May be cut with an ellipsis where the terminal is too narrow. */
  readonly shrinks?: boolean;
  /** May be left out where shrinking does not do: the lowest number first. */
  readonly drops?: number;
  readonly style?: (text: string, row: Row) => string;
}

export interface TableOptions {
  readonly width: number;
  readonly colours: Colors;
}

const GAP = '  ';
/** A column that gives way keeps this much. */
const LEAST_WIDTH = 8;

/** Text of the table with line ends; the heading alone for no rows. */
export const formatTable = <Row>(
  rows: readonly Row[],
  allColumns: readonly Column<Row>[],
  { width, colours }: TableOptions,
): string => {
  const columns = columnsThatFit(rows, allColumns, width);
  const cells = cellsOf(rows, columns);
  const widths = fitWidths(columns, naturalWidths(columns, cells), width);
  const line = (texts: readonly string[], style: (text: string, column: number) => string): string =>
    texts
      .map((text, column) => {
        const size = widths[column] as number;
        const isLast = column === texts.length - 1;
        return style(pad(shorten(text, size), size, columns[column]?.align ?? 'left', isLast), column);
      })
      .join(GAP)
      .trimEnd();
  const heading = line(
    columns.map(({ heading }) => heading),
    (text) => colours.dim(text),
  );
  const body = cells.map((texts, index) =>
    line(texts, (text, column) => columns[column]?.style?.(text, rows[index] as Row) ?? text),
  );
  return [heading, ...body].map((text) => `${text}\n`).join('');
};

const cellsOf = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[][] =>
  rows.map((row) => columns.map(({ cell }) => toOneLine(cell(row))));

/** Leaves out columns until the others fit, or none can be left out. */
const columnsThatFit = <Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): readonly Column<Row>[] => {
  const least = naturalWidths(columns, cellsOf(rows, columns)).map((size, column) =>
    columns[column]?.shrinks ? Math.min(size, LEAST_WIDTH) : size,
  );
  if (totalWidth(least) <= width) return columns;
  const first = Math.min(...columns.map(({ drops }) => drops ?? Number.POSITIVE_INFINITY));
  const kept = columns.filter(({ drops }) => drops !== first);
  return kept.length === columns.length ? columns : columnsThatFit(rows, kept, width);
};

const totalWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, size) => sum + size, GAP.length * (widths.length - 1));

const naturalWidths = (columns: readonly Column<never>[], cells: readonly (readonly string[])[]): number[] =>
  columns.map(({ heading }, column) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), displayWidth(heading)),
  );

const fitWidths = (columns: readonly Column<never>[], natural: readonly number[], width: number): number[] => {
  const widths = [...natural];
  for (;;) {
    const excess = totalWidth(widths) - width;
    const shrinkable = widths.map((size, column) => (columns[column]?.shrinks && size > LEAST_WIDTH ? size : 0));
    const widest = Math.max(...shrinkable);
    if (excess <= 0 || widest === 0) return widths;
    const next = Math.max(LEAST_WIDTH, ...shrinkable.filter((size) => size < widest));
    widths[shrinkable.indexOf(widest)] = Math.max(next === widest ? widest - 1 : next, widest - excess, LEAST_WIDTH);
  }
};

const pad = (text: string, size: number, align: 'left' | 'right', isLast: boolean): string => {
  const blanks = ' '.repeat(Math.max(0, size - displayWidth(text)));
  if (align === 'right') return blanks + text;
  return isLast ? text : text + blanks;
};

const shorten = (text: string, size: number): string => {
  if (displayWidth(text) <= size) return text;
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) > size - 1) break;
    kept += character;
  }
  return `${kept}…`;
};

/** Names and descriptions come from outside: no line end and no control character of theirs reaches the terminal. */
export const toOneLine = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Cells of a terminal that the text takes. */
export const displayWidth = (text: string): number => {
  let width = 0;
  for (const character of text.replace(/\p{Mark}/gu, '')) width += WIDE.test(character) ? 2 : 1;
  return width;
};
