/** How a line falls into values: runs of blank, tab, carriage return and line feed separate them. */

/** Whether a UTF-16 code unit separates values. */
export const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13 || code === 10;

/** Position of the first code unit at or after `from` that is no separator; the line's length when there is none. */
export const skipBlanks = (line: string, from: number): number => {
  let position = from;
  while (position < line.length && isBlank(line.charCodeAt(position))) position++;
  return position;
};

/** Position of the first separator at or after `from`; the line's length when there is none. */
const skipValue = (line: string, from: number): number => {
  let position = from;
  while (position < line.length && !isBlank(line.charCodeAt(position))) position++;
  return position;
};

/** All values of a line, for the paths where an array per line does no harm. */
export const splitValues = (line: string): string[] => {
  const values: string[] = [];
  for (let from = skipBlanks(line, 0); from < line.length; ) {
    const to = skipValue(line, from);
    values.push(line.slice(from, to));
    from = skipBlanks(line, to);
  }
  return values;
};
