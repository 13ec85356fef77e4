/** The ladder on 190 records of a real flow log: what flags prove, and what inference would have said without them. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolveDirection } from '../enrich/direction.ts';
import { resolveEnds } from '../enrich/ends.ts';
import { DEFAULT_LAYOUT } from '../flow/format.ts';
import { createLineParser } from '../flow/parse.ts';
import type { FlowRecord } from '../flow/record.ts';
import { type ConnectionEvidence, resolveInitiator } from './initiator.ts';

const FILE = '../shared/testdata/real/vpc-flow-2023-09-30.alphabetical.log';

function records(): FlowRecord[] {
  const parser = createLineParser(DEFAULT_LAYOUT);
  const lines = readFileSync(FILE, 'utf8')
    .split('\n')
    .map((line) => parser.parse(line));
  return lines.flatMap((line) => (line.kind === 'record' ? [line.record] : []));
}

/** One connection for each 5-tuple of an interface and outcome, with the flags of both directions. */
function connections(): ConnectionEvidence[] {
  const byKey = new Map<string, { evidence: ConnectionEvidence; inbound: number | null; outbound: number | null }>();
  for (const record of records()) {
    const direction = resolveDirection(record, undefined);
    const { localAddress, peerAddress, localPort, peerPort } = resolveEnds(record, direction);
    const { protocol, action } = record;
    if (direction === null || typeof protocol !== 'number') continue;
    const key = [record['interface-id'], protocol, localAddress, localPort, peerAddress, peerPort, action].join(' ');
    const known = byKey.get(key) ?? {
      evidence: {
        protocol,
        action: action === 'ACCEPT' ? 'ACCEPT' : 'REJECT',
        localPort,
        peerPort,
        flags: { inbound: null, outbound: null },
      },
      inbound: null,
      outbound: null,
    };
    known[direction] = (known[direction] ?? 0) | Number(record['tcp-flags'] ?? 0);
    byKey.set(key, known);
  }
  return Array.from(byKey.values(), ({ evidence, inbound, outbound }) => ({
    ...evidence,
    flags: { inbound, outbound },
    ways: { inbound: inbound !== null, outbound: outbound !== null },
  }));
}

describe.skipIf(!existsSync(FILE))('real records', () => {
  const all = existsSync(FILE) ? connections() : [];
  const tcp = all.filter(({ protocol }) => protocol === 6);
  const decided = tcp.filter((one) => resolveInitiator(one).method === 'tcp-flags');
  const withoutFlags = (one: ConnectionEvidence) =>
    resolveInitiator({ ...one, flags: { inbound: null, outbound: null } });

  it('are decided by flags almost all, and never the other way round by firm ports', () => {
    const figures = {
      records: records().length,
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
