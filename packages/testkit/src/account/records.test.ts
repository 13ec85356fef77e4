import type { FlowRecord } from '@flowfit/core/flow/record';
import { describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import { groupBy, parsedRecords, smallAccount, tupleOfRecord } from './testing.ts';

const account = simulateAccount(smallAccount(21, { records: 8000 }));
const { lines, connections } = account.collect('v5');
const records = parsedRecords(lines, 'v5');
const interfaceOf = new Map(
  account.snapshots.flatMap(({ interfaces }) => interfaces.map((value) => [value.id, value] as const)),
);
const of = (record: FlowRecord) => interfaceOf.get(record['interface-id'] as string)!;
const service = (name: string) =>
  new Set(connections.filter((row) => row.service === name).map((row) => row.connection));

describe('addresses', () => {
  it('our side of IPv4 is the primary address; packets show the one in use', () => {
    for (const record of records) {
      const egress = record['flow-direction'] === 'egress';
      const [ours, theirs] = egress ? (['src', 'dst'] as const) : (['dst', 'src'] as const);
      if (record.type === 'IPv4') expect(record[`${ours}addr`]).toBe(of(record).addresses[0]);
      else expect(record[`${ours}addr`]).toBe(record[`pkt-${ours}addr`]);
      // The peer is never rewritten, except where the NAT gateway sends on what comes from elsewhere: that is its own side.
      expect(record[`${theirs}addr`]).toBe(record[`pkt-${theirs}addr`]);
    }
    expect(records.some((record) => record['pkt-dstaddr'] !== record.dstaddr && of(record).prefixes.length > 0)).toBe(
      true,
    );
  });

  it('a NAT gateway writes four shapes per connection', () => {
    const nat = [...interfaceOf.values()].find(({ type }) => type === 'nat_gateway')!;
    const natAddress = nat.addresses[0]!;
    const ids = service('nat-out');
    const rows = connections.filter((row) => row.interfaceId === nat.id && ids.has(row.connection) && row.answered);
    const inner = rows.find(({ initiator }) => initiator === 'remote')!;
    const outer = rows.find((row) => row.connection === inner.connection && row.initiator === 'local')!;
    const shapes = records
      .filter(
        (r) =>
          r['interface-id'] === nat.id &&
          [r.srcport, r.dstport].some((port) => port === inner.peerPort || port === outer.localPort),
      )
      .map((r) => [r.srcaddr, r.dstaddr, r['pkt-srcaddr'], r['pkt-dstaddr']].join(' '));
    const [client, server] = [inner.peerAddress, outer.peerAddress];
    expect(new Set(shapes)).toEqual(
      new Set([
        `${client} ${natAddress} ${client} ${server}`,
        `${natAddress} ${server} ${natAddress} ${server}`,
        `${server} ${natAddress} ${server} ${natAddress}`,
        `${natAddress} ${client} ${server} ${client}`,
      ]),
    );
    expect(inner.groupIds).toEqual([]);
  });

  it('traffic inside the account is recorded at both interfaces with the same volume', () => {
    const views = groupBy(
      connections.filter((row) => service('alb-web').has(row.connection) && row.answered),
      (row) => `${row.connection}`,
    );
    expect(views.size).toBeGreaterThan(50);
    for (const [a, b] of views.values()) {
      if (a!.records === 0 || b!.records === 0) continue;
      expect([b!.records, b!.packets, b!.bytes]).toEqual([a!.records, a!.packets, a!.bytes]);
      expect([a!.initiator, b!.initiator]).toEqual(['local', 'remote']);
      expect([b!.localAddress, b!.localPort]).toEqual([a!.peerAddress, a!.peerPort]);
    }
  });
});

describe('times and flags', () => {
  it('both directions of a connection have the same start and end', () => {
    const answered = new Set(
      connections.filter((row) => row.answered && row.reuses === null).map((row) => row.connection),
    );
    expect(answered.size).toBeGreaterThan(500);
    const pairs = groupBy(
      records.filter(({ action }) => action === 'ACCEPT'),
      (record) => `${tupleOfRecord(record)} ${record.start}`,
    );
    let paired = 0;
    for (const [one, other] of pairs.values()) {
      if (other === undefined) continue;
      paired++;
      expect(other.end).toBe(one!.end);
      expect(other['flow-direction']).not.toBe(one!['flow-direction']);
    }
    expect(paired).toBeGreaterThan(1500);
  });

  it('windows of an interface do not overlap', () => {
    const perInterface = groupBy(records, (record) => `${record['interface-id']}`);
    for (const own of perInterface.values()) {
      const windows = [...groupBy(own, ({ start, end }) => `${start} ${end}`).values()]
        .filter(({ length }) => length > 2)
        .map(([first]) => [first!.start as number, first!.end as number] as const)
        .sort(([a], [b]) => a - b);
      for (const [index, [start]] of windows.entries())
        if (index > 0) expect(start).toBeGreaterThanOrEqual(windows[index - 1]![1]);
    }
  });

  it('the handshake shows in the first window only, the close in the last', () => {
    const perTuple = groupBy(
      records.filter(({ protocol, action }) => protocol === 6 && action === 'ACCEPT'),
      tupleOfRecord,
    );
    const long = connections.filter(
      (row) => row.protocol === 6 && row.answered && row.records > 6 && row.reuses === null,
    );
    expect(long.length).toBeGreaterThan(5);
    const keyOf = (row: (typeof long)[number]) =>
      [row.interfaceId, 6, row.localAddress, row.localPort, row.peerAddress, row.peerPort].join(' ');
    for (const row of long) {
      const own = perTuple
        .get(keyOf(row))!
        .filter(({ start }) => row.firstSeen! <= Number(start) && Number(start) <= row.lastSeen!);
      const starts = [...new Set(own.map(({ start }) => start as number))].sort((a, b) => a - b);
      for (const record of own) {
        const isForward = (record['flow-direction'] === 'egress') === (row.initiator === 'local');
        const syn = Number(record['tcp-flags']) & 18;
        if (record.start === starts[0]) expect(syn).toBe(isForward ? 2 : 18);
        else expect(syn).toBe(0);
        if (record.start !== starts.at(-1)) expect(Number(record['tcp-flags']) & 5).toBe(0);
      }
    }
  });

  it('protocols without flags have 0, protocols without ports 0 and 0', () => {
    for (const record of records) {
      if (record.protocol !== 6) expect(record['tcp-flags']).toBe(0);
      if (![6, 17].includes(record.protocol as number)) expect([record.srcport, record.dstport]).toEqual([0, 0]);
    }
    expect(new Set(records.map(({ protocol }) => protocol))).toEqual(new Set([1, 6, 17, 47, 50, 58]));
  });
});

describe('distributions', () => {
  it('are those of real captures, within bounds', () => {
    const day = simulateAccount({ seed: 22, days: 0.25, records: 40_000 });
    const written = day.collect('v5');
    const read = parsedRecords(written.lines, 'v5');
    const tcp = read.filter(({ protocol, action }) => protocol === 6 && action === 'ACCEPT');
    const share = (part: number, whole: number) => part / whole;
    expect(share(written.totals.noData, written.totals.records)).toBeGreaterThan(0.1);
    expect(share(written.totals.noData, written.totals.records)).toBeLessThan(0.17);
    // SYN and FIN, or SYN-ACK and FIN, merged into one record.
    expect(
      share(tcp.filter(({ 'tcp-flags': flags }) => flags === 3 || flags === 19).length, tcp.length),
    ).toBeGreaterThan(0.65);
    const lengths = read.map(({ start, end }) => Number(end) - Number(start)).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeGreaterThanOrEqual(50);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(60);
    const long = share(lengths.filter((length) => length > 60).length, lengths.length);
    expect(long).toBeGreaterThan(0.02);
    expect(long).toBeLessThan(0.09);
    expect(lengths.at(-1)).toBeLessThanOrEqual(120);
    expect(lengths[0]).toBe(0);
    const high = tcp.filter(({ srcport, dstport }) => Number(srcport) !== Number(dstport));
    expect(high.length).toBe(tcp.length);
  });
});
