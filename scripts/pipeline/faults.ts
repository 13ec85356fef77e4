/**
 * What goes wrong on purpose: malformed records, a transform that throws, a cluster that refuses documents, a stream
 * that refuses records. All of it is drawn from a seed, so that a run can be repeated.
 */
import type { PutTarget } from '@flowfit/testkit/firehose/api';

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How likely each fault is; `none` switches all of them off. */
export interface Faults {
  readonly malformed: number;
  /** Invocations of the transform that throw. */
  readonly transformThrows: number;
  /** Batches for which every invocation throws. */
  readonly transformAlwaysThrows: number;
  /** Documents that find no room at first. */
  readonly noRoom: number;
  /** Documents that are refused for good. */
  readonly refused: number;
  /** Records that `PutRecordBatch` refuses. */
  readonly putRefused: number;
  /** Calls of `PutRecordBatch` that fail as a whole. */
  readonly putFails: number;
  /** Invocations of the ingestor during which no put succeeds at all: they fail and are repeated. */
  readonly putOutages: number;
}

export const NO_FAULTS: Faults = {
  malformed: 0,
  transformThrows: 0,
  transformAlwaysThrows: 0,
  noRoom: 0,
  refused: 0,
  putRefused: 0,
  putFails: 0,
  putOutages: 0,
};

export const FAULTS: Faults = {
  malformed: 0.05,
  transformThrows: 0.1,
  transformAlwaysThrows: 0.03,
  noRoom: 0.02,
  refused: 0.005,
  putRefused: 0.03,
  putFails: 0.1,
  putOutages: 0.05,
};

/** Ways in which a record is damaged on its way. */
const DAMAGES: readonly ((line: string) => string)[] = [
  (line) => line.slice(0, Math.floor(line.length / 2)),
  (line) => `${line} extra`,
  (line) => line.replace(/(\d+\.){3}\d+/, '300.1.2.3'),
  (line) => `{"message": ${JSON.stringify(line)}`,
  (line) => `\u0000\u0001${line}`,
];

/** Damages some lines; every damaged line is unlike every good one. */
export function damageSome(lines: readonly string[], share: number, random: () => number) {
  const damaged = new Set<string>();
  const sent = lines.map((line) => {
    if (random() >= share) return line;
    const broken = DAMAGES[Math.floor(random() * DAMAGES.length)]!(line);
    if (broken === line || damaged.has(broken)) return line;
    damaged.add(broken);
    return broken;
  });
  return { sent, damaged };
}

type Invoke = (event: unknown) => Promise<unknown>;

/** A transform that throws now and then, and always for some batches. */
export function withThrowingTransform(invoke: Invoke, faults: Faults, random: () => number): Invoke {
  const doomed = new Map<string, boolean>();
  return async (event) => {
    const first = (event as { records: readonly { recordId: string }[] }).records[0]!.recordId;
    if (!doomed.has(first)) doomed.set(first, random() < faults.transformAlwaysThrows);
    if (doomed.get(first) || random() < faults.transformThrows) throw new Error('injected: the transform throws');
    return invoke(event);
  };
}

type Bulk = (ndjson: string) => Promise<{ readonly status: number; readonly body: unknown }>;

/** A cluster that has no room for some documents at first, and refuses some for good. */
export function withRefusingCluster(bulk: Bulk, faults: Faults, random: () => number): Bulk {
  const verdicts = new Map<string, 429 | 400 | null>();
  const verdictOn = (action: string) => {
    if (!verdicts.has(action)) {
      const draw = random();
      verdicts.set(action, draw < faults.refused ? 400 : draw < faults.refused + faults.noRoom ? 429 : null);
    }
    const verdict = verdicts.get(action)!;
    if (verdict === 429) verdicts.set(action, null);
    return verdict;
  };
  return async (ndjson) => {
    const lines = ndjson.split('\n').slice(0, -1);
    const documents = Array.from({ length: lines.length / 2 }, (_, i) => [lines[2 * i]!, lines[2 * i + 1]!] as const);
    const statuses = documents.map(([action]) => verdictOn(action));
    const passed = documents.filter((_, i) => statuses[i] === null);
    const body = passed.map(([action, document]) => `${action}\n${document}\n`).join('');
    const answer = passed.length > 0 ? await bulk(body) : { status: 200, body: { items: [] } };
    if (answer.status !== 200) return answer;
    const items = (answer.body as { items: unknown[] }).items.values();
    const refusal = (status: number) => ({ index: { status, error: { type: 'injected', reason: 'injected' } } });
    return {
      status: 200,
      body: { items: statuses.map((status) => (status === null ? items.next().value : refusal(status))) },
    };
  };
}

/** A stream that refuses some records, fails some calls, and fails all of them while `isOut` says so. */
export function withRefusingStream(
  target: PutTarget,
  faults: Faults,
  random: () => number,
  isOut: () => boolean,
): PutTarget {
  return async (stream, records) => {
    if (isOut() || random() < faults.putFails) {
      return { status: 500, code: 'InternalFailure', message: 'injected', hangUp: random() < 0.3 };
    }
    const accepted = records.map(() => random() >= faults.putRefused);
    const answers = await target(
      stream,
      records.filter((_, i) => accepted[i]),
    );
    if (!Array.isArray(answers)) return answers;
    const taken = answers.values();
    return accepted.map((isAccepted) =>
      isAccepted ? taken.next().value! : { code: 'ServiceUnavailableException', message: 'injected' },
    );
  };
}
