/** An account in a directory: `logs/`, `inventory/<time>/`, `truth.ndjson`, `account.json`. */
import type { FlowRecord } from '@flowfit/core/flow/record';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { type Account, type Format, fieldsOf } from './account.ts';
import type { LogLayout } from './destination.ts';
import { fileEffects, type WriteEffects } from './effects.ts';
import { versionOf } from './encode.ts';
import { FileSink } from './file-sink.ts';
import { describe } from './inventory.ts';
import type { ResolvedOptions } from './options.ts';
import { RecordObjectSink } from './record-sink.ts';
import type { RecordSink } from './sink.ts';
import type { Totals, TruthRow } from './truth.ts';

/** Writes records in another format than text, such as Parquet. */
export interface RecordWriter {
  write(records: readonly FlowRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface WriteOptions {
  /** Default `v2`. */
  readonly format?: Format;
  /** Default `files`. */
  readonly layout?: LogLayout;
  /** Default `gzip`. */
  readonly compression?: 'gzip' | 'none';
  /** A first line with the names of the fields in every file, as in S3. Default true. */
  readonly header?: boolean;
  /** Default 1. */
  readonly parallelFiles?: number;
  /** Default 1,000,000. */
  readonly recordsPerFile?: number;
  /** Called with each pause: records written so far, share of the time that is done. */
  readonly onProgress?: (progress: { readonly records: number; readonly share: number }) => void;
  /** Instead of text files: gets all records as objects. `layout` and `compression` do not matter then. */
  readonly openRecordWriter?: (fields: readonly string[]) => Promise<RecordWriter>;
}

/** What `account.json` says, and `writeAccount` returns. */
export interface WrittenAccount {
  readonly schema: 'flowfit.account/1';
  readonly options: ResolvedOptions;
  readonly format: readonly string[];
  readonly version: number;
  /** Relative to the directory. */
  readonly logs: string;
  readonly truth: string;
  readonly files: number;
  /** Captures: one of each state of the account, at the time from which on it holds, and one of the end. */
  readonly inventory: readonly { readonly at: string; readonly path: string; readonly changes: readonly string[] }[];
  readonly totals: Totals;
  readonly rules: { readonly versions: number; readonly used: number; readonly unused: number };
}

/**
 * Writes an account of any size; memory does not grow with it.
 *
 * @example await writeAccount(simulateAccount({ days: 1 }), 'sample', { format: 'v5', layout: 'awslogs' })
 */
export async function writeAccount(
  account: Account,
  directory: string,
  options: WriteOptions = {},
  effects: WriteEffects = fileEffects,
): Promise<WrittenAccount> {
  const format = fieldsOf(options.format ?? 'v2');
  const inventory = await writeInventory(account, directory, format, effects);
  const truth = await effects.openFile(`${directory}/truth.ndjson`, 'none');
  let rows = '';
  const tell = (row: TruthRow) => {
    rows += `${JSON.stringify(row)}\n`;
  };
  const output = options.openRecordWriter
    ? await objectOutput(await options.openRecordWriter(format), format, tell)
    : textOutput(directory, format, options, effects, tell);
  const { steps, rules } = account.run(output.sink);
  let result = steps.next();
  for (; !result.done; result = steps.next()) {
    await output.flush(account.options.start + result.value * account.options.aggregationInterval);
    options.onProgress?.({ records: output.records(), share: result.value / account.options.steps });
    if (rows.length > 1 << 17) {
      await truth.write(rows);
      rows = '';
    }
  }
  await output.close();
  const ruleRows = rules();
  for (const row of ruleRows) tell(row);
  tell(result.value);
  await truth.write(rows);
  await truth.close();
  const unused = ruleRows.filter((row) => row.unused).length;
  const written: WrittenAccount = {
    schema: 'flowfit.account/1',
    options: account.options,
    format,
    version: versionOf(format),
    logs: 'logs',
    truth: 'truth.ndjson',
    files: output.files(),
    inventory,
    totals: result.value,
    rules: { versions: ruleRows.length, used: ruleRows.length - unused, unused },
  };
  await effects.writeFile(`${directory}/account.json`, `${JSON.stringify(written, null, 2)}\n`);
  return written;
}

interface Output {
  readonly sink: RecordSink;
  flush(seconds: number): Promise<void>;
  close(): Promise<void>;
  files(): number;
  records(): number;
}

function textOutput(
  directory: string,
  fields: readonly string[],
  options: WriteOptions,
  effects: WriteEffects,
  tell: (row: TruthRow) => void,
): Output {
  const compression = options.compression ?? 'gzip';
  const destination = {
    layout: options.layout ?? 'files',
    extension: compression === 'gzip' ? '.log.gz' : '.log',
    parallelFiles: options.parallelFiles ?? 1,
    recordsPerFile: options.recordsPerFile ?? 1_000_000,
    header: options.header ?? true,
  };
  const sink = new FileSink(
    fields,
    destination,
    (path) => effects.openFile(`${directory}/logs/${path}`, compression),
    tell,
  );
  return {
    sink,
    flush: (seconds) => sink.flush(seconds),
    close: () => sink.close(),
    files: () => sink.files,
    records: () => sink.records,
  };
}

async function objectOutput(
  writer: RecordWriter,
  fields: readonly string[],
  tell: (row: TruthRow) => void,
): Promise<Output> {
  const sink = new RecordObjectSink(fields, tell);
  let records = 0;
  const flush = async () => {
    const taken = sink.take();
    records += taken.length;
    if (taken.length > 0) await writer.write(taken);
  };
  const close = async () => {
    await flush();
    await writer.close();
  };
  return { sink, flush, close, files: () => 1, records: () => records };
}

async function writeInventory(account: Account, directory: string, format: readonly string[], effects: WriteEffects) {
  const captures: { at: string; path: string; changes: readonly string[] }[] = [];
  for (const snapshot of account.snapshots) {
    const state = account.states.find(({ snapshot: { capturedAt } }) => capturedAt === snapshot.capturedAt);
    const path = `inventory/${directoryNameOf(snapshot.capturedAt)}`;
    for (const { name, document } of describe(withFormat(snapshot, format))) {
      await effects.writeFile(`${directory}/${path}/${name}`, `${JSON.stringify(document, null, 2)}\n`);
    }
    captures.push({ at: snapshot.capturedAt, path, changes: state?.changes ?? [] });
  }
  return captures;
}

/** ISO 8601 in its basic form, which is a file name on every system: `20260601T060000Z`. */
const directoryNameOf = (capturedAt: string): string => capturedAt.replace(/[-:]|\.\d+/g, '');

const withFormat = (snapshot: InventorySnapshot, fields: readonly string[]): InventorySnapshot => {
  const logFormat = fields.map((name) => `\${${name}}`).join(' ');
  return { ...snapshot, flowLogs: snapshot.flowLogs.map((flowLog) => ({ ...flowLog, logFormat })) };
};
