/** Connections without a handshake: the rules of the other end tell what ours leave open. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExampleAccount, inventoryOf } from '@flowfit/core/analysis/example-account';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import { expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import { queryFlows } from '../queries/flows.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';

const record = (eni: string, source: string, destination: string): string =>
  `2 111122223333 ${eni} ${source} ${destination} 123 123 17 1 76 1780272000 1780272050 ACCEPT OK`;

const A = '10.0.0.1';
const B = '10.0.0.2';
const OF_A = [record('eni-a', A, B), record('eni-a', B, A)];
const OF_B = [record('eni-b', A, B), record('eni-b', B, A)];

const accountOf = (rulesOfA: readonly string[]): ExampleAccount => ({
  groups: { 'sg-a': rulesOfA, 'sg-b': ['inbound udp 123 from 10.0.0.0/16', 'outbound all to 0.0.0.0/0'] },
  interfaces: {
    'eni-a': { groups: ['sg-a'], addresses: [A] },
    'eni-b': { groups: ['sg-b'], addresses: [B] },
  },
});

/** Before and after the records. */
const CAPTURES = ['2024-01-01T00:00:00Z', '2027-01-01T00:00:00Z'];

const decisionsOfB = async (
  rulesOfA: readonly string[],
  records: readonly string[],
  captures: readonly string[] = CAPTURES,
): Promise<unknown[]> => {
  const lake = await temporaryLake();
  const log = join(await temporaryFolder(), 'records.log');
  await writeFile(log, [DEFAULT_LAYOUT.fields.join(' '), ...records, ''].join('\n'));
  await ingest(lake, [log], { snapshots: captures.map((at) => inventoryOf(accountOf(rulesOfA), at)) });
  const flows = (await queryFlows(lake, {})).filter((flow) => flow['interface-id'] === 'eni-b');
  return [...new Set(flows.map((flow) => `${flow['initiator']} by ${flow['initiator-method']}`))];
};

const MAY_ASK = ['outbound udp 123 to 10.0.0.0/16'];
const MAY_ANSWER = ['inbound udp 123 from 10.0.0.0/16'];

it('an end that may only ask was asking', async () => {
  expect(await decisionsOfB(MAY_ASK, [...OF_A, ...OF_B])).toEqual(['remote by rule-elimination']);
});

it('an end that may only answer was answering', async () => {
  expect(await decisionsOfB(MAY_ANSWER, [...OF_A, ...OF_B])).toEqual(['local by rule-elimination']);
});

it('rules of an end that recorded no such connection say nothing: somebody in between may have changed addresses', async () => {
  expect(await decisionsOfB(MAY_ASK, OF_B)).toEqual(['unknown by none']);
});

it('rules of one side of the records only say nothing: they may have been others at the time', async () => {
  for (const capture of CAPTURES) {
    expect(await decisionsOfB(MAY_ASK, [...OF_A, ...OF_B], [capture])).toEqual(['unknown by none']);
  }
});
