/**
 * CSV after RFC 4180, as exports write it. What a spreadsheet would run as a formula gets an apostrophe before it: tags
 * and descriptions are written by others. Numbers are left alone.
 */
export const toCsvLine = (cells: readonly (string | number)[]): string => `${cells.map(toCell).join(',')}\r\n`;

const NUMBER = /^-?[0-9]+$/;

/**
 * Where a formula may begin: at the beginning of a cell, blanks and quotes aside; and behind what other spreadsheets take
 * for the end of one, such as the semicolon of German ones. The full-width signs are those of Japanese keyboards.
 */
const FORMULA = /(^|[;|\t\r\n])([\s"']*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;
/** Dropped before the cell is read by some. */
const LEADING_CONTROL = /^[\t\r\n]/;

const toCell = (cell: string | number): string => {
  if (typeof cell === 'number') return String(cell);
  const safe = NUMBER.test(cell) ? cell : guarded(cell);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const guarded = (cell: string): string => {
  const inert = cell.replace(FORMULA, "$1$2'");
  return LEADING_CONTROL.test(inert) ? `'${inert}` : inert;
};
