/** Many objects in one statement of DuckDB, which fails as a whole when one of them is bad. */

export interface Refused<T> {
  readonly object: T;
  readonly error: unknown;
}

/**
 * Does something with all objects at once. Where that fails it is done with halves of them, until it is known which
 * objects it is.
 *
 * @returns the objects with which it cannot be done
 * @throws what is no object's fault: a full disk
 */
export const inHalves = async <T>(
  objects: readonly T[],
  act: (objects: readonly T[]) => Promise<void>,
): Promise<Refused<T>[]> => {
  const [first] = objects;
  if (first === undefined) return [];
  try {
    await act(objects);
    return [];
  } catch (error) {
    if (isOutOfSpace(error)) throw error;
    if (objects.length === 1) return [{ object: first, error }];
  }
  const middle = objects.length >> 1;
  return [...(await inHalves(objects.slice(0, middle), act)), ...(await inHalves(objects.slice(middle), act))];
};

export const isOutOfSpace = (error: unknown): boolean =>
  error instanceof Error && /no space left|ENOSPC/i.test(error.message);
