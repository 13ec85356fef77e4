/** Where every record ended up: counted as a multiset of lines, so that a loss, a repeat and a change all show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenSearch } from '@flowfit/opensearch/client';

export type Lines = Map<string, number>;

export const add = (lines: Lines, line: string): void => void lines.set(line, (lines.get(line) ?? 0) + 1);

/** Lines that `a` has more often than `b`, and the other way round; up to five of each for a message. */
export function differenceOf(a: Lines, b: Lines): { onlyFirst: string[]; onlySecond: string[] } {
  const more = (one: Lines, other: Lines) =>
    [...one].filter(([line, count]) => count > (other.get(line) ?? 0)).map(([line]) => line);
  return { onlyFirst: more(a, b), onlySecond: more(b, a) };
}

/** The line that a document was made from: its fields in the order of the format. */
export function toLine(document: Readonly<Record<string, unknown>>, fields: readonly string[]): string {
  return fields.map((name) => String(document[name] ?? '-')).join(' ');
}

const PAGE = 5_000;

/** All documents of the indexes, as lines. */
export async function linesInIndex(cluster: OpenSearch, pattern: string, fields: readonly string[]): Promise<Lines> {
  await cluster.request('POST', `/${pattern}/_refresh`);
  const lines: Lines = new Map();
  const begin = await cluster.request('POST', `/${pattern}/_search?scroll=1m`, { size: PAGE, _source: fields });
  let page = begin.body as { _scroll_id: string; hits: { hits: readonly { _source: Record<string, unknown> }[] } };
  while (page.hits.hits.length > 0) {
    for (const { _source } of page.hits.hits) add(lines, toLine(_source, fields));
    page = (await cluster.request('POST', '/_search/scroll', { scroll: '1m', scroll_id: page._scroll_id })).body;
  }
  await cluster.request('DELETE', '/_search/scroll', { scroll_id: [page._scroll_id] });
  return lines;
}

/** All records in error objects below `folder`, as lines: of the transform as they were put, of the delivery decoded. */
export function linesInFailures(folder: string, fields: readonly string[]): Lines {
  const lines: Lines = new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of entries) {
    const text = readFileSync(join(parentPath, name), 'utf8');
    for (const line of text.trim().split('\n')) {
      const { rawData, esDocumentId } = JSON.parse(line) as { rawData: string; esDocumentId?: string };
      const data = Buffer.from(rawData, 'base64').toString('utf8');
      add(lines, esDocumentId === undefined ? data : toLine(JSON.parse(data), fields));
    }
  }
  return lines;
}

/** Counts by value, the most frequent first, as a terms aggregation gives them. */
export async function termsOf(cluster: OpenSearch, pattern: string, field: string, size: number) {
  const { body } = await cluster.request('POST', `/${pattern}/_search`, {
    size: 0,
    aggs: { values: { terms: { field, size } } },
  });
  const buckets = body.aggregations.values.buckets as readonly { key: string | number; doc_count: number }[];
  return new Map(buckets.map(({ key, doc_count }) => [String(key), doc_count]));
}
