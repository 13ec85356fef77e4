/** Aggregations of a panel, as OpenSearch Dashboards' `visState` writes them. */

export interface VisAggregation {
  readonly id: string;
  readonly enabled: true;
  readonly type: 'count' | 'sum' | 'cardinality' | 'terms' | 'date_histogram' | 'geohash_grid';
  /** `metric` is a number shown; the others say where a bucket goes: row, slice, axis, colour. */
  readonly schema: 'metric' | 'bucket' | 'segment' | 'group';
  readonly params: Readonly<Record<string, unknown>>;
}

const aggregation =
  (type: VisAggregation['type'], schema: VisAggregation['schema'], params: VisAggregation['params']) =>
  (id: string): VisAggregation => ({ id, enabled: true, type, schema, params });

export type Unnumbered = (id: string) => VisAggregation;

export const countOfFlows = aggregation('count', 'metric', { customLabel: 'Flows' });

export const sumOf = (field: string, customLabel: string) => aggregation('sum', 'metric', { field, customLabel });

export const distinct = (field: string, customLabel: string) =>
  aggregation('cardinality', 'metric', { field, customLabel });

/** The most frequent values; ordered by the first metric, which every panel numbers 1. */
export const topValues = (field: string, customLabel: string, size: number, schema: 'bucket' | 'segment' | 'group') =>
  aggregation('terms', schema, {
    field,
    customLabel,
    size,
    order: 'desc',
    orderBy: '1',
    otherBucket: false,
    missingBucket: false,
  });

export const overTime = aggregation('date_histogram', 'segment', {
  field: '@timestamp',
  interval: 'auto',
  drop_partials: false,
  min_doc_count: 1,
  extended_bounds: {},
});

export const byPlace = (field: string) =>
  aggregation('geohash_grid', 'segment', {
    field,
    autoPrecision: true,
    precision: 2,
    useGeocentroid: true,
    isFilteredByCollar: true,
  });

/** Numbers aggregations from 1 in their order: other aggregations and the screen refer to them by number. */
export const numbered = (aggregations: readonly Unnumbered[]): VisAggregation[] =>
  aggregations.map((make, index) => make(String(index + 1)));
