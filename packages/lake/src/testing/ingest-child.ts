/**
 * A process that ingests, to be killed: `node ingest-child.js JOB`, the job being a JSON file. Writes one line when it
 * begins, one with the number of records stored after each batch, and one when it is done.
 */
import { readFileSync, writeSync } from 'node:fs';
import { parseSnapshot } from '@flowfit/core/inventory/snapshot';
import { ingest } from '../ingest/ingest.ts';
import { openLake } from '../lake.ts';

export interface ChildJob {
  readonly lake: string;
  readonly inputs: readonly string[];
  /** As text. */
  readonly snapshots: readonly string[];
  readonly batchBytes: number;
}

const say = (word: string, value: number): void => {
  writeSync(1, `${word} ${value}\n`);
};

const run = async ({ lake: dir, inputs, snapshots, batchBytes }: ChildJob): Promise<void> => {
  const lake = await openLake(dir, { create: true, threads: 1 });
  const parsed = snapshots.map(parseSnapshot).flatMap((result) => (result.ok ? [result.snapshot] : []));
  say('begin', 0);
  await ingest(lake, inputs, {
    snapshots: parsed,
    batchBytes,
    onProgress: ({ phase, records }) => say(phase, records),
  });
  say('done', 0);
  lake.close();
};

await run(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ChildJob);
