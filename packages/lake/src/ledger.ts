/** The ledger: which objects are in the lake, by content. One file for each batch, one line for each object. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from './commit.ts';
import type { LakePaths } from './paths.ts';

/** How the records of an object were disposed of; their sum is what was read. */
export interface RecordCounts {
  stored: number;
  noData: number;
  skipData: number;
  duplicates: number;
  /** By reason: lines that could not be read, and records that are none of a network interface. */
  rejected: Record<string, number>;
}

export interface LedgerEntry {
  /** As it was named when it was ingested. */
  readonly source: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly ingestedAt: string;
  readonly counts: RecordCounts;
  /** Why only a part could be read. */
  readonly damage?: { readonly code: string; readonly message: string };
}

export const emptyCounts = (): RecordCounts => ({ stored: 0, noData: 0, skipData: 0, duplicates: 0, rejected: {} });

export const addCounts = (sum: RecordCounts, more: RecordCounts): void => {
  sum.stored += more.stored;
  sum.noData += more.noData;
  sum.skipData += more.skipData;
  sum.duplicates += more.duplicates;
  for (const [reason, count] of Object.entries(more.rejected)) {
    sum.rejected[reason] = (sum.rejected[reason] ?? 0) + count;
  }
};

export const totalOf = (counts: RecordCounts): number =>
  counts.stored +
  counts.noData +
  counts.skipData +
  counts.duplicates +
  Object.values(counts.rejected).reduce((sum, count) => sum + count, 0);

/** All entries, oldest batch first. */
export const readLedger = async (paths: LakePaths): Promise<LedgerEntry[]> => {
  const files = (await namesIn(paths.sources)).filter((name) => name.endsWith('.ndjson'));
  const texts = await Promise.all(files.map((name) => readFile(join(paths.sources, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LedgerEntry),
  );
};
