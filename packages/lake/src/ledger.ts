/** The ledger: which objects are in the lake, by content. One file for each batch, one line for each object. */
import { basename } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import type { LakeFile } from './manifest.ts';
import { entriesOf } from './relations.ts';
import { filesIn, type LakeState, textOf } from './state.ts';

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
  /** Under whose id its records are known; as the file is named, unless it says so. */
  readonly batch?: string;
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

/**
 * What changed the lake beside ingesting: added to the entries, it gives what the lake has.
 *
 * Pruned records count negatively. A repair forgets objects, to be ingested again; what the lake still has of them counts
 * positively, since it will then be a duplicate.
 */
export interface LedgerCorrection {
  readonly because: 'pruned' | 'repaired';
  readonly at: string;
  readonly stored: number;
  /** NODATA and SKIPDATA. */
  readonly coverage: number;
  /** Pruned records are those of days before this one, `YYYY-MM-DD`. */
  readonly before?: string;
}

export interface Ledger {
  /** Oldest batch first. */
  readonly entries: readonly LedgerEntry[];
  readonly corrections: readonly LedgerCorrection[];
}

/** @throws FlowfitError `lake-file-missing`, `lake-file-damaged`, `lake-unreadable` */
export const readLedger = (lake: LakeState): Ledger => {
  const entries: LedgerEntry[] = [];
  const corrections: LedgerCorrection[] = [];
  for (const file of filesIn(lake, 'sources')) {
    const batch = batchOfLedger(file.path);
    for (const line of textOf(lake, file).split('\n')) {
      if (line === '') continue;
      const known = JSON.parse(line) as LedgerEntry | LedgerCorrection;
      if ('because' in known) corrections.push(known);
      else entries.push({ batch, ...known });
    }
  }
  return { entries, corrections };
};

/** `sources/<batch>.ndjson` */
export const batchOfLedger = (path: string): string => basename(path, '.ndjson');

export const ledgerText = (lines: readonly (LedgerEntry | LedgerCorrection)[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** How many records the ledger says the lake has. */
export const ledgerSums = ({ entries, corrections }: Ledger): { stored: number; coverage: number } => {
  const sums = { stored: 0, coverage: 0 };
  for (const { counts } of entries) {
    sums.stored += counts.stored;
    sums.coverage += counts.noData + counts.skipData;
  }
  for (const { stored, coverage } of corrections) {
    sums.stored += stored;
    sums.coverage += coverage;
  }
  return sums;
};

/** How many records the files of a state have. */
export const recordsIn = (lake: Pick<LakeState, 'manifest' | 'paths'>): { stored: number; coverage: number } => ({
  stored: sumRows(entriesOf(lake, 'flows')),
  coverage: sumRows(entriesOf(lake, 'coverage')),
});

const sumRows = (files: readonly LakeFile[]): number => files.reduce((sum, { rows }) => sum + (rows ?? 0), 0);

/** The ledger says what the lake has, and nothing else. @throws FlowfitError `ledger-mismatch` */
export const checkLedger = (lake: LakeState): void => {
  const said = ledgerSums(readLedger(lake));
  const found = recordsIn(lake);
  if (said.stored === found.stored && said.coverage === found.coverage) return;
  throw new FlowfitError(
    'ledger-mismatch',
    `The ledger of ${lake.dir} says ${said.stored} records and ${said.coverage} of coverage, and its files have ${found.stored} and ` +
      `${found.coverage}. Run "flowfit lake repair", and ingest the same objects again.`,
  );
};
