/** The simulated account: the same options always give the same logs, inventory and truth. */
import type { FlowRecord } from '@flowfit/core/flow/record';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { FORMATS, type FormatName } from './encode.ts';
import { LineSink } from './line-sink.ts';
import { type AccountOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { RecordObjectSink } from './record-sink.ts';
import { Simulation } from './simulation.ts';
import type { RecordSink } from './sink.ts';
import { type AccountState, buildWorld, captureAt, carefulInstants } from './states.ts';
import type { ConnectionTruth, RuleTruth, Totals } from './truth.ts';

/** A format by name, or fields in their order. */
export type Format = FormatName | readonly string[];

export const fieldsOf = (format: Format): readonly string[] => (typeof format === 'string' ? FORMATS[format] : format);

/** A small account as a whole, in memory. */
export interface CollectedAccount {
  readonly lines: readonly string[];
  readonly connections: readonly ConnectionTruth[];
  readonly rules: readonly RuleTruth[];
  readonly totals: Totals;
}

export interface Account {
  readonly options: ResolvedOptions;
  /** The account from one change to the next, in the order of time. */
  readonly states: readonly AccountState[];
  /** Inventories at the start, right before and after each change, and at the end: all of it has captures on both sides. */
  readonly snapshots: readonly InventorySnapshot[];
  /**
   * Runs the simulation into a sink. Advance the generator to go on; it yields the step every few thousand records,
   * and returns the totals; then `rules` are complete. Every call begins anew.
   */
  run(sink: RecordSink): { readonly steps: Generator<number, Totals>; readonly rules: () => readonly RuleTruth[] };
  /** Lines of text with their truth; for accounts that fit into memory. */
  collect(format?: Format): CollectedAccount;
  /** Chunks of lines, each line ended by a line feed, no header; whatever the size of the account. */
  lines(format?: Format): Generator<string, Totals>;
  /** Records as objects, `-` as null, in batches. */
  records(format?: Format): Generator<readonly FlowRecord[], Totals>;
}

/** @throws RangeError naming the option that cannot be met. */
export function simulateAccount(options: AccountOptions = {}): Account {
  const resolved = resolveOptions(options);
  const world = buildWorld(resolved);
  const run: Account['run'] = (sink) => {
    const simulation = new Simulation(resolved, world, sink);
    return { steps: simulation.run(), rules: () => simulation.rules() };
  };
  return {
    options: resolved,
    states: world.states,
    snapshots: carefulInstants({ options: resolved, states: world.states }).map((at) => captureAt(world.states, at)),
    run,
    collect: (format = 'v5') => collect(run, format),
    *lines(format = 'v5') {
      const sink = new LineSink(fieldsOf(format));
      return yield* drain(
        run(sink).steps,
        () => sink.take(),
        ({ length }) => length > 0,
      );
    },
    *records(format = 'v5') {
      const sink = new RecordObjectSink(fieldsOf(format));
      return yield* drain(
        run(sink).steps,
        () => sink.take(),
        ({ length }) => length > 0,
      );
    },
  };
}

function* drain<T>(
  steps: Generator<number, Totals>,
  take: () => T,
  isWorthwhile: (part: T) => boolean,
): Generator<T, Totals> {
  for (;;) {
    const { done, value } = steps.next();
    const part = take();
    if (isWorthwhile(part)) yield part;
    if (done) return value as Totals;
  }
}

function collect(run: Account['run'], format: Format): CollectedAccount {
  const connections: ConnectionTruth[] = [];
  const sink = new LineSink(fieldsOf(format), (row) => connections.push(row));
  const { steps, rules } = run(sink);
  let result = steps.next();
  while (!result.done) result = steps.next();
  const lines = sink.take().split('\n').slice(0, -1);
  return { lines, connections, rules: rules(), totals: result.value };
}
