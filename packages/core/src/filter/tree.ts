/**
 * The tree of a filter: plain data that can be stored and sent as JSON, evaluated here (`./evaluate.ts`) and compiled
 * to the query languages of the engines.
 *
 * Its logic has two values. A test of a field that is null or absent is false, except `null`, which is the test for
 * that; `not` turns false into true. So `dstport != 443` and `not dstport = 443` are the same filter, and both hold
 * for a flow without `dstport`.
 */

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** The field is one of the values, or in one of the ranges; of a list: holds at least one of them. */
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly Value[] }
  /** Numbers and times (Unix seconds). */
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Order; readonly number: number }
  /** The text is part of the field, or of an element of the list; the case of ASCII letters counts for nothing. */
  | { readonly kind: 'contains'; readonly field: string; readonly text: string }
  | { readonly kind: 'null'; readonly field: string };

export type Order = '<' | '<=' | '>' | '>=';

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  /** Both ends included. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** Canonical text. */
  | { readonly kind: 'address'; readonly address: string }
  /** Canonical CIDR, host bits clear. */
  | { readonly kind: 'prefix'; readonly prefix: string };

/** Holds for every flow: the meaning of an empty text. */
export const EVERYTHING: Filter = { kind: 'and', filters: [] };

/** Holds where all hold. Nested conjunctions become one; a single filter stays as it is. */
export const allOf = (filters: readonly Filter[]): Filter => join('and', filters);

/** Holds where at least one holds, likewise. */
export const anyOf = (filters: readonly Filter[]): Filter => join('or', filters);

/** Holds where the filter does not. Two negations are none. */
export const negate = (filter: Filter): Filter => (filter.kind === 'not' ? filter.filter : { kind: 'not', filter });

const join = (kind: 'and' | 'or', filters: readonly Filter[]): Filter => {
  const flat = filters.flatMap((filter) => (filter.kind === kind ? filter.filters : [filter]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind, filters: flat };
};
