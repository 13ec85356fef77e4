/**
 * The processes of the endurance runs: `node actor.mjs JOB`, the job being JSON. Each says on file descriptor 3 when it
 * begins, so that a kill hits its work and not the start of Node.
 */
import { writeSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import { rollUp } from '@flowfit/lake/rollup/roll-up';
import { markAllDays } from '@flowfit/lake/testing/dirty';
import { startServer } from '@flowfit/server/start';
import picocolors from 'picocolors';
import { nodeEffects } from '../../packages/cli/src/effects.ts';
import { formatError } from '../../packages/cli/src/errors.ts';
import { run as runCommand } from '../../packages/cli/src/run.ts';

export type Job =
  /** The command itself. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** One object a batch, so that there are many commits to be killed at. */
  | { readonly kind: 'ingest'; readonly lake: string; readonly inputs: readonly string[] }
  /** Of all days, again and again. */
  | { readonly kind: 'roll-up'; readonly lake: string; readonly times: number }
  | { readonly kind: 'serve'; readonly lake: string; readonly memoryLimit: string };

export type Word = 'begin' | 'stored' | 'port';

const say = (word: Word, value = 0): void => void writeSync(3, `${word} ${value}\n`);

const work = async (job: Job): Promise<number> => {
  switch (job.kind) {
    case 'command':
      say('begin');
      return await runCommand(job.words, nodeEffects());
    case 'ingest':
      return await withLake(job.lake, { create: true }, async (lake) => {
        say('begin');
        const onProgress = ({ records }: { readonly records: number }) => say('stored', records);
        const { objects } = await ingest(lake, job.inputs, { batchBytes: 1, onProgress });
        return objects.failed.length;
      });
    case 'roll-up':
      return await withLake(job.lake, {}, async (lake) => {
        say('begin');
        for (let time = 0; time < job.times; time++) {
          await markAllDays(lake);
          await lake.write(() => rollUp(lake));
        }
        return 0;
      });
    case 'serve':
      return await withLake(job.lake, { memoryLimit: job.memoryLimit }, serve);
  }
};

const withLake = async (
  dir: string,
  options: { readonly create?: boolean; readonly memoryLimit?: string },
  use: (lake: Lake) => Promise<number>,
): Promise<number> => {
  const lake = await openLake(dir, { threads: 1, ...options });
  try {
    return await use(lake);
  } finally {
    lake.close();
  }
};

/** Until SIGTERM. */
const serve = async (lake: Lake): Promise<number> => {
  const server = await startServer({ lake, port: 0, version: '0.0.0' });
  const stopped = new Promise<void>((done) => {
    process.once('SIGTERM', done);
  });
  // More than fits into memory, so that the server has files in its spill folder at all times, and each query moves some.
  await lake.db.run(`CREATE TABLE aside AS ${ROWS}`);
  say('port', server.port);
  await stopped;
  await server.close();
  const [kept, made] = await Promise.all(['aside', `(${ROWS})`].map((rows) => lake.db.one(digestOf(rows))));
  return isDeepStrictEqual(kept, made) ? 0 : 1;
};

const ROWS = 'SELECT i, sha256(i::VARCHAR) AS text FROM range(1_400_000) AS t(i)';

const digestOf = (rows: string): string => `SELECT count(*) AS count, bit_xor(hash(i, text)) AS digest FROM ${rows}`;

try {
  process.exitCode = await work(JSON.parse(process.argv[2] ?? '') as Job);
} catch (error) {
  process.stderr.write(formatError(error, picocolors, true));
  process.exitCode = 1;
}
