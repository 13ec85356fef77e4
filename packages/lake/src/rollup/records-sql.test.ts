/** What SQL says of single records, against the core. */
import { initiatorOfFlags } from '@flowfit/core/conversation/initiator';
import { inferByPorts, portRank } from '@flowfit/core/conversation/ports';
import { hasPorts } from '@flowfit/core/net/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../database.ts';
import { flagsSql, hasPortsSql, looseServicePort, portRankSql } from './records-sql.ts';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ spillTo: '', threads: 1 });
});
afterAll(() => db.close());

it('reads flags as the core does, whatever bits are set', async () => {
  const rows = await db.all<{ i: number | null; o: number | null; by: string | null }>(
    `SELECT i, o, ${flagsSql('6', 'i', 'o')} AS by
     FROM (SELECT i, o FROM (SELECT unnest(range(64) || [NULL]) AS i), (SELECT unnest(range(64) || [NULL]) AS o))`,
  );
  expect(rows).toHaveLength(65 * 65);
  expect(rows.filter(({ i, o, by }) => initiatorOfFlags({ inbound: i, outbound: o }) !== by)).toEqual([]);
  expect(await db.one(`SELECT ${flagsSql('17', '2', '18')} AS by`)).toEqual({ by: null });
});

it('ranks every port as the core does', async () => {
  const rows = await db.all<{ port: number; rank: number }>(
    `SELECT port::INTEGER AS port, ${portRankSql('port')} AS rank FROM range(65536) AS ports (port)`,
  );
  expect(rows).toHaveLength(65_536);
  expect(rows.filter(({ port, rank }) => portRank(port) !== rank)).toEqual([]);
  expect(await db.one(`SELECT ${portRankSql('NULL::INTEGER')} AS rank`)).toEqual({ rank: portRank(null) });
});

it('knows the protocols with ports', async () => {
  const rows = await db.all<{ protocol: number; has: boolean }>(
    `SELECT protocol::INTEGER AS protocol, ${hasPortsSql('protocol')} AS has FROM range(256) AS numbers (protocol)`,
  );
  expect(rows).toHaveLength(256);
  for (const { protocol, has } of rows) expect(has).toBe(hasPorts(protocol));
});

it('takes the port that ports alone point to for that of the service', async () => {
  const rows = await db.all<{ source: number | null; destination: number | null; service: number | null }>(
    `SELECT record.srcport AS source, record.dstport AS destination, ${looseServicePort('record.')} AS service FROM (
       SELECT 6 AS protocol, srcport, dstport
       FROM (SELECT unnest([NULL, 0, 20, 22, 443, 511, 512, 8080, 32767, 32768, 65535]) AS srcport),
         (SELECT unnest([NULL, 0, 20, 22, 443, 511, 512, 8080, 32767, 32768, 65535]) AS dstport)) AS record`,
  );
  expect(rows).toHaveLength(121);
  for (const { source, destination, service } of rows) {
    const inferred = inferByPorts(source, destination);
    if (inferred !== null) expect(service).toBe(inferred.initiator === 'remote' ? source : destination);
    if (portRank(source) === portRank(destination)) expect(service).toBeNull();
  }
  expect(
    await db.one(`SELECT ${looseServicePort('')} AS service FROM (SELECT 1 AS protocol, 0 AS srcport, 80 AS dstport)`),
  ).toEqual({
    service: null,
  });
});
