import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DEFAULT_LAYOUT, parseFormat } from '@flowfit/core/flow/format';
import { expect, it } from 'vitest';
import { HEADER, line, text } from '../testing/records.ts';
import { temporaryFolder } from '../testing/temporary.ts';
import { type ObjectKind, sniffObject } from './sniff.ts';

const sniff = async (content: string | Uint8Array, initial = DEFAULT_LAYOUT): Promise<ObjectKind> => {
  const path = join(await temporaryFolder(), 'wrongly-named.parquet.gz');
  await writeFile(path, content);
  return await sniffObject(path, 'a', initial);
};

const plain = { kind: 'text', compression: 'none', layout: DEFAULT_LAYOUT, lineEnd: '\n' };

it.each<[string, string | Uint8Array, object]>([
  ['text with the default header', text(HEADER, line(1)), plain],
  ['text without a header', text(line(1)), plain],
  ['a header alone, without a line end', HEADER, plain],
  ['text in gzip', gzipSync(text(HEADER, line(1))), { ...plain, compression: 'gzip' }],
  ['gzip that is cut off in its head', gzipSync(text(HEADER)).subarray(0, 12), { ...plain, compression: 'gzip' }],
  ['text of Windows', text(line(1)).replaceAll('\n', '\r\n'), { ...plain, lineEnd: '\r\n' }],
  ['another header', 'srcaddr dstaddr\n', { ...plain, layout: { fields: ['srcaddr', 'dstaddr'], kind: 'vpc' } }],
  [
    'a header behind a byte order mark',
    '\uFEFFsrcaddr dstaddr',
    { ...plain, layout: { fields: ['srcaddr', 'dstaddr'], kind: 'vpc' } },
  ],
  ['a header that names a field twice', 'srcaddr srcaddr\n', { kind: 'careful', compression: 'none' }],
  ['a transit gateway', 'version resource-type tgw-id\n', { kind: 'careful', compression: 'none' }],
  ['JSON', ' {"message": "x"}', { kind: 'careful', compression: 'none' }],
  ['a list', '\uFEFF[{"srcaddr": "192.0.2.1"}]', { kind: 'careful', compression: 'none' }],
  ['JSON in gzip', gzipSync('{}'), { kind: 'careful', compression: 'gzip' }],
  ['Parquet', 'PAR1…', { kind: 'parquet' }],
])('tells by the content: %s', async (_, content, kind) => {
  expect(await sniff(content)).toEqual(kind);
});

it('uses the format that was given for text without a header only', async () => {
  const format = parseFormat('${dstaddr} ${srcaddr}');
  expect(await sniff('192.0.2.1 10.0.0.1\n', format)).toMatchObject({ layout: { fields: ['dstaddr', 'srcaddr'] } });
  expect(await sniff('srcaddr dstaddr\n', format)).toMatchObject({ layout: { fields: ['srcaddr', 'dstaddr'] } });
});
