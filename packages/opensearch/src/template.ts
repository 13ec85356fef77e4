/** The index template: settings and mapping of every daily index. */
import { toMapping } from './mapping.ts';
import type { Names } from './names.ts';

export interface IndexOptions {
  /** Primary shards of a daily index: one per 30 to 50 GB of a day's documents. */
  readonly shards?: number;
}

/** Body of `PUT _index_template/NAME`. Needs no plugin: every OpenSearch 2 and 3, and Serverless, takes it. */
export function toIndexTemplate(names: Names, { shards = 1 }: IndexOptions = {}) {
  return {
    index_patterns: [names.pattern],
    priority: 200,
    template: {
      settings: {
        index: {
          number_of_shards: shards,
          // One replica as soon as there is a second node: a single node stays green, two are safe.
          auto_expand_replicas: '0-1',
          codec: 'best_compression',
          refresh_interval: '10s',
        },
      },
      mappings: toMapping(),
    },
    _meta: { description: 'Enriched VPC flow records', managed_by: 'flowfit' },
  };
}
