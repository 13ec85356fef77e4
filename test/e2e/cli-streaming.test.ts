/**
 * The commands of the streaming way: messages, exit codes and what they send, against servers of this process. What a
 * real cluster and a real account make of it is tested where the parts are.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DENIED, startFaultyFirehose } from '@flowfit/testkit/faulty-aws/firehose';
import { startLocalServer } from '@flowfit/testkit/faulty-aws/http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectCliGolden, runInFolder } from './cli-golden.ts';
import { type FakeClusterOptions, startFakeCluster } from './fake-cluster.ts';

let folder: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowfit-streaming-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const { close } of open.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

const opened = <Server extends { close(): Promise<void> }>(server: Server): Server => {
  open.push(server);
  return server;
};
const cluster = async (options: FakeClusterOptions = {}) => opened(await startFakeCluster(options));
const put = (name: string, content: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
};
const flowfit = (...words: string[]) => runInFolder(folder, words);
const expectMessages = (name: string, ...words: string[]) => expectCliGolden(folder, name, words);

describe('flowfit opensearch setup', () => {
  it('goes on without the plugins that a bare server lacks, and says what follows', async () => {
    const { url, settings } = await cluster();
    const { code } = await expectMessages(
      'opensearch-setup-bare',
      'opensearch',
      'setup',
      url,
      '--writer',
      'arn:aws:iam::111122223333:role/a',
    );
    expect(code).toBe(0);
    expect([...settings.keys()]).toEqual(['/_index_template/flowfit-cwl']);
  });

  it('does every step where the cluster has the means', async () => {
    const { url, settings } = await cluster({ plugins: true });
    const writers = ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'];
    const words = ['opensearch', 'setup', url, '--dashboards', `${url}/`, '--retention', '7'];
    const { code } = await expectMessages('opensearch-setup', ...words, ...writers.flatMap((arn) => ['--writer', arn]));
    expect(code).toBe(0);
    expect(settings.get('/_plugins/_security/api/rolesmapping/flowfit-cwl-writer')).toMatchObject({
      backend_roles: writers,
    });
    expect(JSON.stringify(settings.get('/_plugins/_ism/policies/flowfit-cwl-retention'))).toContain(
      '"min_index_age":"7d"',
    );
  });

  it('tells programs each step', async () => {
    const { url } = await cluster();
    const { code, stdout, stderr } = await flowfit('opensearch', 'setup', url, '--json');
    const { schema, steps } = JSON.parse(stdout);
    expect([code, stderr, schema]).toEqual([0, '', 'flowfit.opensearch-setup/1']);
    expect(steps.map(({ step, outcome }: Record<string, string>) => `${step} ${outcome}`)).toEqual([
      'index-template done',
      'existing-indexes done',
      'retention-policy skipped',
      'writers skipped',
      'saved-objects skipped',
    ]);
  });

  it('names the cluster that is away, without the password', async () => {
    const { code } = await expectMessages('opensearch-away', 'opensearch', 'setup', 'http://admin:secret@127.0.0.1:1');
    expect(code).toBe(1);
  });

  it('says what to do where it is not let in', async () => {
    const { url } = await cluster({ locked: true });
    expect((await expectMessages('opensearch-locked', 'opensearch', 'setup', url)).code).toBe(1);
  });

  it.each([
    ['opensearch-bad-url', ['opensearch', 'setup', 'search-flows.eu-west-1.es.amazonaws.com']],
    ['opensearch-bad-retention', ['opensearch', 'setup', 'http://localhost:9200', '--retention', '0']],
  ])('%s', async (name, words) => {
    expect((await expectMessages(name, ...words)).code).toBe(2);
  });
});

describe('flowfit opensearch backfill', () => {
  const HEADER =
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
  const record = (source: string, start: number | string) =>
    `2 111122223333 eni-0123456789abcdef0 ${source} 10.0.1.5 49152 443 6 10 840 ${start} 1780272060 ACCEPT OK`;
  const LOG = [HEADER, record('203.0.113.7', 1780272000), record('203.0.113.8', 1780358400), ''].join('\n');

  beforeEach(async () => {
    put('flow.log', LOG);
    expect((await flowfit('ingest', '@flow.log')).code).toBe(0);
  });

  it('writes every record into the index of its day, once', async () => {
    const { url, documents } = await cluster();
    expect((await expectMessages('opensearch-backfill', 'opensearch', 'backfill', url)).code).toBe(0);
    expect([...documents.keys()].map((key) => key.split('/')[0])).toEqual(['cwl-2026-06-01', 'cwl-2026-06-02']);
    expect([...documents.values()]).toMatchObject([
      { '@timestamp': expect.any(String), srcaddr: '203.0.113.7', dstport: 443, bytes: 840, action: 'ACCEPT' },
      { srcaddr: '203.0.113.8' },
    ]);
    expect((await expectMessages('opensearch-backfill-again', 'opensearch', 'backfill', url)).code).toBe(0);
    expect(documents.size).toBe(2);
  });

  it('sends the window alone', async () => {
    const { url, documents } = await cluster();
    const { stdout } = await flowfit('opensearch', 'backfill', url, '--to', '2026-06-02', '--json');
    expect(JSON.parse(stdout)).toEqual({
      schema: 'flowfit.opensearch-backfill/1',
      created: 1,
      existing: 0,
      rejected: 0,
      withoutTime: 0,
      requests: 1,
      reasons: [],
    });
    expect([...documents.values()]).toMatchObject([{ srcaddr: '203.0.113.7' }]);
  });

  it('exits with 3 and the reason when the cluster rejects documents', async () => {
    const refuse = ({ srcaddr }: Readonly<Record<string, unknown>>) =>
      srcaddr === '203.0.113.8' ? 'failed to parse field [start] of type [long]' : undefined;
    const { url, documents } = await cluster({ refuse });
    expect((await expectMessages('opensearch-backfill-rejected', 'opensearch', 'backfill', url)).code).toBe(3);
    expect(documents.size).toBe(1);
  });
});

describe('flowfit failures replay', () => {
  const GOOD = '2 123456789012 eni-0a1b2c3d 192.0.2.1 10.0.0.5 40000 443 6 1 840 1700000000 1700000060 ACCEPT OK\n';
  const SHORT = '192.0.2.1 10.0.0.5 ACCEPT\n';
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const toLines = (failures: readonly object[]) => failures.map((failure) => `${JSON.stringify(failure)}\n`).join('');
  const transform = (errorCode: string, data: string) => ({ errorCode, errorMessage: 'text', rawData: base64(data) });
  const delivery = (errorCode: string, id: string) => ({
    errorCode,
    errorMessage: '',
    esDocumentId: id,
    esIndexName: 'cwl-2023-11-14',
    rawData: base64(`{"srcaddr":"${id}"}`),
  });
  const TRANSFORMS = 'failures/processing-failed/2023/11/14/12/a';
  const DELIVERIES = 'failures/AmazonOpenSearchService-failed/2023/11/14/12/b';

  beforeEach(() => {
    put(
      TRANSFORMS,
      toLines([
        transform('Lambda.FunctionError', GOOD),
        transform('Lambda.ProcessingFailedStatus', SHORT),
        transform('Lambda.ProcessingFailedStatus', GOOD),
      ]),
    );
    put(DELIVERIES, toLines([delivery('ES.503', '192.0.2.1'), delivery('400', '192.0.2.2')]));
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });

  it('shows what would be done, and leaves everything as it is', async () => {
    const before = readFileSync(join(folder, TRANSFORMS), 'utf8');
    expect((await expectMessages('failures-dry-run', 'failures', 'replay', 'failures', '--dry-run')).code).toBe(0);
    expect(readFileSync(join(folder, TRANSFORMS), 'utf8')).toBe(before);
    expect(existsSync(join(folder, 'failures/replayed'))).toBe(false);
  });

  it('reads refused records by the format that is given', async () => {
    const format = '${srcaddr} ${dstaddr} ${action}';
    const { stdout } = await flowfit('failures', 'replay', 'failures', '--dry-run', '--format', format, '--json');
    expect(JSON.parse(stdout)).toEqual({
      schema: 'flowfit.failures-replay/1',
      dryRun: true,
      objects: 2,
      records: 5,
      resent: 2,
      written: 1,
      kept: { 'field-count': 1, 'refused-by-mapping': 1 },
      failed: [],
      refusals: [],
    });
  });

  it('puts records to the stream and documents to the cluster, and files the objects away', async () => {
    const firehose = opened(await startFaultyFirehose());
    vi.stubEnv('AWS_ENDPOINT_URL', firehose.url);
    const { url, documents } = await cluster();
    const targets = ['--stream', 'flows', '--opensearch', url];
    expect((await expectMessages('failures-replay', 'failures', 'replay', 'failures', ...targets)).code).toBe(0);
    expect(firehose.accepted).toEqual([GOOD, GOOD]);
    expect([...documents.keys()]).toEqual(['cwl-2023-11-14/192.0.2.1']);
    expect(existsSync(join(folder, TRANSFORMS))).toBe(false);
    expect(readFileSync(join(folder, 'failures/kept/processing-failed/2023/11/14/12/a'), 'utf8')).toContain(
      base64(SHORT),
    );
    await expectMessages('failures-nothing', 'failures', 'replay', 'failures', ...targets);
    expect(firehose.accepted).toHaveLength(2);
  });

  it('tells in their own words why the stream and the cluster refuse', async () => {
    const firehose = opened(await startFaultyFirehose(() => ({ fail: DENIED })));
    vi.stubEnv('AWS_ENDPOINT_URL', firehose.url);
    const { url } = await cluster({ refuse: () => 'failed to parse' });
    const targets = ['--stream', 'flows', '--opensearch', url, '--include-refused'];
    expect((await expectMessages('failures-refused', 'failures', 'replay', 'failures', ...targets)).code).toBe(3);
  });

  it('exits with 3 when an object cannot be read, and leaves it', async () => {
    writeFileSync(join(folder, 'failures/damaged'), Buffer.from([0x1f, 0x8b, 1, 2]));
    const { code, stdout } = await flowfit('failures', 'replay', 'failures', '--dry-run', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout).failed).toEqual([{ object: 'damaged', message: expect.any(String) }]);
  });

  it.each([
    ['failures-no-target', ['failures'], 2],
    ['failures-no-bucket', ['s3:failures', '--dry-run'], 2],
    ['failures-missing', ['nowhere', '--dry-run'], 1],
  ])('%s', async (name, words, code) => {
    expect((await expectMessages(name, 'failures', 'replay', ...words)).code).toBe(code);
  });

  it('says why a bucket cannot be listed', async () => {
    const body = '<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>';
    const { url } = opened(await startLocalServer(() => ({ status: 404, contentType: 'application/xml', body })));
    vi.stubEnv('AWS_ENDPOINT_URL', url);
    const { code } = await expectMessages(
      'failures-no-such-bucket',
      'failures',
      'replay',
      's3://failures',
      '--dry-run',
    );
    expect(code).toBe(1);
  });
});
