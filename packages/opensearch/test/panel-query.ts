/** The search that OpenSearch Dashboards sends for a visualization: its aggregations, nested in their order. */
interface VisAggregation {
  readonly id: string;
  readonly type: string;
  readonly schema: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function toPanelQuery(visState: { readonly aggs: readonly VisAggregation[] }) {
  const metrics = visState.aggs.filter(({ schema, type }) => schema === 'metric' && type !== 'count');
  const buckets = visState.aggs.filter(({ schema }) => schema !== 'metric');
  const innermost = Object.fromEntries(
    metrics.map(({ id, type, params }) => [id, { [type]: { field: params['field'] } }]),
  );
  const aggs = buckets.reduceRight<Record<string, object>>(
    (inner, bucket) => ({ [bucket.id]: { ...toBucket(bucket), aggs: inner } }),
    innermost,
  );
  return { size: 0, track_total_hits: true, aggs };
}

function toBucket({ type, params }: VisAggregation): object {
  const { field } = params;
  switch (type) {
    case 'terms':
      // Ordering by the count of documents is `_count` in the search language.
      return { terms: { field, size: params['size'], order: { _count: params['order'] } } };
    case 'date_histogram':
      return { auto_date_histogram: { field, buckets: 100 } };
    case 'geohash_grid':
      return { geohash_grid: { field, precision: params['precision'] } };
    default:
      throw new Error(`no search for an aggregation of type ${type}`);
  }
}
