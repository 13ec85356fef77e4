/** Sending failed records again, object by object: each is settled only after all of it was answered. */
import { messageOf } from '@flowfit/core/errors';
import type { PutResult } from '../firehose/put-records.ts';
import { decodeErrorLine, type FailedRecord } from './error-line.ts';
import type { FailureStore } from './objects.ts';
import { type SortOptions, sortFailure } from './sort.ts';

/** A document for the cluster, under the id that Firehose had given it. */
export interface FailedDocument {
  readonly index: string;
  readonly id: string;
  readonly source: string;
}

export interface ReplayEffects {
  /** Puts records to the delivery stream; null = no stream was named. */
  readonly put: ((records: readonly Uint8Array[]) => Promise<PutResult>) | null;
  /** Writes documents; answers with the ids of those that were refused. null = no cluster was named. */
  readonly write: ((documents: readonly FailedDocument[]) => Promise<ReadonlySet<string>>) | null;
}

export interface ReplayOptions extends SortOptions {
  /** Only count what would be done. */
  readonly dryRun: boolean;
  readonly onObject?: (name: string) => void;
}

export interface ReplayReport {
  readonly objects: number;
  readonly records: number;
  /** Put to the stream again. */
  readonly resent: number;
  /** Written to the cluster. */
  readonly written: number;
  /** Left where they are, by reason. */
  readonly kept: Readonly<Record<string, number>>;
  /** Objects that could not be read. */
  readonly failed: readonly { readonly object: string; readonly message: string }[];
}

export async function replayFailures(
  store: FailureStore,
  effects: ReplayEffects,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const total = { objects: 0, records: 0, resent: 0, written: 0 };
  const kept: Record<string, number> = {};
  const failed: { object: string; message: string }[] = [];
  for await (const name of store.list()) {
    options.onObject?.(name);
    try {
      const plan = toPlan(await store.read(name), effects, options);
      if (!options.dryRun) await carryOut(plan, effects);
      total.objects += 1;
      total.records += plan.lines;
      total.resent += plan.stream.length;
      total.written += plan.bulk.length;
      for (const { reason } of plan.kept) kept[reason] = (kept[reason] ?? 0) + 1;
      if (!options.dryRun)
        await store.settle(
          name,
          plan.kept.map(({ line }) => line),
        );
    } catch (error) {
      failed.push({ object: name, message: messageOf(error) });
    }
  }
  return { ...total, kept, failed };
}

interface Planned {
  readonly line: string;
  readonly record: FailedRecord;
}

interface Plan {
  readonly lines: number;
  stream: Planned[];
  bulk: Planned[];
  readonly kept: { readonly line: string; readonly reason: string }[];
}

function toPlan(text: string, effects: ReplayEffects, options: SortOptions): Plan {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const plan: Plan = { lines: lines.length, stream: [], bulk: [], kept: [] };
  for (const line of lines) {
    try {
      const record = decodeErrorLine(line);
      const verdict = sortFailure(record, options);
      if (verdict.action === 'keep') plan.kept.push({ line, reason: verdict.reason });
      else if (verdict.action === 'stream' && effects.put) plan.stream.push({ line, record });
      else if (verdict.action === 'bulk' && effects.write) plan.bulk.push({ line, record });
      else plan.kept.push({ line, reason: verdict.action === 'stream' ? 'no-stream-named' : 'no-cluster-named' });
    } catch {
      plan.kept.push({ line, reason: 'bad-error-line' });
    }
  }
  return plan;
}

/** What is refused now joins the kept ones. */
async function carryOut(plan: Plan, { put, write }: ReplayEffects): Promise<void> {
  if (put && plan.stream.length > 0) {
    const { undelivered, tooLarge } = await put(plan.stream.map(({ record }) => record.data));
    const left = new Set([...undelivered.map(({ index }) => index), ...tooLarge]);
    plan.kept.push(...plan.stream.filter((_, i) => left.has(i)).map(({ line }) => ({ line, reason: 'not-accepted' })));
    plan.stream = plan.stream.filter((_, i) => !left.has(i));
  }
  if (write && plan.bulk.length > 0) {
    const refused = await write(plan.bulk.map(({ record }) => toDocument(record)));
    const isRefused = ({ record }: Planned) => refused.has(toDocument(record).id);
    plan.kept.push(...plan.bulk.filter(isRefused).map(({ line }) => ({ line, reason: 'refused-again' })));
    plan.bulk = plan.bulk.filter((each) => !isRefused(each));
  }
}

const toDocument = (record: FailedRecord): FailedDocument => ({
  index: record.step === 'delivery' ? record.index : '',
  id: record.step === 'delivery' ? record.documentId : '',
  source: record.data.toString('utf8'),
});
