/** The promise: never `unused` for a rule that admitted traffic. And the figures, against brute force. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, packets } from '../../test/accounts.ts';
import type { Conversation } from '../conversation/model.ts';
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';
import { createTimeline } from '../inventory/timeline.ts';
import { hasPorts } from '../net/protocol.ts';
import { Attributor } from '../security-group/attribute.ts';
import { admitsByBruteForce } from '../security-group/brute-force.ts';
import type { FirstPacket } from '../security-group/packet.ts';
import { CoverageFold, HOUR } from './coverage.ts';
import { foldUsage } from './usage.ts';
import { resolveVerdicts } from './verdict.ts';

const DAY = 24 * HOUR;
const T0 = Date.parse('2024-01-01T00:00:00Z') / 1000;
const INTERFACES = ['eni-1', 'eni-2', 'eni-3'];

/** A connection as it really was: when, on which interface, which packet opened it, and what is known of that. */
interface Connection {
  readonly interfaceId: string;
  /** Seconds after T0. */
  readonly at: number;
  readonly packet: FirstPacket;
  readonly clientPort: number;
  readonly knowledge: 'flags' | 'wrong-inference' | 'right-inference' | 'unknown';
  readonly rejected: boolean;
}

const connections = (knowledge: Connection['knowledge'][], days: number): fc.Arbitrary<Connection[]> =>
  fc.array(
    fc
      .record({
        interfaceId: fc.constantFrom(...INTERFACES),
        at: fc.integer({ min: 0, max: days * DAY - 1 }),
        packet: packets.map((packet) => ({
          ...packet,
          servicePort: hasPorts(packet.protocol) ? (packet.servicePort ?? 80) : null,
        })),
        clientPort: fc.constantFrom(22, 443, 1024, 40000),
        knowledge: fc.constantFrom(...knowledge),
        rejected: fc.constantFrom(false, false, false, true),
      })
      // Nothing is inferred of protocols without ports, and flags are TCP's.
      .map((one) => {
        const told = hasPorts(one.packet.protocol) || one.knowledge === 'flags';
        return told ? one : { ...one, knowledge: 'unknown' as const };
      }),
    { maxLength: 12 },
  );

/** Rule ids that stay while the meaning changes, and interfaces that stay in their VPC. */
function settle(snapshot: InventorySnapshot, day: number): InventorySnapshot {
  return {
    ...snapshot,
    capturedAt: new Date((T0 + day * DAY) * 1000).toISOString(),
    groups: snapshot.groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule, index) => ({ ...rule, id: `sgr-${group.id}-${index}` })),
    })),
    interfaces: snapshot.interfaces.map((one) => ({ ...one, vpcId: one.id === 'eni-3' ? 'vpc-2' : 'vpc-1' })),
  };
}

/** A timeline keeps entries that were once known: here they are known always or never. */
function listsOf(states: readonly InventorySnapshot[], { prefixLists }: InventorySnapshot) {
  const dark = new Set(
    states.flatMap((state) => state.prefixLists.filter(({ entries }) => !entries)).map(({ id }) => id),
  );
  return prefixLists.map((list) => (dark.has(list.id) ? { ...list, entries: null } : list));
}

/** What really admits it: by the groups of its interface in the state that was in force. */
function truth(state: InventorySnapshot, { interfaceId, packet }: Connection) {
  const { vpcId = null, groupIds = [] } = state.interfaces.find(({ id }) => id === interfaceId) ?? {};
  return admitsByBruteForce(state, { ...packet, vpcId, groupIds });
}

/** What the lake makes of it. */
function observe(connection: Connection, timeline: ReturnType<typeof createTimeline>, seenFrom: number): Conversation {
  const { interfaceId, packet, clientPort, knowledge, rejected } = connection;
  const time = T0 + Math.max(connection.at, seenFrom);
  const ported = hasPorts(packet.protocol);
  const service = ported ? packet.servicePort : null;
  const client = ported ? clientPort : null;
  const remote = packet.direction === 'inbound';
  const wrong = knowledge === 'wrong-inference';
  const open = knowledge !== 'flags';
  const one = timeline.interfaceAt(interfaceId, time);
  return {
    interfaceId,
    vpcId: one?.vpcId ?? null,
    epoch: timeline.gapAt(time),
    initiator: knowledge === 'unknown' ? 'unknown' : remote !== wrong ? 'remote' : 'local',
    method: knowledge === 'flags' ? 'tcp-flags' : knowledge === 'unknown' ? 'none' : 'ports',
    protocol: packet.protocol,
    servicePort: knowledge === 'unknown' ? null : wrong ? client : service,
    localPort: open ? (remote ? service : client) : null,
    peerPort: open ? (remote ? client : service) : null,
    peerAddress: packet.peerAddress,
    action: rejected ? 'REJECT' : 'ACCEPT',
    groupIds: one?.groupIds ?? [],
    hour: Math.floor(time / HOUR) * HOUR,
    flows: 2,
    packets: 10,
    bytes: 1000,
    connections: 1,
    firstSeen: time,
    lastSeen: time + 60,
  };
}

/**
 * The blocks of the VPCs hold nothing but what interfaces have, so that there are no addresses of unknown members; and
 * no group is at home in another VPC, so that no transit gateway comes into play.
 */
const withBlocks = (snapshot: InventorySnapshot): InventorySnapshot => ({
  ...snapshot,
  groups: snapshot.groups.map((group) => ({ ...group, vpcId: null })),
  vpcs: ['vpc-1', 'vpc-2'].map((id) => ({
    ...{ id, name: null, tags: {}, accountId: null, region: null },
    cidrs: ['203.0.113.0/28'],
  })),
});

/** Whether it refers to a group or VPC that the account does not show: brute force takes any address for a member's. */
function isAbroad({ groups, interfaces }: InventorySnapshot, { peer }: SecurityGroupRule): boolean {
  if (peer.kind !== 'group') return false;
  const isKnown = groups.some(({ id }) => id === peer.groupId);
  const vpcs = new Set(interfaces.map(({ vpcId }) => vpcId));
  return !isKnown || !vpcs.has('vpc-1') || !vpcs.has('vpc-2') || (peer.vpcId !== null && !vpcs.has(peer.vpcId));
}

/** The only rule that can have let an accepted ping in did, whatever its type. */
function decideSole(state: InventorySnapshot, connection: Connection, answer: ReturnType<typeof truth>) {
  const [rule, more] = [...answer.certain, ...answer.possible];
  if (!rule || more || answer.certain.length > 0 || rule.fromPort === null) return answer;
  const untyped = { ...rule, fromPort: null, toPort: null };
  const groups = state.groups.map((group) => ({
    ...group,
    rules: group.rules.map((one) => (one === rule ? untyped : one)),
  }));
  const isIcmp = rule.protocol === 'icmp' || rule.protocol === 'icmpv6';
  return isIcmp && truth({ ...state, groups }, connection).certain.includes(untyped)
    ? { certain: [rule], possible: [] }
    : answer;
}

function judge(
  timeline: ReturnType<typeof createTimeline>,
  conversations: readonly Conversation[],
  from: number,
  to: number,
) {
  const window = { from: T0 + from, to: T0 + to };
  const coverage = new CoverageFold();
  for (const interfaceId of INTERFACES) {
    for (let hour = window.from; hour < window.to; hour += HOUR) {
      coverage.add({ interfaceId, hour, ok: 0, noData: 1, skipData: 0 });
    }
  }
  const usage = foldUsage(new Attributor(timeline, { windowGap: timeline.gapAt(window.from) }), conversations);
  return { usage, verdicts: resolveVerdicts(timeline, usage, coverage.result(window, timeline)) };
}

describe('verdicts', () => {
  it('never call a rule unused that admitted traffic, while rules, members and addresses change between captures', () => {
    const unused: string[] = [];
    const world = fc.record({
      states: fc.array(accounts(), { minLength: 1, maxLength: 3 }),
      /** When within its day each state came about, before it was captured at the end of it. */
      delays: fc.array(fc.integer({ min: 1, max: DAY }), { minLength: 3, maxLength: 3 }),
      windowFrom: fc.constantFrom(0, 0, DAY / 2, DAY),
      seen: connections(['flags', 'flags', 'wrong-inference', 'right-inference', 'unknown'], 3),
    });
    fc.assert(
      fc.property(world, ({ states, delays, windowFrom, seen }) => {
        const snapshots = states
          .map(settle)
          .map((snapshot) => ({ ...snapshot, prefixLists: listsOf(states, snapshot) }));
        const timeline = createTimeline(snapshots);
        const admitted = new Set<string>();
        const conversations = seen.flatMap((connection) => {
          // A connection from before the window is seen without its beginning, so flags say nothing of it.
          if (connection.at < windowFrom && connection.knowledge === 'flags') return [];
          const changes = snapshots.map((_, day) => (day === 0 ? 0 : (day - 1) * DAY + (delays[day] as number)));
          const state = snapshots[changes.findLastIndex((change) => change <= connection.at)] as InventorySnapshot;
          const { certain, possible } = truth(state, connection);
          if (!connection.rejected) for (const { id } of [...certain, ...possible]) admitted.add(id);
          return observe(connection, timeline, windowFrom);
        });
        const { verdicts } = judge(timeline, conversations, windowFrom, 3 * DAY);
        const called = verdicts.rules.filter(({ verdict }) => verdict === 'unused').map(({ rule }) => rule.id);
        unused.push(...called);
        expect(called.filter((id) => admitted.has(id))).toEqual([]);
      }),
      { numRuns: 600 },
    );
    expect(unused.length).toBeGreaterThan(200);
  });

  it('say of one state exactly what brute force says: verdicts, connections and sole admissions', () => {
    const verdictsSeen = new Set<string>();
    fc.assert(
      fc.property(accounts(), connections(['flags'], 3), (account, seen) => {
        const state = withBlocks(settle(account, 0));
        const timeline = createTimeline([state, { ...state, capturedAt: settle(account, 4).capturedAt }]);
        const { usage, verdicts } = judge(
          timeline,
          seen.map((one) => observe(one, timeline, 0)),
          0,
          3 * DAY,
        );
        const answers = seen
          .filter(({ rejected }) => !rejected)
          .map((one) => decideSole(state, one, truth(state, one)));
        for (const { rule, verdict } of verdicts.rules) {
          if (isAbroad(state, rule)) continue;
          const certain = answers.filter((answer) => answer.certain.includes(rule));
          const possible = answers.filter((answer) => answer.possible.includes(rule));
          const sole = certain.filter((answer) => answer.certain.length + answer.possible.length === 1);
          expect(verdict).toBe(certain.length > 0 ? 'used' : possible.length > 0 ? 'undecided' : 'unused');
          expect(usage.rules.get(rule.id)?.connections ?? { proven: 0, inferred: 0, possible: 0, sole: 0 }).toEqual({
            proven: certain.length,
            inferred: 0,
            possible: possible.length,
            sole: sole.length,
          });
          verdictsSeen.add(verdict);
        }
      }),
      { numRuns: 300 },
    );
    expect([...verdictsSeen].sort()).toEqual(['undecided', 'unused', 'used']);
  });

  it('do not depend on the order of conversations', () => {
    fc.assert(
      fc.property(accounts(), connections(['flags', 'unknown'], 3), (account, seen) => {
        const timeline = createTimeline([settle(account, 0)]);
        const conversations = seen.map((one) => observe(one, timeline, 0));
        const there = judge(timeline, conversations, 0, 3 * DAY);
        const back = judge(timeline, [...conversations].reverse(), 0, 3 * DAY);
        const figures = ({ verdicts }: typeof there) =>
          verdicts.rules.map(({ rule, verdict, reasons, usage }) => ({
            id: rule.id,
            verdict,
            reasons,
            ...usage?.connections,
            ...usage?.peers,
            seen: null,
            ports: usage?.ports.toRanges(),
          }));
        expect(figures(back)).toEqual(figures(there));
      }),
      { numRuns: 100 },
    );
  });
});
