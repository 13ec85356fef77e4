/** The ladder on 190 records of a real flow log: what flags prove, and what inference would have said without them. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../enrich/added.ts';
import { BatchEnricher } from '../enrich/batch.ts';
import { codesOf, numbersOf } from '../enrich/columns.ts';
import { endsOf } from '../enrich/ends.ts';
import { type FlowBatch, MISSING_NUMBER } from '../flow/batch.ts';
import { BatchBuilders } from '../flow/batch-builder.ts';
import { createDictionaries } from '../flow/dictionaries.ts';
import { DEFAULT_LAYOUT } from '../flow/format.ts';
import { LineReader } from '../flow/line-reader.ts';
import { type ConnectionEvidence, resolveInitiator } from './initiator.ts';

const FILE = '../shared/testdata/real/vpc-flow-2023-09-30.alphabetical.log';

const dictionaries = createDictionaries();

function records(): FlowBatch {
  const batches: FlowBatch[] = [];
  const builders = new BatchBuilders({ dictionaries, onBatch: (batch) => void batches.push(batch) });
  const reader = new LineReader(DEFAULT_LAYOUT, builders);
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    const outcome = reader.readText(line);
    if (outcome === 'row' && reader.builder.kindAt(reader.builder.length - 1) !== 'record') reader.builder.drop();
  }
  builders.flush();
  return batches[0] as FlowBatch;
}

/** One connection for each 5-tuple of an interface and outcome, with the flags of both directions. */
function connections(batch: FlowBatch): ConnectionEvidence[] {
  const byKey = new Map<string, { evidence: ConnectionEvidence; inbound: number | null; outbound: number | null }>();
  const enricher = new BatchEnricher(dictionaries, { statesOf: () => [], locate: () => null });
  const { directions } = enricher.enrich(batch);
  const ends = endsOf(batch, directions);
  const codes = (field: string) => codesOf(batch, field) as Int32Array;
  const numbers = (field: string) => numbersOf(batch, field) as Int32Array;
  for (let row = 0; row < batch.length; row++) {
    const direction = wordsOf('direction')[directions[row] as number] as 'inbound' | 'outbound' | '';
    const protocol = numbers('protocol')[row] as number;
    if (direction === '' || protocol === MISSING_NUMBER) continue;
    const localPort = ends.localPorts[row] as number;
    const peerPort = ends.peerPorts[row] as number;
    const action = dictionaries.of('action').texts[codes('action')[row] as number] === 'ACCEPT' ? 'ACCEPT' : 'REJECT';
    const addresses = [ends.localAddresses[row], ends.peerAddresses[row]];
    const key = [codes('interface-id')[row], protocol, ...addresses, localPort, peerPort, action].join(' ');
    const known = byKey.get(key) ?? {
      evidence: { protocol, action, localPort, peerPort, flags: { inbound: null, outbound: null } },
      inbound: null,
      outbound: null,
    };
    known[direction] = (known[direction] ?? 0) | Math.max(0, numbers('tcp-flags')[row] as number);
    byKey.set(key, known);
  }
  return Array.from(byKey.values(), ({ evidence, inbound, outbound }) => ({
    ...evidence,
    flags: { inbound, outbound },
    ways: { inbound: inbound !== null, outbound: outbound !== null },
  }));
}

describe.skipIf(!existsSync(FILE))('real records', () => {
  const batch = existsSync(FILE) ? records() : null;
  const all = batch === null ? [] : connections(batch);
  const tcp = all.filter(({ protocol }) => protocol === 6);
  const decided = tcp.filter((one) => resolveInitiator(one).method === 'tcp-flags');
  const withoutFlags = (one: ConnectionEvidence) =>
    resolveInitiator({ ...one, flags: { inbound: null, outbound: null } });

  it('are decided by flags almost all, and never the other way round by firm ports', () => {
    const figures = {
      records: batch?.length,
      connections: all.length,
      tcp: tcp.length,
      byFlags: decided.length,
      inferredTheSame: decided.filter((one) => withoutFlags(one).initiator === resolveInitiator(one).initiator).length,
      inferredFirmlyOtherwise: decided.filter((one) => {
        const { initiator, alternative } = withoutFlags(one);
        return !alternative && initiator !== resolveInitiator(one).initiator;
      }).length,
    };
    expect(figures).toEqual({
      records: 190,
      connections: 147,
      tcp: 137,
      byFlags: 135,
      inferredTheSame: 109,
      inferredFirmlyOtherwise: 0,
    });
  });

  it('that flags leave open are decided by the method named here', () => {
    const open = all.filter((one) => resolveInitiator(one).method !== 'tcp-flags');
    const lines = open.map((one) => {
      const { initiator, method } = resolveInitiator(one);
      return `${one.protocol} ${one.localPort} ${one.peerPort} ${one.action}: ${initiator} by ${method}`;
    });
    expect(lines.sort()).toEqual([
      '1 0 0 REJECT: unknown by none',
      '1 0 0 REJECT: unknown by none',
      '17 2137 53204 REJECT: remote by ports',
      '17 41408 123 ACCEPT: local by ports',
      '17 43688 123 ACCEPT: local by ports',
      '17 44164 123 ACCEPT: local by ports',
      '17 46476 123 REJECT: local by ports',
      '17 5353 5060 REJECT: unknown by none',
      '17 57631 123 REJECT: local by ports',
      '17 60216 123 ACCEPT: local by ports',
      '6 40228 443 ACCEPT: local by ports',
      '6 46922 443 ACCEPT: local by ports',
    ]);
  });
});
