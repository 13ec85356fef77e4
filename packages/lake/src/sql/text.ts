/** SQL text. Values go in as parameters wherever DuckDB takes any; COPY, table functions and names do not. */

/** A string literal. The end-of-text character would end the statement: another one stands for it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''").replaceAll('\0', '\uFFFD')}'`;

/** An identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A list of string literals. */
export const literals = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;

/** A list of file names as DuckDB's readers take them: characters that would make a pattern stand for themselves. */
export const fileLiterals = (paths: readonly string[]): string =>
  literals(paths.map((path) => path.replaceAll(/[[*?]/g, '[$&]')));
