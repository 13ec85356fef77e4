/** 190 records of a real flow log through the lake: who opened each connection, and how that was decided. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { type FlowRow, queryFlows } from '@flowfit/lake/queries/flows';
import { describe, expect, it, onTestFinished } from 'vitest';

const FILE = '../shared/testdata/real/vpc-flow-2023-09-30.alphabetical.log';
const SYN = 2;
const ACK = 16;

async function flowsOf(path: string): Promise<FlowRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-real-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1 });
  onTestFinished(() => lake.close());
  await ingest(lake, [path]);
  return await queryFlows(lake, {});
}

/** Who opened the connection by the flags of this record alone; null = they do not tell. */
function openerByFlags({ 'tcp-flags': flags, protocol, direction }: FlowRow): 'local' | 'remote' | null {
  const bits = Number(flags);
  if (protocol !== 6 || (bits & SYN) === 0) return null;
  const isOpener = (bits & ACK) === 0;
  return (direction === 'outbound') === isOpener ? 'local' : 'remote';
}

describe.skipIf(!existsSync(FILE))('real records', () => {
  it('agree with their flags wherever flags decide; the others are decided by the method named here', async () => {
    const flows = await flowsOf(FILE);
    expect(flows).toHaveLength(190);
    const decided = flows.filter((flow) => openerByFlags(flow) !== null);
    expect(decided.filter((flow) => flow['initiator'] !== openerByFlags(flow))).toEqual([]);
    expect(new Set(decided.map((flow) => flow['initiator-method']))).toEqual(new Set(['tcp-flags']));

    const open = flows.filter((flow) => openerByFlags(flow) === null);
    const lines = open.map((flow) => {
      const { protocol, srcport, dstport, direction, action, initiator } = flow;
      return `${protocol} ${srcport} to ${dstport} ${direction} ${action}: ${initiator} by ${flow['initiator-method']}`;
    });
    expect([decided.length, [...new Set(lines)].sort()]).toMatchInlineSnapshot(`
      [
        156,
        [
          "1 0 to 0 inbound REJECT: unknown by none",
          "17 123 to 41408 inbound ACCEPT: local by ports",
          "17 123 to 43688 inbound ACCEPT: local by ports",
          "17 123 to 44164 inbound ACCEPT: local by ports",
          "17 123 to 60216 inbound ACCEPT: local by ports",
          "17 41408 to 123 outbound ACCEPT: local by ports",
          "17 43688 to 123 outbound ACCEPT: local by ports",
          "17 44164 to 123 outbound ACCEPT: local by ports",
          "17 46476 to 123 outbound REJECT: local by ports",
          "17 5060 to 5353 inbound REJECT: unknown by none",
          "17 53204 to 2137 inbound REJECT: remote by ports",
          "17 57631 to 123 outbound REJECT: local by ports",
          "17 60216 to 123 outbound ACCEPT: local by ports",
          "6 40228 to 443 outbound ACCEPT: local by ports",
          "6 443 to 40228 inbound ACCEPT: local by ports",
          "6 443 to 46922 inbound ACCEPT: local by ports",
          "6 46922 to 443 outbound ACCEPT: local by ports",
        ],
      ]
    `);
  });
});
