/** Text that a POSIX shell takes as it is, whatever it holds. */

/** One argument. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A line of a comment cannot end before its end. */
export const toOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd();

export const comment = (lines: readonly string[]): string =>
  lines.map((line) => `# ${toOneLine(line)}`.trimEnd()).join('\n');
