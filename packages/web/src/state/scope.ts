/**
 * What the page is looking at. All of it stands in the address, so that a view can be sent, kept and gone back to:
 * `range`, `where` (typed filter), `f` (facets, repeated), `replies` (hidden or not) and `by` (the measure).
 */
import { parseAsNativeArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { useOverview } from '../api/queries.ts';
import { combineFilters, decodeFacet, encodeFacet, type Facet } from './facets.ts';
import { ALL, defaultRange, NO_WINDOW, resolveRange, type TimeWindow } from './range.ts';

export const MEASURES = ['flows', 'bytes', 'packets'] as const;
export type Measure = (typeof MEASURES)[number];

const PARSERS = {
  range: parseAsString,
  where: parseAsString.withDefault(''),
  f: parseAsNativeArrayOf(parseAsString).withDefault([]),
  replies: parseAsStringLiteral(['hidden', 'shown']).withDefault('shown'),
  by: parseAsStringLiteral(MEASURES).withDefault('flows'),
};

/** What a question to the server carries. */
export interface Scope {
  readonly where: string;
  readonly from: number;
  readonly to: number;
}

export interface ScopeState {
  readonly range: string;
  readonly window: TimeWindow;
  /** First and last record of the lake; null while it is empty. */
  readonly bounds: TimeWindow | null;
  readonly typed: string;
  readonly facets: readonly Facet[];
  readonly hideReturn: boolean;
  readonly measure: Measure;
  readonly scope: Scope;
  readonly setRange: (range: string) => void;
  readonly setTyped: (typed: string) => void;
  readonly setFacets: (change: (facets: readonly Facet[]) => readonly Facet[]) => void;
  readonly setHideReturn: (hidden: boolean) => void;
  readonly setMeasure: (measure: Measure) => void;
}

/** Pages about rules look at everything unless told: an unused rule is one that nothing ever used. */
export const useScope = (unlessTold?: string): ScopeState => {
  const [state, setState] = useQueryStates(PARSERS, { history: 'push' });
  const overview = useOverview().data;
  const { from: first = null, to: last = null } = overview?.window ?? {};
  const hideReturn = state.replies === 'hidden';

  const facets = useMemo(() => state.f.map(decodeFacet).filter((facet) => facet !== null), [state.f]);
  const bounds = useMemo(() => (first === null || last === null ? null : { from: first, to: last }), [first, last]);
  const usual = unlessTold ?? (bounds === null ? ALL : defaultRange(bounds));
  const range = state.range ?? usual;
  const window = useMemo(() => (bounds === null ? NO_WINDOW : resolveRange(range, bounds)), [range, bounds]);
  const where = useMemo(() => combineFilters(facets, state.where, hideReturn), [facets, state.where, hideReturn]);

  return {
    range,
    window,
    bounds,
    typed: state.where,
    facets,
    hideReturn,
    measure: state.by,
    scope: useMemo(() => ({ where, ...window }), [where, window]),
    setRange: (next) => void setState({ range: next === usual ? null : next }),
    setTyped: (typed) => void setState({ where: typed === '' ? null : typed }),
    setFacets: (change) =>
      void setState((old) => {
        const known = old.f.map(decodeFacet).filter((facet) => facet !== null);
        const next = change(known).map(encodeFacet);
        return { f: next.length === 0 ? null : next };
      }),
    setHideReturn: (hidden) => void setState({ replies: hidden ? 'hidden' : null }),
    setMeasure: (measure) => void setState({ by: measure }),
  };
};

/** Address of the dashboard with one set of facets, for the links that lead there. */
export const dashboardHref = (range: string, facets: readonly Omit<Facet, 'enabled'>[]): string => {
  const query = new URLSearchParams();
  query.set('range', range);
  for (const facet of facets) query.append('f', encodeFacet({ ...facet, enabled: true }));
  return `/?${query}`;
};
