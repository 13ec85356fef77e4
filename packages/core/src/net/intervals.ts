/**
 * Canonical interval lists: ascending, disjoint, never adjacent, both ends included. The one algebra under the sets of
 * ports (numbers) and of addresses (bigints). Two lists of the same values are equal element by element.
 */

export interface Interval<T extends number | bigint> {
  readonly first: T;
  readonly last: T;
}

/** What the algebra needs of the values besides their order. */
export interface Steps<T extends number | bigint> {
  next(value: T): T;
  previous(value: T): T;
}

export type Intervals<T extends number | bigint> = readonly Interval<T>[];

export const NUMBER_STEPS: Steps<number> = { next: (value) => value + 1, previous: (value) => value - 1 };
export const BIGINT_STEPS: Steps<bigint> = { next: (value) => value + 1n, previous: (value) => value - 1n };

/** Any intervals to the canonical list: sort, then join what overlaps or touches. */
export function canonical<T extends number | bigint>(intervals: Intervals<T>, steps: Steps<T>): Intervals<T> {
  const sorted = [...intervals].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: Interval<T>[] = [];
  for (const interval of sorted) {
    const top = joined.at(-1);
    if (top === undefined || interval.first > steps.next(top.last)) joined.push(interval);
    else if (interval.last > top.last) joined[joined.length - 1] = { first: top.first, last: interval.last };
  }
  return joined;
}

/** Walks both lists side by side; of two overlapping intervals the one that ends first is done with. */
export function intersect<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  const common: Interval<T>[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i] as Interval<T>;
    const y = b[j] as Interval<T>;
    const first = x.first > y.first ? x.first : y.first;
    const last = x.last < y.last ? x.last : y.last;
    if (first <= last) common.push({ first, last });
    if (x.last < y.last) i++;
    else j++;
  }
  return common;
}

/** What of `a` no interval of `b` covers: each interval of `a` is cut from the left by those of `b` in turn. */
export function subtract<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>, steps: Steps<T>): Intervals<T> {
  const rest: Interval<T>[] = [];
  let j = 0;
  for (const { first, last } of a) {
    let from = first;
    while (j < b.length && (b[j] as Interval<T>).last < from) j++;
    for (let k = j; k < b.length && from <= last; k++) {
      const cut = b[k] as Interval<T>;
      if (cut.first > last) break;
      if (cut.first > from) rest.push({ first: from, last: steps.previous(cut.first) });
      from = steps.next(cut.last);
    }
    if (from <= last) rest.push({ first: from, last });
  }
  return rest;
}

/** Binary search. */
export function contains<T extends number | bigint>(intervals: Intervals<T>, value: T): boolean {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle] as Interval<T>).last < value) low = middle + 1;
    else high = middle;
  }
  const found = intervals[low];
  return found !== undefined && found.first <= value;
}

export function equals<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean {
  return a.length === b.length && a.every((x, i) => x.first === b[i]?.first && x.last === b[i]?.last);
}
