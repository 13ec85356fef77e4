/**
 * Joining rows with the version of something that was in force at their time.
 *
 * Bounds are numbers, never null: DuckDB then tests them inside its hash join, which is four times as fast as a
 * condition with OR. A row without time meets only what never changed: it stands at the very first moment, which only
 * the one version of such a thing includes.
 */

const FIRST_MOMENT = Number.MIN_SAFE_INTEGER;
const LAST_MOMENT = Number.MAX_SAFE_INTEGER;

interface Bounds {
  readonly id: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** The columns `valid_from` (inclusive) and `valid_to` (exclusive) of versions, in their order. */
export const validityOf = (
  versions: readonly Bounds[],
): { readonly valid_from: number; readonly valid_to: number }[] => {
  const counts = new Map<string, number>();
  for (const { id } of versions) counts.set(id, (counts.get(id) ?? 0) + 1);
  return versions.map(({ id, from, to }) => ({
    valid_from: from ?? (counts.get(id) === 1 ? FIRST_MOMENT : FIRST_MOMENT + 1),
    valid_to: to ?? LAST_MOMENT,
  }));
};

/** @param seconds SQL of the row's time in Unix seconds, which may be null */
export const joinVersion = (table: string, alias: string, id: string, seconds: string): string =>
  `LEFT JOIN ${table} AS ${alias} ON ${alias}.id = ${id}
     AND coalesce(${seconds}, ${FIRST_MOMENT}) >= ${alias}.valid_from AND coalesce(${seconds}, ${FIRST_MOMENT}) < ${alias}.valid_to`;
