/**
 * CSV after RFC 4180, as exports write it. A cell that a spreadsheet would run as a formula gets an apostrophe before
 * it: tags and descriptions are written by others. Numbers are left alone.
 */
export const toCsvLine = (cells: readonly (string | number)[]): string => `${cells.map(toCell).join(',')}\r\n`;

const NUMBER = /^-?[0-9]+$/;

const toCell = (cell: string | number): string => {
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
