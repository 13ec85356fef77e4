/** A line of a gigabyte: one rejected line, in bounded memory. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { HEADER, line, text } from '../testing/records.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { ingest } from './ingest.ts';

const MEGABYTE = 2 ** 20;

it.each([
  ['text', `${text(HEADER, line(1))}x`],
  ['JSON', `${text(HEADER, line(1))}{`],
  ['JSON from the beginning on', '{'],
])('reads on after a line of 1 GiB of %s', { timeout: 120_000 }, async (_, beginning) => {
  const folder = await temporaryFolder();
  const part = gzipSync(Buffer.alloc(16 * MEGABYTE, 'x'));
  const long = [gzipSync(beginning), ...Array.from({ length: 64 }, () => part)];
  await writeFile(join(folder, 'a.gz'), Buffer.concat([...long, gzipSync(text('', line(2), line(3)))]));
  const lake = await temporaryLake();
  const before = process.resourceUsage().maxRSS;
  const { records } = await ingest(lake, [folder]);
  expect(records.rejected).toEqual({ 'line-too-long': 1 });
  expect(records.stored).toBe(beginning === '{' ? 2 : 3);
  expect((process.resourceUsage().maxRSS - before) / 1024, 'growth in MiB').toBeLessThan(1024);
});
