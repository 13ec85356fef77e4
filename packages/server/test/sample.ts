/** A lake of a simulated account, with the truth about it, and an app over that lake. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import { type CollectedAccount, simulateAccount } from '@flowfit/testkit/account/account';
import { FORMATS } from '@flowfit/testkit/account/encode';
import type { AccountOptions } from '@flowfit/testkit/account/options';
import { type AppOptions, createApp } from '../src/app.ts';
import { type App, type Context, contextOf } from '../src/context.ts';

export interface Sample {
  readonly lake: Lake;
  readonly folder: string;
  readonly account: CollectedAccount;
  readonly context: Context;
  remove(): Promise<void>;
}

/** With all captures of the account, or with the last one alone. */
export const makeSample = async (options: AccountOptions = {}, captures: 'all' | 'last' = 'all'): Promise<Sample> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-server-'));
  const simulated = simulateAccount({ days: 0.125, ...options });
  const account = simulated.collect('v5');
  const logs = join(folder, 'flow.log');
  await writeFile(logs, [FORMATS.v5.join(' '), ...account.lines, ''].join('\n'));
  const lake = await openLake(join(folder, 'lake'), { create: true });
  await ingest(lake, [logs], { snapshots: captures === 'all' ? simulated.snapshots : simulated.snapshots.slice(-1) });
  return {
    lake,
    folder,
    account,
    context: contextOf(lake, { version: '0.0.0' }),
    remove: async () => {
      lake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const LOCAL: AppOptions = { host: '127.0.0.1', allowedHosts: [], token: null };

export const makeApp = async (context: Context, options: Partial<AppOptions> = {}): Promise<App> =>
  await createApp(context, { ...LOCAL, ...options });

/** The answer's JSON; the app is asked as a browser on this machine would. */
export const getJson = async <Answer>(app: App, path: string): Promise<Answer> => {
  const response = await app.inject({ method: 'GET', url: `/api/v1/${path}`, headers: { host: '127.0.0.1:4680' } });
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${response.body}`);
  return response.json<Answer>();
};
