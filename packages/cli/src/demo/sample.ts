/** The sample account of the demo: simulated once, kept in the demo's lake, read as anybody's logs are. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { generateAccount, simulate } from '../commands/generate.ts';
import { ingestPaths } from '../commands/ingest.ts';
import { CliError } from '../errors.ts';
import type { Shell } from '../shell.ts';

/** Two days without lost records, as is usual; 150,000 records: large enough to look at, small enough to be there in seconds. */
const ACCOUNT = {
  seed: 1,
  days: 2,
  records: 130_000,
  publicPeers: 'geographic',
  truth: 'summary',
  features: { skipData: false },
} as const;
const LOGS = { format: 'v5', layout: 'files', compress: 'gzip', parallelFiles: 4 } as const;

/** Where the sample is kept within the lake. */
const sampleOf = (lakeDir: string): string => join(lakeDir, 'sample');
const isSampleComplete = (lakeDir: string): boolean => existsSync(join(sampleOf(lakeDir), 'account.json'));

/**
 * Makes sure that the lake holds the sample. What was begun and not finished is done again.
 *
 * @throws CliError `demo-lake-taken` where the lake holds logs of the user's own
 */
export const ensureSample = async (shell: Shell, lakeDir: string): Promise<void> => {
  const sample = sampleOf(lakeDir);
  if (!isSampleComplete(lakeDir)) {
    if (existsSync(join(lakeDir, 'lake.json'))) throw taken(shell.shownPath(lakeDir));
    await shell.note('Simulating an AWS account for two days (once) …');
    await rm(sample, { recursive: true, force: true });
    await generateAccount(shell, await simulate(ACCOUNT), sample, LOGS);
  }
  // Objects and captures that the lake has already are left out.
  const { records } = await ingestPaths(shell, [join(sample, 'logs')], {
    lake: lakeDir,
    inventory: [join(sample, 'inventory')],
  });
  if (records.read > 0) await shell.note(`Read ${records.read.toLocaleString('en-US')} records of it into a lake.`);
};

const taken = (lake: string): CliError =>
  new CliError('demo-lake-taken', `The lake ${lake} holds logs of your own; the demo does not mix with them.`, {
    remedy: 'Name another folder: flowfit demo --lake ./flowfit-lake-demo',
  });
