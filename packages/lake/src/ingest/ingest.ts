/** Ingest: from what a person names to an enriched lake with its roll-ups. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { DEFAULT_LAYOUT, type Layout, parseFormat } from '@flowfit/core/flow/format';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { storeSnapshots } from '../inventory/store.ts';
import { loadTimeline } from '../inventory/timeline.ts';
import type { Lake } from '../lake.ts';
import {
  addCounts,
  checkLedger,
  emptyCounts,
  type LedgerEntry,
  type RecordCounts,
  readLedger,
  totalOf,
} from '../ledger.ts';
import { rollUp } from '../rollup/roll-up.ts';
import { type BatchResult, ingestBatch } from './batch.ts';
import { type Discovered, discoverObjects, type InputObject } from './discover.ts';
import type { GeoLocator } from './places.ts';
import { estimatedBytes, type Failure, hashFile, type PreparedObject, prepareObject, toFailure } from './prepare.ts';
import { type IngestStep, StepClock, type StepCost } from './steps.ts';
import { ReaderPool } from './workers/reader-pool.ts';

export interface IngestOptions {
  /** Layout of text without a header, in AWS's syntax or as bare names; default: version 2. */
  readonly format?: string | undefined;
  readonly geo?: GeoLocator | undefined;
  /** Stored before the records are read. */
  readonly snapshots?: readonly InventorySnapshot[];
  /** What `-` stands for. */
  readonly stdin?: Readable | undefined;
  readonly onProgress?: ((progress: IngestProgress) => void) | undefined;
  /** A lake that was come across among the inputs: its files are left out. */
  readonly onLeftOut?: ((leftOut: Discovered['leftOut'][number]) => void) | undefined;
  /** What each step took, told at the end. */
  readonly onStep?: ((step: IngestStep, cost: StepCost) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Text that one batch may hold, roughly. */
  readonly batchBytes?: number;
}

export interface IngestProgress {
  readonly phase: 'read' | 'roll-up';
  readonly objectsDone: number;
  readonly objectsTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly records: number;
  readonly seconds: number;
}

/** The document of `ingest --json`. */
export interface IngestReport {
  readonly schema: 'flowfit.ingest/1';
  readonly records: RecordCounts & { readonly read: number };
  readonly objects: { readonly read: number; readonly alreadyIngested: number; readonly failed: readonly Failure[] };
  readonly interfaces: { readonly known: number; readonly unknown: number };
  /** ISO 8601; null when no record had a time. */
  readonly window: { readonly from: string | null; readonly to: string | null };
  readonly bytesRead: number;
  readonly seconds: number;
}

/** As much as fits into memory beside what DuckDB needs to sort and write it. */
const BATCH_BYTES = 320 * 1024 * 1024;

/** Starting threads takes about as long as reading this much. */
const BYTES_WORTH_THREADS = 8 * 1024 * 1024;

/** @throws FlowfitError of the lake, of `format`, and `input-missing` and the like for what is named wrongly */
export const ingest = async (
  lake: Lake,
  inputs: readonly string[],
  options: IngestOptions = {},
): Promise<IngestReport> =>
  await lake.write(async () => {
    const scratch = join(lake.paths.scratch, `input-${process.pid}`);
    await mkdir(scratch, { recursive: true });
    try {
      return await new Ingest(lake, options).run(inputs, scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });

class Ingest {
  readonly #lake: Lake;
  readonly #options: IngestOptions;
  readonly #initial: Layout;
  readonly #startedAt: number;
  readonly #clock = new StepClock();
  readonly #counts = emptyCounts();
  readonly #failures: Failure[] = [];
  readonly #interfaceIds = new Set<string>();
  #objectsRead = 0;
  #alreadyIngested = 0;
  #bytesDone = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(lake: Lake, options: IngestOptions) {
    this.#lake = lake;
    this.#options = options;
    this.#initial = options.format === undefined ? DEFAULT_LAYOUT : toLayoutOption(options.format);
    this.#startedAt = lake.now().getTime();
  }

  async run(inputs: readonly string[], scratch: string): Promise<IngestReport> {
    const { stdin, snapshots = [] } = this.#options;
    const { objects, leftOut } = await discoverObjects(inputs, { stdin, scratch });
    for (const one of leftOut) this.#options.onLeftOut?.(one);
    await storeSnapshots(this.#lake, snapshots);
    const timeline = loadTimeline(this.#lake);
    const isWorthThreads = objects.reduce((sum, { bytes }) => sum + bytes, 0) >= BYTES_WORTH_THREADS;
    const pool = isWorthThreads ? await ReaderPool.open() : null;
    try {
      await this.#readAll(objects, timeline, pool);
    } finally {
      await pool?.close();
    }
    checkLedger(this.#lake);
    this.#clock.begin('roll-up');
    await rollUp(this.#lake, { signal: this.#options.signal, onDay: () => this.#report('roll-up', objects) });
    this.#clock.begin(null);
    for (const [step, cost] of this.#clock.costs) this.#options.onStep?.(step, cost);
    return this.#toReport(timeline);
  }

  async #readAll(objects: readonly InputObject[], timeline: Timeline, pool: ReaderPool | null): Promise<void> {
    const { geo } = this.#options;
    const context = { lake: this.#lake, timeline, geo, initial: this.#initial, clock: this.#clock, pool };
    for await (const batch of this.#batches(objects)) {
      this.#options.signal?.throwIfAborted();
      this.#add(await ingestBatch(context, batch));
      this.#bytesDone = Math.max(
        this.#bytesDone,
        batch.reduce((sum, { bytes }) => sum + bytes, this.#bytesDone),
      );
      this.#report('read', objects);
    }
  }

  /** Objects that are not in the lake yet, as many at a time as one batch may hold. */
  async *#batches(objects: readonly InputObject[]): AsyncGenerator<PreparedObject[]> {
    const ledger = new Map<string, LedgerEntry>();
    for (const entry of readLedger(this.#lake).entries) ledger.set(entry.sha256, entry);
    const limit = this.#options.batchBytes ?? BATCH_BYTES;
    let batch: PreparedObject[] = [];
    let size = 0;
    for (const object of objects) {
      const prepared = await this.#prepare(object, ledger);
      if (prepared === null) continue;
      if (batch.length > 0 && size + estimatedBytes(prepared) > limit) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(prepared);
      size += estimatedBytes(prepared);
    }
    if (batch.length > 0) yield batch;
  }

  async #prepare(object: InputObject, ledger: Map<string, LedgerEntry>): Promise<PreparedObject | null> {
    try {
      const sha256 = await hashFile(object.path);
      const known = ledger.get(sha256);
      if (known !== undefined) {
        this.#alreadyIngested++;
        if (known.damage !== undefined) this.#failures.push({ source: object.source, ...known.damage });
        return null;
      }
      const prepared = await prepareObject(object, sha256);
      const { source, bytes } = object;
      ledger.set(sha256, { source, sha256, bytes, ingestedAt: '', counts: emptyCounts() });
      return prepared;
    } catch (error) {
      this.#failures.push(toFailure(object.source, error));
      return null;
    }
  }

  #add(result: BatchResult): void {
    for (const entry of result.entries) addCounts(this.#counts, entry.counts);
    this.#failures.push(...result.failures);
    this.#objectsRead += result.entries.length;
    for (const id of result.interfaceIds) this.#interfaceIds.add(id);
    this.#from = Math.min(this.#from, result.from ?? this.#from);
    this.#to = Math.max(this.#to, result.to ?? this.#to);
  }

  #seconds(): number {
    return (this.#lake.now().getTime() - this.#startedAt) / 1000;
  }

  #report(phase: IngestProgress['phase'], objects: readonly InputObject[]): void {
    this.#options.onProgress?.({
      phase,
      objectsDone: this.#objectsRead + this.#alreadyIngested,
      objectsTotal: objects.length,
      bytesDone: this.#bytesDone,
      bytesTotal: objects.reduce((sum, { bytes }) => sum + bytes, 0),
      records: totalOf(this.#counts),
      seconds: this.#seconds(),
    });
  }

  #toReport(timeline: Timeline): IngestReport {
    const ids = [...this.#interfaceIds];
    const known = ids.filter((id) => timeline.interfaceAt(id, Number.POSITIVE_INFINITY) !== undefined).length;
    const toIso = (seconds: number): string | null =>
      Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : null;
    return {
      schema: 'flowfit.ingest/1',
      records: { read: totalOf(this.#counts), ...this.#counts },
      objects: { read: this.#objectsRead, alreadyIngested: this.#alreadyIngested, failed: this.#failures },
      interfaces: { known, unknown: ids.length - known },
      window: { from: toIso(this.#from), to: toIso(this.#to) },
      bytesRead: this.#bytesDone,
      seconds: Math.round(this.#seconds() * 1000) / 1000,
    };
  }
}

const toLayoutOption = (format: string): Layout => {
  try {
    return parseFormat(format);
  } catch (error) {
    throw new FlowfitError((error as { code?: string }).code ?? 'format-bad-name', messageOf(error), { cause: error });
  }
};
