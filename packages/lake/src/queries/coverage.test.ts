/** Who was logged, when; and records that cannot be matched with rules. */
import type { BlindRecords } from '@flowfit/core/analysis/coverage';
import { describe, expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { ingest } from '../ingest/ingest.ts';
import {
  accountWith,
  allOf,
  capturesOf,
  type LogRecord,
  lakeOf,
  NOON,
  packet,
  statusRecord,
  V2,
  writeLog,
} from '../testing/logs.ts';
import { temporaryLake } from '../testing/temporary.ts';
import { queryLives, streamBlind, streamCoverage } from './coverage.ts';
import { lakeSpan } from './span.ts';

const HOUR = 3600;
const WHOLE = { from: NOON - 24 * HOUR, to: NOON + 24 * HOUR };
const ACCOUNT = accountWith('inbound udp 5000 from 0.0.0.0/0');

describe('the span of a lake', () => {
  it('is that of all records, those without data and of lost ones included', async () => {
    const records = [
      packet('in', [5000, 6000]),
      statusRecord('NODATA', NOON - 20 * HOUR),
      statusRecord('SKIPDATA', NOON + 3 * HOUR),
    ];
    expect(await lakeSpan(await lakeOf(records))).toEqual({ from: NOON - 20 * HOUR, to: NOON + 3 * HOUR + 601 });
    expect(await lakeSpan(await lakeOf(records.slice(1)))).toEqual({
      from: NOON - 20 * HOUR,
      to: NOON + 3 * HOUR + 601,
    });
    expect(await lakeSpan(await lakeOf([]))).toBeNull();
  });

  it('is the window that is analysed: a day without data is a day that was observed', async () => {
    const silence = Array.from({ length: 24 }, (_, hour) => statusRecord('NODATA', NOON + hour * HOUR));
    const lake = await lakeOf([packet('in', [53, 6000]), ...silence], {
      snapshots: capturesOf(ACCOUNT, NOON - HOUR, NOON + 48 * HOUR),
    });
    const { coverage, verdicts } = await analyse(lake);
    expect(coverage.window).toEqual({ from: NOON, to: NOON + 23 * HOUR + 601 });
    expect(verdicts.rules.map(({ evidence }) => evidence.observedDays)).toEqual([1]);
  });

  it('reaches to lost records after the last one that was kept', async () => {
    const records = [packet('in', [53, 6000]), statusRecord('SKIPDATA', NOON + 5 * HOUR)];
    const { coverage, verdicts } = await analyse(
      await lakeOf(records, { snapshots: capturesOf(ACCOUNT, NOON - HOUR, NOON + 48 * HOUR) }),
    );
    expect(coverage.interfaces.get('eni-1')?.skipped).toEqual([{ from: NOON + 5 * HOUR, to: NOON + 6 * HOUR }]);
    expect(verdicts.rules.map(({ verdict }) => verdict)).toEqual(['undecided']);
  });
});

it('coverage counts records by status, hour and action', async () => {
  const fields = V2;
  const lake = await lakeOf(
    [
      packet('in', [5000, 6000]),
      packet('out', [5000, 6000]),
      packet('in', [5001, 6000], { action: 'REJECT' }),
      packet('in', [5002, 6000], { action: '-' }),
      packet('in', [5000, 6000], { start: NOON + HOUR }),
      statusRecord('NODATA', NOON + 10),
      statusRecord('SKIPDATA', NOON + HOUR),
    ],
    { fields },
  );
  const rows = await allOf(streamCoverage(lake, WHOLE));
  expect(rows.sort((a, b) => a.hour - b.hour)).toEqual([
    { interfaceId: 'eni-1', hour: NOON, ok: 4, noData: 1, skipData: 0, accepted: 2, rejected: 1 },
    { interfaceId: 'eni-1', hour: NOON + HOUR, ok: 1, noData: 0, skipData: 1, accepted: 1, rejected: 0 },
  ]);
});

it('lives last from the first to the last record of any status', async () => {
  const lake = await lakeOf([
    packet('in', [5000, 6000]),
    packet('in', [5000, 6000], { 'interface-id': 'eni-2' }),
    statusRecord('NODATA', NOON - HOUR),
    statusRecord('SKIPDATA', NOON + HOUR),
  ]);
  const { existedFrom, existedUntil } = await queryLives(lake, WHOLE);
  expect(existedFrom).toEqual(
    new Map([
      ['eni-1', NOON - HOUR],
      ['eni-2', NOON],
    ]),
  );
  expect(existedUntil).toEqual(
    new Map([
      ['eni-1', NOON + HOUR + 600],
      ['eni-2', NOON + 50],
    ]),
  );
});

describe('blind records', () => {
  const RECORDS = [
    packet('in', [5000, 6000], { 'flow-direction': 'ingress' }),
    packet('out', [5000, 6000], { 'flow-direction': 'egress' }),
    packet('in', [5001, 6000], { 'flow-direction': 'ingress', action: 'REJECT' }),
  ];
  const blindWithout = async (
    lacking: readonly string[],
    records: readonly LogRecord[] = RECORDS,
  ): Promise<BlindRecords[]> => {
    const fields = [...V2, 'flow-direction'].filter((name) => !lacking.includes(name));
    return await allOf(streamBlind(await lakeOf(records, { fields, snapshots: capturesOf(ACCOUNT, NOON) }), WHOLE));
  };
  const eni = { interfaceId: 'eni-1', records: 2 };

  it.each<[string[], BlindRecords[]]>([
    [[], []],
    [['start', 'end'], [{ ...eni, lacks: ['start'] }]],
    [['protocol'], [{ ...eni, lacks: ['protocol'] }]],
    [['srcaddr', 'dstaddr'], [{ ...eni, lacks: ['addresses'] }]],
    // Of what came in, the source is the peer.
    [['dstaddr'], [{ ...eni, lacks: ['addresses'], records: 1 }]],
    [['interface-id'], [{ ...eni, interfaceId: null, lacks: [] }]],
    [['interface-id', 'flow-direction'], [{ ...eni, interfaceId: null, lacks: ['direction'] }]],
    [['action', 'protocol'], [{ ...eni, lacks: ['action', 'protocol'], records: 3 }]],
    // These are in conversations: with an action or ports that are not known.
    [['action'], []],
    [['srcport', 'dstport'], []],
    // The inventory knows whose addresses they are.
    [['flow-direction'], []],
  ])('of a layout without %j', async (lacking, expected) => {
    expect(await blindWithout(lacking)).toEqual(expected);
  });

  it('are none where an interface is unknown and both addresses are there: that is undirected traffic', async () => {
    const strangers = RECORDS.map((record) => ({ ...record, 'interface-id': 'eni-9' }));
    expect(await blindWithout(['flow-direction'], strangers)).toEqual([]);
    expect(await blindWithout(['flow-direction', 'srcaddr'], strangers)).toEqual([
      { interfaceId: 'eni-9', lacks: ['addresses', 'direction'], records: 2 },
    ]);
  });

  it('are none of a regional NAT gateway, which has no interface', async () => {
    const gateway = RECORDS.map((record) => ({ ...record, 'interface-id': '-' }));
    expect(await blindWithout([], gateway)).toEqual([]);
  });

  it('are of any window where they have no time, and of their hours otherwise', async () => {
    const lake = await temporaryLake();
    const without = (...names: string[]) => V2.filter((name) => !names.includes(name));
    await ingest(
      lake,
      [await writeLog(RECORDS, without('start', 'end')), await writeLog(RECORDS, without('protocol'))],
      {
        snapshots: capturesOf(ACCOUNT, NOON),
      },
    );
    const later = { from: NOON + HOUR, to: NOON + 2 * HOUR };
    expect((await allOf(streamBlind(lake, later))).map(({ lacks }) => lacks)).toEqual([['start']]);
    expect(await allOf(streamBlind(lake, WHOLE))).toHaveLength(2);
  });

  it('leave no rule unused that might have admitted them', async () => {
    const snapshots = capturesOf(ACCOUNT, NOON - HOUR, NOON + HOUR);
    for (const name of ['start', 'protocol', 'srcaddr', 'action', 'interface-id', 'dstport']) {
      const fields = V2.filter((field) => field !== name);
      const { verdicts } = await analyse(await lakeOf(RECORDS, { fields, snapshots }));
      expect(`${name} ${verdicts.rules.map(({ verdict }) => verdict)}`).not.toContain('unused');
    }
  });
});
