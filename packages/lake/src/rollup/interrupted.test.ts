/** A roll-up that ends between two days is taken up again where the second one depends on the first. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import { contentOf, rowsOf } from '../testing/content.ts';
import { text } from '../testing/records.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';

const DAY = 1_767_225_600;
const FIELDS =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action flow-direction tcp-flags';

/** A record of one TCP connection, whose ports do not tell who opened it. */
const record = (start: number, flags: number): string =>
  `eni-1 192.0.2.1 10.0.0.1 40000 50000 6 1 40 ${start} ${start + 59} ACCEPT ingress ${flags}`;

it('recomputes the days after one that changed, also in a later run', async () => {
  const folder = await temporaryFolder();
  const paths = await Promise.all(
    [record(DAY, 2), record(DAY + 86_400, 0), record(DAY + 2 * 86_400, 0)].map(async (one, index) => {
      const path = join(folder, `${index}.log`);
      await writeFile(path, text(FIELDS, one));
      return path;
    }),
  );
  const undisturbed = await temporaryLake();
  await ingest(undisturbed, paths);
  const expected = await contentOf(undisturbed);
  const methods = expected.conversations.map((row) => JSON.parse(row).initiator_method);
  expect(methods.toSorted()).toEqual(['tcp-flags', 'tcp-flags-other-interval', 'tcp-flags-other-interval']);

  const lake = await temporaryLake();
  await ingest(lake, paths.slice(1));
  expect((await rowsOf(lake, 'conversations')).map((row) => JSON.parse(row).initiator_method)).toEqual([
    'none',
    'none',
  ]);
  const abort = new AbortController();
  const onProgress = ({ phase }: { phase: string }) => {
    if (phase === 'roll-up') abort.abort();
  };
  await expect(ingest(lake, paths.slice(0, 1), { signal: abort.signal, onProgress })).rejects.toThrow(/abort/i);
  expect(await contentOf(lake)).not.toEqual(expected);
  await ingest(lake, paths.slice(0, 1));
  expect(await contentOf(lake)).toEqual(expected);
});
