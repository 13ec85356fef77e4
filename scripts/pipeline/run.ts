/** One run: generate, drive through the pipeline, break what may break, account for every record, bring back the rest. */
import { randomBytes } from 'node:crypto';
import { openFailureFolder } from '@flowfit/aws/failures/objects';
import { type ReplayReport, replayFailures } from '@flowfit/aws/failures/replay';
import type { PutResult } from '@flowfit/aws/firehose/put-records';
import { parseFormat } from '@flowfit/core/flow/format';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { writeBulk } from '@flowfit/opensearch/bulk';
import { openOpenSearch } from '@flowfit/opensearch/client';
import { namesOf } from '@flowfit/opensearch/names';
import { setup } from '@flowfit/opensearch/setup';
import { fieldsOf, simulateAccount } from '@flowfit/testkit/account/account';
import type { OpenSearchServer } from '@flowfit/testkit/opensearch-server/server';
import { add, differenceOf, type Lines, linesInFailures, linesInIndex, termsOf } from './account-for.ts';
import { createRandom, damageSome, FAULTS, NO_FAULTS } from './faults.ts';
import { startPipeline } from './local-pipeline.ts';

export interface RunOptions {
  readonly server: OpenSearchServer;
  readonly records: number;
  readonly seed: number;
  readonly faults: boolean;
  /** Milliseconds for which OpenSearch is away, with faults and a server of our own; 0 = it stays. */
  readonly away: number;
  /** Leaves the indexes, for a look at them. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface RunResult {
  /** Lines brought in: records, NODATA and SKIPDATA. */
  readonly sent: number;
  readonly malformed: number;
  /** Documents in the index at the end. */
  readonly indexed: number;
  readonly expected: number;
  /** In failure objects before the replay. */
  readonly failed: number;
  readonly replay: ReplayReport | null;
  /** What is wrong; empty = every record is accounted for, and every count equals the truth. */
  readonly discrepancies: readonly string[];
  readonly recordsPerSecond: number;
}

/** Events of one envelope: CloudWatch Logs sends up to some thousands. */
const ENVELOPE = 1_000;
const FORMAT = fieldsOf('v5');

export async function runPipeline(options: RunOptions): Promise<RunResult> {
  const { server, seed, say } = options;
  const random = createRandom(seed);
  const account = simulateAccount({
    seed,
    records: options.records,
    days: 1 / 24,
    // One state, so that one snapshot tells the truth about every record.
    features: { changes: false, addressReuse: false },
    publicPeers: 'geographic',
  });
  const lines = account.collect(FORMAT).lines;
  const inventory = account.snapshots[0]!;
  const faults = options.faults ? FAULTS : NO_FAULTS;
  const { sent, damaged } = damageSome(lines, faults.malformed, random);

  const names = namesOf(options.keep ? undefined : `flowfit-run-${randomBytes(4).toString('hex')}`);
  const cluster = openOpenSearch(server.url);
  const noDashboards = { prefix: names.prefix, retention: { deleteAfterDays: 30 }, dashboardsUrl: null };
  for (const { step, outcome, detail } of await setup(cluster, noDashboards, fetch))
    say(`setup: ${step} ${outcome}: ${detail}`);
  const pipeline = await startPipeline({
    cluster,
    indexName: names.prefix,
    inventory,
    format: FORMAT.join(' '),
    faults,
    random,
  });
  const discrepancies: string[] = [];
  try {
    const began = performance.now();
    const outage = startOutage(options);
    for (let from = 0; from < sent.length; from += ENVELOPE) {
      if (from >= sent.length / 2) outage.begin();
      await pipeline.send(sent.slice(from, from + ENVELOPE));
    }
    await outage.over();
    await pipeline.stream.drain();
    const recordsPerSecond = sent.length / ((performance.now() - began) / 1_000);
    say(`delivered: ${JSON.stringify(pipeline.stream.counts)}`);

    // Envelopes that no attempt brought in are in the dead-letter queue: neither lost nor delivered.
    const expected = expectedDocuments(sent, damaged);
    // A batch that failed as a whole holds NODATA as well, which nobody misses.
    const isMissed = (line: string) => damaged.has(line) || isDocument(line);
    const held = linesOf(pipeline.deadLetters());
    const failures = linesInFailures(pipeline.failures, FORMAT);
    const failed = countOf(failures);
    const written = await linesInIndex(cluster, names.pattern, FORMAT);
    const found = new Map([...sumOf(written, failures, held)].filter(([line]) => isMissed(line)));
    report(discrepancies, 'before the replay', sumOf(expected, linesOf(damaged)), found);

    pipeline.heal();
    const replay = failed > 0 ? await replayAll(pipeline, cluster) : null;
    if (replay) say(`replayed: ${JSON.stringify(replay)}`);
    await pipeline.redrive();
    await pipeline.stream.drain();
    const index = await linesInIndex(cluster, names.pattern, FORMAT);
    report(discrepancies, 'at the end', expected, index);
    await checkTerms(cluster, names.pattern, expected, inventory, discrepancies);
    return {
      sent: sent.length,
      malformed: damaged.size,
      indexed: countOf(index),
      expected: countOf(expected),
      failed,
      replay,
      discrepancies,
      recordsPerSecond,
    };
  } finally {
    await pipeline.stop();
    if (!options.keep) {
      await cluster.request('DELETE', `/${names.pattern}`);
      await cluster.request('DELETE', `/_index_template/${names.template}`);
    }
    await cluster.close();
  }
}

/** OpenSearch really goes: its process is killed, and started again on the same data. */
function startOutage({ server, faults, away, say }: RunOptions) {
  let running: Promise<void> | null = null;
  const run = async () => {
    say(`OpenSearch goes away for ${away / 1_000} s`);
    await server.kill!();
    await new Promise((resolve) => setTimeout(resolve, away));
    await server.start!();
    say('OpenSearch is back');
  };
  return {
    begin: () => {
      if (faults && away > 0 && server.kill && server.start) running ??= run();
    },
    over: async () => running,
  };
}

/** NODATA leaves no document; everything else does. */
const isDocument = (line: string): boolean => !line.endsWith(' NODATA') && !/ NODATA /.test(line);

const expectedDocuments = (sent: readonly string[], damaged: ReadonlySet<string>): Lines =>
  linesOf(sent.filter((line) => !damaged.has(line) && isDocument(line)));

function linesOf(texts: Iterable<string>): Lines {
  const lines: Lines = new Map();
  for (const text of texts) add(lines, text);
  return lines;
}

function sumOf(...all: readonly Lines[]): Lines {
  const sum: Lines = new Map();
  for (const lines of all) for (const [line, count] of lines) sum.set(line, (sum.get(line) ?? 0) + count);
  return sum;
}

const countOf = (lines: Lines): number => [...lines.values()].reduce((sum, count) => sum + count, 0);

function report(discrepancies: string[], when: string, expected: Lines, found: Lines): void {
  const { onlyFirst, onlySecond } = differenceOf(expected, found);
  if (onlyFirst.length > 0) discrepancies.push(`${when}: ${onlyFirst.length} missing, such as ${onlyFirst[0]}`);
  if (onlySecond.length > 0) discrepancies.push(`${when}: ${onlySecond.length} too many, such as ${onlySecond[0]}`);
}

async function replayAll(
  { failures, stream }: Awaited<ReturnType<typeof startPipeline>>,
  cluster: ReturnType<typeof openOpenSearch>,
): Promise<ReplayReport> {
  const put = async (records: readonly Uint8Array[]): Promise<PutResult> => {
    stream.put(records.map((record) => Buffer.from(record)));
    return { delivered: records.length, undelivered: [], tooLarge: [], calls: 1, resent: 0 };
  };
  return replayFailures(
    openFailureFolder(failures),
    {
      put,
      write: async (documents) => {
        const refused = new Set<string>();
        const onRejected = ({ document }: { document: { id: string } }) => void refused.add(document.id);
        await writeBulk(cluster, documents, { onRejected }, { sleep: async () => undefined });
        return refused;
      },
    },
    { parser: createLineParser(parseFormat(FORMAT.join(' '))), includeRefused: true, dryRun: false },
  );
}

const TERMS = 10_000;

/** Groups by the inventory, ports and sources by the lines themselves: none of the code under test is asked. */
async function checkTerms(
  cluster: ReturnType<typeof openOpenSearch>,
  pattern: string,
  expected: Lines,
  inventory: InventorySnapshot,
  discrepancies: string[],
): Promise<void> {
  const groupsOf = new Map(inventory.interfaces.map(({ id, groupIds }) => [id, groupIds]));
  const valuesOf: Record<string, (line: readonly string[]) => readonly string[]> = {
    'security-group-ids': (values) => groupsOf.get(values[FORMAT.indexOf('interface-id')]!) ?? [],
    dstport: (values) => [values[FORMAT.indexOf('dstport')]!],
    srcaddr: (values) => [values[FORMAT.indexOf('srcaddr')]!],
    action: (values) => [values[FORMAT.indexOf('action')]!],
  };
  for (const [field, values] of Object.entries(valuesOf)) {
    const truth: Lines = new Map();
    for (const [line, count] of expected) {
      for (const value of values(line.split(' '))) {
        if (value !== '-') truth.set(value, (truth.get(value) ?? 0) + count);
      }
    }
    const found = await termsOf(cluster, pattern, field, TERMS);
    // Ports have more values than an aggregation returns: what it returns must be right, and the most frequent.
    for (const [value, count] of found) {
      if (truth.get(value) !== count) {
        discrepancies.push(`${field} ${value}: ${count} in the index, ${truth.get(value) ?? 0} in truth`);
        break;
      }
    }
    if (found.size !== Math.min(TERMS, truth.size)) {
      discrepancies.push(`${field}: ${found.size} values in the index, ${truth.size} in truth`);
    }
  }
}
