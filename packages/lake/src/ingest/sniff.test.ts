import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { HEADER, line, text } from '../testing/records.ts';
import { temporaryFolder } from '../testing/temporary.ts';
import { type ObjectKind, sniffObject } from './sniff.ts';

const sniff = async (content: string | Uint8Array): Promise<ObjectKind> => {
  const path = join(await temporaryFolder(), 'wrongly-named.parquet.gz');
  await writeFile(path, content);
  return await sniffObject(path, 'a');
};

it.each<[string, string | Uint8Array, object]>([
  ['text', text(HEADER, line(1)), { kind: 'text', compression: 'none' }],
  ['text in gzip', gzipSync(text(HEADER, line(1))), { kind: 'text', compression: 'gzip' }],
  ['gzip that is cut off in its head', gzipSync(text(HEADER)).subarray(0, 12), { kind: 'text', compression: 'gzip' }],
  ['JSON', ' {"message": "x"}', { kind: 'text', compression: 'none' }],
  ['JSON in gzip', gzipSync('{}'), { kind: 'text', compression: 'gzip' }],
  ['Parquet', 'PAR1…', { kind: 'parquet' }],
])('tells by the content: %s', async (_, content, kind) => {
  expect(await sniff(content)).toEqual(kind);
});
