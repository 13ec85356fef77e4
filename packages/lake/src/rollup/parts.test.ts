/** Days with more records than are worked on at a time are cut by interface: that must not show. */
import { expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import { smallAccount, writeObject } from '../testing/accounts.ts';
import { contentOf } from '../testing/content.ts';
import { markAllDays } from '../testing/dirty.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { rollUp } from './roll-up.ts';

it.each(['v2', 'v5'] as const)('gives the same conversations in parts as at once (%s)', async (format) => {
  const account = smallAccount(3, format);
  const path = await writeObject(await temporaryFolder(), 0, account.header, account.lines);
  const lake = await temporaryLake();
  await ingest(lake, [path], { snapshots: account.snapshots });
  const whole = await contentOf(lake);
  await markAllDays(lake);
  await lake.write(() => rollUp(lake, { recordsAtOnce: 100 }));
  const inParts = await contentOf(lake);
  expect(inParts.conversations).toEqual(whole.conversations);
  expect(inParts.connections).toEqual(whole.connections);
});
