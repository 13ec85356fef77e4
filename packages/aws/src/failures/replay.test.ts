import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import { createLineParser } from '@flowfit/core/flow/parse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFailureFolder } from './objects.ts';
import { type FailedDocument, type ReplayOptions, replayFailures } from './replay.ts';

const GOOD = '2 123456789012 eni-0a1b2c3d 192.0.2.1 10.0.0.5 40000 443 6 1 840 1700000000 1700000060 ACCEPT OK\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowfit-failures-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** As real objects have them: numbers, `lambdaARN`. */
const transformFailure = (errorCode: string, data: string) => ({
  attemptsMade: 4,
  arrivalTimestamp: 1627921286181,
  errorCode,
  errorMessage: 'text',
  attemptEndingTimestamp: 1627921286200,
  rawData: base64(data),
  lambdaARN: 'arn:aws:lambda:eu-west-1:123456789012:function:decorator:$LATEST',
});

const deliveryFailure = (errorCode: string, id: string, errorMessage = '') => ({
  attemptsMade: '2',
  arrivalTimestamp: '1627921286181',
  errorCode,
  errorMessage,
  attemptEndingTimestamp: '1627921286200',
  esDocumentId: id,
  esIndexName: 'cwl-2023-11-14',
  esTypeName: '',
  rawData: base64(`{"id":"${id}"}`),
});

function write(name: string, lines: readonly (object | string)[], compress = false): void {
  const path = join(folder, name);
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, compress ? gzipSync(text) : text);
}

async function replay(
  options: Partial<ReplayOptions> = {},
  { refused = [] as string[], accepts = true, stream = true } = {},
) {
  const put: string[] = [];
  const written: FailedDocument[] = [];
  const report = await replayFailures(
    openFailureFolder(folder),
    {
      put: stream
        ? async (records) => {
            const texts = records.map((record) => Buffer.from(record).toString('utf8'));
            if (accepts) put.push(...texts);
            const undelivered = accepts ? [] : texts.map((_, index) => ({ index, code: 'c', message: 'm' }));
            return { delivered: texts.length - undelivered.length, undelivered, tooLarge: [], calls: 1, resent: 0 };
          }
        : null,
      write: async (documents) => {
        written.push(...documents);
        return new Set(refused);
      },
    },
    { parser: createLineParser(DEFAULT_LAYOUT), includeRefused: false, dryRun: false, ...options },
  );
  return { report, put, written };
}

const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('the replay of failures', () => {
  it('sends failed invocations through the stream and unplaced documents to the cluster, each once', async () => {
    write('processing-failed/2023/11/14/12/a', [
      transformFailure('Lambda.FunctionError', GOOD),
      transformFailure('Lambda.MissingRecordId', 'anything'),
    ]);
    write('AmazonOpenSearchService_failed/2023/11/14/12/b', [deliveryFailure('ES.503', 'x.0')], true);
    const { report, put, written } = await replay();
    expect(report).toEqual({ objects: 2, records: 3, resent: 2, written: 1, kept: {}, failed: [] });
    expect(put).toEqual([GOOD, 'anything']);
    expect(written).toEqual([{ index: 'cwl-2023-11-14', id: 'x.0', source: '{"id":"x.0"}' }]);
    expect(files()).toEqual([
      'replayed/AmazonOpenSearchService_failed/2023/11/14/12/b',
      'replayed/processing-failed/2023/11/14/12/a',
    ]);
    expect((await replay()).report.objects).toBe(0);
  });

  it('keeps what would come back, with the reason', async () => {
    const looping = transformFailure('Lambda.ProcessingFailedStatus', 'rubbish');
    write('processing-failed/a', [
      looping,
      transformFailure('Lambda.ProcessingFailedStatus', GOOD),
      transformFailure('Lambda.ProcessingFailedStatus', `${GOOD}${GOOD}`),
      'cut sho',
    ]);
    write('AmazonOpenSearchService-failed/b', [
      deliveryFailure('400', 'y.0'),
      deliveryFailure('ES.ServiceException', 'z.0', '{"type":"mapper_parsing_exception"}'),
    ]);
    write('decompression-failed/c', [{ errorCode: 'Decompression failed.', rawData: base64('x') }]);
    const { report, put, written } = await replay();
    expect(report).toMatchObject({
      objects: 3,
      records: 7,
      resent: 1,
      written: 0,
      kept: {
        'field-count': 1,
        'several-records': 1,
        'bad-error-line': 1,
        'refused-by-mapping': 2,
        'not-of-this-pipeline': 1,
      },
    });
    expect(put).toEqual([GOOD]);
    expect(written).toEqual([]);
    expect(readFileSync(join(folder, 'kept/processing-failed/a'), 'utf8').split('\n')[0]).toBe(JSON.stringify(looping));
  });

  it('sends refused documents when told that the mapping was repaired, and keeps those that are refused again', async () => {
    write('AmazonOpenSearchService-failed/b', [deliveryFailure('400', 'y.0'), deliveryFailure('400', 'z.0')]);
    const { report, written } = await replay({ includeRefused: true }, { refused: ['z.0'] });
    expect(written.map(({ id }) => id)).toEqual(['y.0', 'z.0']);
    expect(report).toMatchObject({ written: 1, kept: { 'refused-again': 1 } });
    expect(files()).toContain('kept/AmazonOpenSearchService-failed/b');
  });

  it('keeps what the stream does not accept, and what it was given no stream for', async () => {
    write('processing-failed/a', [transformFailure('Lambda.FunctionError', GOOD)]);
    expect((await replay({ dryRun: true }, { stream: false })).report.kept).toEqual({ 'no-stream-named': 1 });
    expect((await replay({}, { accepts: false })).report).toMatchObject({ resent: 0, kept: { 'not-accepted': 1 } });
  });

  it('changes nothing in a dry run', async () => {
    write('processing-failed/a', [transformFailure('Lambda.FunctionError', GOOD)]);
    const { report, put } = await replay({ dryRun: true });
    expect(report).toMatchObject({ objects: 1, resent: 1 });
    expect(put).toEqual([]);
    expect(files()).toEqual(['processing-failed/a']);
  });

  it('reports an object that cannot be read and goes on', async () => {
    writeFileSync(join(folder, 'a'), Buffer.from([0x1f, 0x8b, 1, 2]));
    write('b', [transformFailure('Lambda.FunctionError', GOOD)]);
    const { report } = await replay();
    expect(report.failed).toEqual([{ object: 'a', message: expect.any(String) }]);
    expect(report.resent).toBe(1);
  });
});
