/** Sessions and segments against a walk over the records, one after the other. */
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { idleTimeout, isSameConnection, type TrackingSettings } from '@flowfit/core/conversation/timeouts';
import { createTimeline, type Timeline } from '@flowfit/core/inventory/timeline';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../database.ts';
import { loadDocuments } from '../sql/load.ts';
import { ACTIONS, NONE } from '../tables/words.ts';
import { loadIdleTimeouts } from './idle-timeouts.ts';
import { readSegments } from './segments.ts';
import { Surroundings } from './surroundings.ts';

interface Packet {
  readonly protocol: number;
  readonly incoming: boolean;
  readonly peerPort: number;
  readonly action: string;
  readonly start: number;
  readonly length: number | null;
  readonly packets: number | null;
  readonly flags: number | null;
}

const DAY = 1_767_225_600;

const packet: fc.Arbitrary<Packet> = fc.record({
  protocol: fc.constantFrom(6, 17, 17, 1, 47),
  incoming: fc.boolean(),
  peerPort: fc.constantFrom(1000, 1001),
  action: fc.constantFrom('ACCEPT', 'ACCEPT', 'REJECT'),
  // The gaps lie about the time-outs: 30, 180 and 600 seconds, with 120 seconds of grace.
  start: fc.oneof(
    fc.integer({ min: 0, max: 7200 }),
    fc.constantFrom(0, 30, 150, 151, 300, 301, 720, 721, 3599, 3600, 86_399),
  ),
  length: fc.constantFrom(0, 0, 1, 29, 60, null),
  packets: fc.constantFrom(1, 7, null),
  flags: fc.constantFrom(null, 2, 18, 3),
});

/** Of an interface, in the first hour of the day and after it. */
type Tracking = readonly [TrackingSettings, TrackingSettings];

const NO_SETTINGS: TrackingSettings = { tcpEstablished: null, udpStream: null, udpSingle: null };

const settings: fc.Arbitrary<TrackingSettings> = fc.record({
  tcpEstablished: fc.constantFrom(null, 60, 350, 90_000),
  udpStream: fc.constantFrom(null, 60),
  udpSingle: fc.constantFrom(null, 60),
});

const tracking: fc.Arbitrary<Tracking> = fc.oneof(
  fc.constant<Tracking>([NO_SETTINGS, NO_SETTINGS]),
  fc.tuple(settings, settings),
);

const timelineOf = (states: Tracking): Timeline =>
  createTimeline(
    states.map((connectionTracking, hour) => {
      const at = new Date((DAY + hour * 3600) * 1000).toISOString();
      const snapshot = inventoryOf({ groups: {}, interfaces: { 'eni-1': { groups: [] } } }, at);
      return { ...snapshot, interfaces: snapshot.interfaces.map((one) => ({ ...one, connectionTracking })) };
    }),
  );

/** What a segment says, by what it is of. */
type Segments = Record<
  string,
  {
    flows: [number, number];
    packets: [number | null, number | null];
    flags: [number | null, number | null];
    seen: [number, number];
  }
>;

const add = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : a + b);
const or = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : a | b);

const naive = (all: readonly Packet[], aggregationInterval: number, states: Tracking): Segments => {
  const segments: Segments = {};
  for (const [key, packets] of groupsOf(all)) {
    const bothWays = packets.some(({ incoming }) => incoming) && packets.some(({ incoming }) => !incoming);
    let session = 0;
    let lastSeen = Number.NEGATIVE_INFINITY;
    for (const { protocol, incoming, action, start, length, packets: count, flags } of packets.toSorted(
      (a, b) => a.start - b.start || (a.length ?? 1e9) - (b.length ?? 1e9),
    )) {
      const timeout = idleTimeout(protocol, bothWays, states[start < 3600 ? 0 : 1]);
      if (lastSeen > Number.NEGATIVE_INFINITY && !isSameConnection({ lastSeen, start, timeout, aggregationInterval })) {
        session++;
      }
      const end = start + (length ?? 0);
      lastSeen = Math.max(lastSeen, end);
      const id = `${key} ${session} ${action} ${Math.floor(start / 3600)}`;
      const way = incoming ? 0 : 1;
      segments[id] ??= { flows: [0, 0], packets: [null, null], flags: [null, null], seen: [start, end] };
      const segment = segments[id];
      segment.flows[way]++;
      segment.packets[way] = add(segment.packets[way], count);
      segment.flags[way] = or(segment.flags[way], flags);
      segment.seen = [Math.min(segment.seen[0], start), Math.max(segment.seen[1], end)];
    }
  }
  return segments;
};

const groupsOf = (all: readonly Packet[]): Map<string, Packet[]> => {
  const groups = new Map<string, Packet[]>();
  for (const one of all) {
    const key = `${one.protocol} ${one.peerPort}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
};

const RECORD = {
  interface: 'INTEGER',
  incoming: 'BOOLEAN',
  protocol: 'INTEGER',
  action: 'INTEGER',
  srcaddr: 'INTEGER',
  dstaddr: 'INTEGER',
  srcport: 'INTEGER',
  dstport: 'INTEGER',
  start: 'BIGINT',
  end: 'BIGINT',
  packets: 'BIGINT',
  bytes: 'BIGINT',
  tcp_flags: 'INTEGER',
  record_hash: 'UBIGINT',
} as const;

const OWN_ADDRESS = 1;
const PEER_ADDRESS = 2;

const recordOf = ({ protocol, incoming, peerPort, action, start, length, packets, flags }: Packet, nth: number) => ({
  interface: 1,
  incoming,
  protocol,
  action: ACTIONS.indexOf(action),
  srcaddr: incoming ? PEER_ADDRESS : OWN_ADDRESS,
  dstaddr: incoming ? OWN_ADDRESS : PEER_ADDRESS,
  srcport: incoming ? peerPort : 53,
  dstport: incoming ? 53 : peerPort,
  start: DAY + start,
  end: length === null ? null : DAY + start + length,
  packets,
  bytes: null,
  tcp_flags: flags,
  record_hash: nth,
});

const CODED = { interfaces: 'enis', addresses: 'ends', hasPacketAddresses: false };

let db: Database;
beforeAll(async () => {
  db = await Database.open({ spillTo: '', threads: 1 });
  await loadDocuments(db, 'enis', { code: 'INTEGER', text: 'VARCHAR' }, [
    { code: 0, text: null },
    { code: 1, text: 'eni-1' },
  ]);
  await loadDocuments(db, 'ends', { code: 'INTEGER', text: 'VARCHAR' }, [
    { code: 0, text: null },
    { code: OWN_ADDRESS, text: '10.0.0.1' },
    { code: PEER_ADDRESS, text: '192.0.2.1' },
  ]);
});
afterAll(() => db.close());

it('cuts connections where a walk over the records does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 60 }),
      fc.constantFrom(60, 600),
      tracking,
      async (all, aggregationInterval, states) => {
        await loadDocuments(db, 'walked', RECORD, all.map(recordOf));
        const interfaceIds = ['', 'eni-1'];
        const seen = interfaceIds.map((id) => ({ id, vpc: null }));
        const timeouts = await loadIdleTimeouts(db, new Surroundings(timelineOf(states), seen));
        const { count, columns } = await readSegments(db, 'walked', CODED, {
          aggregationInterval,
          timeouts,
          interfaceIds,
        });
        await timeouts.drop();
        const numberOf = (value: number | bigint) => (Number(value) === NONE ? null : Number(value));
        const found = Array.from({ length: count }, (_, row) => [
          `${columns.protocol[row]} ${columns.peer_port[row]} ${columns.session[row]} ${ACTIONS[columns.action[row]!]} ${Math.floor((columns.first_seen[row]! - DAY) / 3600)}`,
          {
            flows: [columns.flows_in[row], columns.flows_out[row]],
            packets: [numberOf(columns.packets_in[row]!), numberOf(columns.packets_out[row]!)],
            flags: [numberOf(columns.flags_in[row]!), numberOf(columns.flags_out[row]!)],
            seen: [columns.first_seen[row]! - DAY, columns.last_seen[row]! - DAY],
          },
        ]);
        expect(Object.fromEntries(found)).toEqual(naive(all, aggregationInterval, states));
        expect(found).toHaveLength(Object.keys(naive(all, aggregationInterval, states)).length);
      },
    ),
    { numRuns: 150 },
  );
});
