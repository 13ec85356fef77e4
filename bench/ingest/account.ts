/** The files to measure with: a simulated account, made once and kept for later runs. */
import { simulateAccount } from '@flowfit/testkit/account/account';
import { writeAccount } from '@flowfit/testkit/account/write';

/** One day of traffic, as many files as AWS would write in about an hour of it each. */
export const makeAccount = async (folder: string, records: number, format: string): Promise<void> => {
  const account = simulateAccount({ seed: 1, records, truth: 'summary', publicPeers: 'geographic' });
  await writeAccount(account, folder, {
    format: format as 'v2',
    parallelFiles: 4,
    recordsPerFile: 250_000,
  });
};
