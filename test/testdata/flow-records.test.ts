/**
 * What the parser makes of flow logs that nobody of this project wrote: documentation examples, other projects'
 * fixtures, real captures. The counts were determined by reading the files, not by running the parser on them. The
 * files lie beside the checkout; where they do not, the tests are skipped.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LAYOUT, type Layout, parseFormat } from '@flowfit/core/flow/format';
import { decodeJsonLine, isJson } from '@flowfit/core/flow/json';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { FlowRecord, ParsedLine } from '@flowfit/core/flow/record';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../../shared/testdata');

/** Records by what became of them; what is not named did not occur. Rejections and skips by their code. */
type Counts = Readonly<Record<string, number>>;

const EXPECTED: Readonly<Record<string, Counts>> = {
  // Two connections tried, a ping and its reply, IPv6; one interval without traffic, one with dropped records.
  'aws-docs/default-v2.log': { record: 5, 'no-data': 1, 'skip-data': 1 },
  'aws-docs/encryption-status-v10.log': { record: 8 },
  'aws-docs/regional-nat-v9.log': { record: 6 },
  'aws-docs/service-direction-v5.log': { record: 2 },
  // The last line has a double blank.
  'aws-docs/tcp-flags-v3.log': { record: 8 },
  // Records of a transit gateway's *interfaces*: an ordinary VPC flow log.
  'aws-docs/transit-gateway-v3.log': { record: 4 },
  'aws-docs/zonal-nat.log': { record: 6 },
  'otel/valid_tgw_flow_log.log': { 'transit-gateway': 1 },
  'otel/valid_vpc_flow_cw.json': { record: 2 },
  // Four values each, in a layout that only whoever set it up knows.
  'otel/valid_vpc_flow_cw_custom.json': { 'field-count': 2 },
  'otel/valid_vpc_flow_log.log': { 'no-data': 1 },
  'otel/valid_vpc_flow_log_ecs.log': { record: 1 },
  'otel/valid_vpc_flow_log_multi.log': { record: 2 },
  'otel/vpc_flow_log_too_few_fields.log': { 'field-count': 1 },
  'otel/vpc_flow_log_too_many_fields.log': { 'field-count': 1 },
  'real/vpc-flow-2023-09-30.alphabetical.log': { record: 190 },
  'real/vpc-flow-2023-09-30.ndjson': { record: 190 },
  'solutions/vpcflow.log': { record: 10, 'no-data': 7 },
  // No headers; interface ids of eight digits.
  'vpcflowreporter/acceptRaw.dat': { record: 19 },
  'vpcflowreporter/sample.dat': { record: 54, 'no-data': 3, 'skip-data': 3 },
};

const FOLDERS = [...new Set(Object.keys(EXPECTED).map((file) => file.split('/')[0] as string))];

const readFile = (file: string, layout: Layout = DEFAULT_LAYOUT): ParsedLine[] => {
  const parser = createLineParser(layout);
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  return lines.flatMap((line) => (isJson(line) ? decodeJsonLine(line, parser) : [parser.parse(line)]));
};

const countOutcomes = (lines: readonly ParsedLine[]): Counts => {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    if (line.kind === 'header' || line.kind === 'blank') continue;
    const outcome = 'reason' in line ? line.reason : line.kind;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

const recordsOf = (file: string, layout?: Layout): FlowRecord[] =>
  readFile(file, layout).flatMap((line) => (line.kind === 'record' ? [line.record] : []));

describe.skipIf(!existsSync(ROOT))('flow logs of others', () => {
  it('are all counted here', () => {
    const files = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`));
    expect(files.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED))('%s holds %j', (file, counts) => {
    expect(countOutcomes(readFile(file))).toEqual(counts);
  });

  it('of a custom layout are read once the layout is told', () => {
    const layout = parseFormat('${version} ${interface-id} ${srcaddr} ${dstaddr}');
    expect(recordsOf('otel/valid_vpc_flow_cw_custom.json', layout)).toEqual([
      { version: 2, 'interface-id': 'eni-1235b8ca123456789', srcaddr: '172.31.16.139', dstaddr: '172.31.16.21' },
      { version: 2, 'interface-id': 'eni-1235b8ca123456789', srcaddr: '172.31.9.69', dstaddr: '172.31.9.12' },
    ]);
  });

  it('hold the same records as text and as JSON lines', () => {
    const text = recordsOf('real/vpc-flow-2023-09-30.alphabetical.log');
    const json = recordsOf('real/vpc-flow-2023-09-30.ndjson').map(({ 'security-groups': _, ...record }) => record);
    expect(json).toEqual(text);
    expect(recordsOf('real/vpc-flow-2023-09-30.ndjson')[0]?.['security-groups']).toBe(
      'no-inbound-rules||||sg-076a6898553409f2e',
    );
  });
});
