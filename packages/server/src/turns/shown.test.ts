/** A page asks many questions: all of them are answered from the state whose revision it was told. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { FORMATS } from '@flowfit/testkit/account/encode';
import { expect, it, onTestFinished } from 'vitest';
import { makeApp, makeSample } from '../../test/sample.ts';
import type { OverviewAnswer } from '../contract/lake.ts';
import type { SummaryAnswer } from '../contract/traffic.ts';
import { REVISION_HEADER } from './asker.ts';

it('one revision is one state, until nobody asks for it any more', { timeout: 60_000 }, async () => {
  const sample = await makeSample({ records: 300 });
  onTestFinished(sample.remove);
  const app = await makeApp(sample.context);
  const ask = async <Answer>(path: string, revision?: string): Promise<Answer> => {
    const headers = { host: '127.0.0.1:4680', ...(revision === undefined ? {} : { [REVISION_HEADER]: revision }) };
    return (await app.inject({ method: 'GET', url: `/api/v1/${path}`, headers })).json<Answer>();
  };
  const flowsOf = async (revision?: string): Promise<number> =>
    (await ask<SummaryAnswer>('summary', revision)).current.flows;
  const { revision } = await ask<OverviewAnswer>('overview');
  const before = await flowsOf(revision);

  const logs = join(sample.folder, 'later.log');
  const [line = ''] = sample.account.lines.filter((each) => each.includes('ACCEPT'));
  const fields = line.split(' ');
  fields[FORMATS.v5.indexOf('packets')] = '987654';
  await writeFile(logs, [FORMATS.v5.join(' '), fields.join(' '), ''].join('\n'));
  await ingest(sample.lake, [logs]);

  expect(await flowsOf(revision)).toBe(before);
  expect(await flowsOf()).toBe(before + 1);
  expect(await flowsOf('of a lake that is gone')).toBe(before + 1);
  const next = (await ask<OverviewAnswer>('overview')).revision;
  expect(next).not.toBe(revision);
  expect(await flowsOf(next)).toBe(before + 1);
  await app.close();
  await sample.context.access.idle();
  expect(await readdir(sample.lake.paths.readers)).toEqual([]);
});
