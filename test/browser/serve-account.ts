/** A server over a lake of a simulated account, for scripts that look at the web app through a browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBestGeoDatabase } from '@flowfit/geo/bundled';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { startServer } from '@flowfit/server/start';
import { simulateAccount } from '@flowfit/testkit/account/account';
import type { AccountOptions } from '@flowfit/testkit/account/options';
import { writeAccount } from '@flowfit/testkit/account/write';
import { build } from 'vite';

export interface ServedAccount {
  readonly url: string;
  /** OK records in the lake. */
  readonly records: number;
  close(): Promise<void>;
}

export const serveAccount = async (options: AccountOptions): Promise<ServedAccount> => {
  const scratch = await mkdtemp(join(tmpdir(), 'flowfit-account-'));
  const geography = openBestGeoDatabase();
  const account = simulateAccount(options);
  await writeAccount(account, join(scratch, 'account'), { format: 'v5', parallelFiles: 4 });
  const lake = await openLake(join(scratch, 'lake'), { create: true });
  const { records } = await ingest(lake, [join(scratch, 'account/logs')], {
    snapshots: account.snapshots,
    geo: geography,
  });
  const webRoot = join(scratch, 'web');
  await build({ root: 'packages/web', logLevel: 'warn', build: { outDir: webRoot, emptyOutDir: true } });
  const { name, buildDate, attribution, link } = geography.info;
  const server = await startServer({
    lake,
    port: 0,
    webRoot,
    version: '0.1.0',
    geography: {
      locate: geography.locate,
      notices: [{ name, buildDate, attribution: attribution ?? name, url: link }],
    },
  });
  return {
    url: server.url,
    records: records.stored,
    close: async () => {
      await server.close();
      lake.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
};
