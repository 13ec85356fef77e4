/** Where things are in a lake. The layout is a contract: see docs/reference/lake-layout.md. */
import { join, sep } from 'node:path';

export interface LakePaths {
  readonly root: string;
  /** Schema version. */
  readonly meta: string;
  /** Which files are in the lake, and what they hold. */
  readonly manifest: string;
  readonly manifestCopy: string;
  /** Enriched records, `day=YYYY-MM-DD/*.parquet`. */
  readonly flows: string;
  /** NODATA and SKIPDATA records, `day=YYYY-MM-DD/*.parquet`: what was observed, and what AWS dropped. */
  readonly coverage: string;
  /** Hourly roll-ups, `day=YYYY-MM-DD/*.parquet`, derived. */
  readonly conversations: string;
  /** Connections first or last seen on a day, `day=YYYY-MM-DD/*.parquet`, derived. */
  readonly connections: string;
  /** Lines that could not be read, `*.ndjson`. */
  readonly rejects: string;
  /** Snapshots, `<captured-at>.json`. */
  readonly inventory: string;
  /** The ledger, `*.ndjson`: one line for each object ingested. */
  readonly sources: string;
  /** Findings that were set aside. */
  readonly dismissals: string;
  /** Who reads which state, `<version>-<id>` (empty files). */
  readonly readers: string;
  /** What `lake repair` took out, by the time of the repair. */
  readonly setAside: string;
  /** Work in progress of the writer; safe to delete while nothing writes. */
  readonly scratch: string;
}

export const lakePaths = (root: string): LakePaths => ({
  root,
  meta: join(root, 'lake.json'),
  manifest: join(root, 'manifest.json'),
  manifestCopy: join(root, 'manifest.copy.json'),
  flows: join(root, 'flows'),
  coverage: join(root, 'coverage'),
  conversations: join(root, 'conversations'),
  connections: join(root, 'connections'),
  rejects: join(root, 'rejects'),
  inventory: join(root, 'inventory'),
  sources: join(root, 'sources'),
  dismissals: join(root, 'dismissals.json'),
  readers: join(root, 'readers'),
  setAside: join(root, 'set-aside'),
  scratch: join(root, 'tmp'),
});

/** A path of the lake as manifests name it: relative, with `/`. */
export const relativeTo = ({ root }: LakePaths, path: string): string =>
  path.slice(root.length + 1).replaceAll(sep, '/');

/** Unix seconds of the end of the year 9999: what is said to start later (milliseconds, mostly) has no day. */
export const END_OF_DAYS = 253_402_300_800;

/** Hive's own word for "no value": records of layouts without `start` have no day. */
export const NO_DAY = '__HIVE_DEFAULT_PARTITION__';

/** `day=2026-06-01`: the partition folder of a number of whole days since 1970-01-01 UTC. */
export const dayFolder = (day: number | null): string =>
  `day=${day === null ? NO_DAY : new Date(day * 86_400_000).toISOString().slice(0, 10)}`;

/** The number of whole days since 1970-01-01 UTC of a partition folder; null for records without time. */
export const dayOfFolder = (folder: string): number | null => {
  const text = folder.replace(/^day=/, '');
  return text === NO_DAY ? null : Math.round(Date.parse(`${text}T00:00:00Z`) / 86_400_000);
};
