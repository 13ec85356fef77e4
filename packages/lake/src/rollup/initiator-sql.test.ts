/** The ladder in SQL against the core's, on random evidence. */
import { BOOLEAN, type DuckDBType, type DuckDBValue, INTEGER, VARCHAR } from '@duckdb/node-api';
import {
  type ConnectionEvidence,
  type Flags,
  initiatorOfFlags,
  resolveInitiator,
} from '@flowfit/core/conversation/initiator';
import { inferByFanIn, portRank } from '@flowfit/core/conversation/ports';
import { idleTimeout } from '@flowfit/core/conversation/timeouts';
import { hasPorts } from '@flowfit/core/net/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';
import { flagsSql, isPorted, ladderSql, portRankSql } from './initiator-sql.ts';
import { timeoutSql } from './segments.ts';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ spillTo: '', threads: 1 });
});
afterAll(() => db.close());

const protocol = fc.constantFrom(6, 6, 6, 17, 17, 1, 47, 58, 0);
const port = fc.constantFrom(null, 0, 1, 19, 20, 21, 443, 511, 512, 1023, 8443, 32767, 32768, 49152, 65535);
const mask = fc.constantFrom(null, 0, 1, 2, 3, 4, 16, 18, 19, 22, 255);
const flags: fc.Arbitrary<Flags> = fc.record({ inbound: mask, outbound: mask });
const admits = fc.constantFrom('certain', 'possible', 'none' as const);
const count = fc.constantFrom(1, 2, 7, 8, 9, 31, 32, 33, 400);

const evidence: fc.Arbitrary<ConnectionEvidence> = fc.record({
  protocol,
  action: fc.constantFrom('ACCEPT', 'ACCEPT', 'REJECT', null),
  localPort: port,
  peerPort: port,
  flags: fc.oneof(fc.constant<Flags>({ inbound: null, outbound: null }), flags),
  otherIntervals: fc.option(flags, { nil: undefined }),
  otherInterface: fc.option(flags, { nil: undefined }),
  rules: fc.option(fc.record({ inbound: admits, outbound: admits }), { nil: undefined }),
  fanIn: fc.option(fc.record({ local: count, peer: count }), { nil: undefined }),
  ways: fc.option(fc.record({ inbound: fc.boolean(), outbound: fc.boolean() }), { nil: undefined }),
});

const COLUMNS: readonly (readonly [
  name: string,
  type: DuckDBType,
  read: (e: ConnectionEvidence, id: number) => DuckDBValue,
])[] = [
  ['id', INTEGER, (_: ConnectionEvidence, id: number) => id],
  ['protocol', INTEGER, (e: ConnectionEvidence) => e.protocol],
  ['action', VARCHAR, (e: ConnectionEvidence) => e.action],
  ['local_port', INTEGER, (e: ConnectionEvidence) => e.localPort],
  ['peer_port', INTEGER, (e: ConnectionEvidence) => e.peerPort],
  ['flags_in', INTEGER, (e: ConnectionEvidence) => e.flags.inbound],
  ['flags_out', INTEGER, (e: ConnectionEvidence) => e.flags.outbound],
  ['other_in', INTEGER, (e: ConnectionEvidence) => e.otherIntervals?.inbound ?? null],
  ['other_out', INTEGER, (e: ConnectionEvidence) => e.otherIntervals?.outbound ?? null],
  // What goes in there comes out here.
  ['theirs_in', INTEGER, (e: ConnectionEvidence) => e.otherInterface?.outbound ?? null],
  ['theirs_out', INTEGER, (e: ConnectionEvidence) => e.otherInterface?.inbound ?? null],
  ['rules_in', VARCHAR, (e: ConnectionEvidence) => e.rules?.inbound ?? null],
  ['rules_out', VARCHAR, (e: ConnectionEvidence) => e.rules?.outbound ?? null],
  ['local_fan', INTEGER, (e: ConnectionEvidence) => e.fanIn?.local ?? null],
  ['peer_fan', INTEGER, (e: ConnectionEvidence) => e.fanIn?.peer ?? null],
  ['has_in', BOOLEAN, (e: ConnectionEvidence) => e.ways?.inbound ?? null],
  ['has_out', BOOLEAN, (e: ConnectionEvidence) => e.ways?.outbound ?? null],
];

const load = async (all: readonly ConnectionEvidence[]): Promise<void> => {
  await db.run(
    `CREATE OR REPLACE TEMP TABLE evidence (${COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')})`,
  );
  await appendColumns(
    db,
    'evidence',
    COLUMNS.map(([, type]) => type),
    COLUMNS.map(([, , read]) => all.map(read)),
  );
};

describe('the ladder', () => {
  it('decides as the core does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(evidence, { minLength: 200, maxLength: 400 }), async (all) => {
        await load(all);
        const rungs = `(SELECT *, ${flagsSql('flags_in', 'flags_out')} AS by_flags, ${flagsSql('other_in', 'other_out')} AS by_other_interval,
          ${flagsSql('theirs_in', 'theirs_out')} AS by_other_interface FROM evidence)`;
        const rows = await db.all(
          `SELECT id, initiator, initiator_method AS method, alternative FROM (${ladderSql(rungs)}) ORDER BY id`,
        );
        expect(rows).toEqual(all.map((one, id) => ({ id, ...resolveInitiator(one) })));
      }),
      { numRuns: 40 },
    );
  });

  it('reads flags as the core does, whatever bits are set', async () => {
    const rows = await db.all<{ i: number | null; o: number | null; by: string | null }>(
      `SELECT i, o, ${flagsSql('i', 'o')} AS by FROM (SELECT 6 AS protocol, i, o
       FROM (SELECT unnest(range(64) || [NULL]) AS i), (SELECT unnest(range(64) || [NULL]) AS o))`,
    );
    expect(rows).toHaveLength(65 * 65);
    const wrong = rows.filter(({ i, o, by }) => initiatorOfFlags({ inbound: i, outbound: o }) !== by);
    expect(wrong).toEqual([]);
  });

  it('ranks every port as the core does', async () => {
    const rows = await db.all<{ port: number; rank: number }>(
      `SELECT port::INTEGER AS port, ${portRankSql('port')} AS rank FROM range(65536) AS ports (port)`,
    );
    expect(rows.filter(({ port: number, rank }) => portRank(number) !== rank)).toEqual([]);
    expect(await db.one(`SELECT ${portRankSql('NULL::INTEGER')} AS rank`)).toEqual({ rank: portRank(null) });
  });

  it('knows the protocols with ports and all idle time-outs', async () => {
    const rows = await db.all<{ protocol: number; twoway: boolean; ported: boolean; timeout: number }>(
      `SELECT protocol::INTEGER AS protocol, twoway, ${isPorted} AS ported, ${timeoutSql('protocol', 'twoway')} AS timeout
       FROM range(256) AS numbers (protocol), (SELECT unnest([TRUE, FALSE]) AS twoway)`,
    );
    expect(rows).toHaveLength(512);
    for (const row of rows) {
      expect(row.ported).toBe(hasPorts(row.protocol));
      expect(row.timeout).toBe(idleTimeout(row.protocol, row.twoway));
    }
  });

  it('decides by fan-in at the bounds as the core does', async () => {
    const all = [1, 2, 7, 8, 31, 32, 33].flatMap((local) =>
      [1, 2, 7, 8, 9, 31, 32, 33].map(
        (peer): ConnectionEvidence => ({
          protocol: 17,
          action: null,
          localPort: 40_000,
          peerPort: 50_000,
          flags: { inbound: null, outbound: null },
          fanIn: { local, peer },
        }),
      ),
    );
    await load(all);
    const rows = await db.all<{ initiator: string }>(
      `SELECT initiator FROM (${ladderSql('(SELECT *, NULL::VARCHAR AS by_flags, NULL::VARCHAR AS by_other_interval, NULL::VARCHAR AS by_other_interface FROM evidence)')}) ORDER BY id`,
    );
    expect(rows.map(({ initiator }) => initiator)).toEqual(
      all.map(({ localPort, peerPort, fanIn }) => inferByFanIn(localPort, peerPort, fanIn!) ?? 'unknown'),
    );
  });
});
