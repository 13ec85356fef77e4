/** Saved objects of OpenSearch Dashboards, as its export and import write them: one JSON object per line. */
export interface Reference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'visualization' | 'search' | 'query' | 'dashboard';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  /** The version whose shape the attributes have: newer servers migrate from there. */
  readonly migrationVersion?: Readonly<Record<string, string>>;
}

/** Name under which a saved object refers to the index pattern it searches. */
const SOURCE_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

/** The search source of a visualization or search, with the reference that its index pattern is resolved by. */
export function searchSource(indexPatternId: string, filter = '') {
  return {
    attributes: {
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({
          query: { query: filter, language: 'kuery' },
          filter: [],
          indexRefName: SOURCE_REFERENCE,
        }),
      },
    },
    references: [{ name: SOURCE_REFERENCE, type: 'index-pattern', id: indexPatternId }],
  };
}

/** What the import API takes. */
export function toNdjson(objects: readonly SavedObject[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
