/** A piece of SQL with the values of its `?`, in order. */
export interface Sql {
  readonly sql: string;
  readonly params: readonly SqlParameter[];
}

export type SqlParameter = string | number;

export const sql = (text: string, ...params: readonly SqlParameter[]): Sql => ({ sql: text, params });

/** Joins conditions; `empty` is what none of them means. */
export const joinSql = (parts: readonly Sql[], separator: ' and ' | ' or ', empty: 'true' | 'false'): Sql => {
  const [only] = parts;
  if (only === undefined) return sql(empty);
  if (parts.length === 1) return only;
  return sql(`(${parts.map((part) => part.sql).join(separator)})`, ...parts.flatMap((part) => part.params));
};

export const both = (a: Sql, b: Sql): Sql => joinSql([a, b], ' and ', 'true');
