/** The promises of a recommendation, at every point of every curve, by the definition of what rules admit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, packets } from '../../test/accounts.ts';
import { BEGIN, DAY, DAYS, recommendationOf, steadily } from '../../test/recommendations.ts';
import { HOUR } from '../analysis/coverage.ts';
import { applyChange, rulesChange } from '../change/change-set.ts';
import type { Conversation } from '../conversation/model.ts';
import { FlowfitError } from '../errors.ts';
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { ruleTuple } from '../inventory/rule-id.ts';
import { parseAddress } from '../net/address.ts';
import { hasPorts } from '../net/protocol.ts';
import { admitsByBruteForce } from '../security-group/brute-force.ts';
import type { FirstPacket } from '../security-group/packet.ts';
import type { CurvePoint, GroupRecommendation } from './model.ts';
import type { Pin } from './pins.ts';
import { fitsRoom, limitOf, roomBeside } from './quota.ts';
import type { RecommendOptions } from './recommend.ts';

/** A connection as it really was, and what the log tells of who opened it. */
interface Connection {
  readonly interfaceId: string;
  readonly day: number;
  readonly packet: FirstPacket;
  readonly clientPort: number;
  readonly isTold: boolean;
}

const connections: fc.Arbitrary<Connection[]> = fc.array(
  fc.record({
    interfaceId: fc.constantFrom('eni-1', 'eni-2', 'eni-3'),
    day: fc.double({ min: 0, max: DAYS - 0.01, noNaN: true }),
    // ICMP is IPv4's, ICMPv6 the other's; and logs hold addresses.
    packet: packets.filter(({ protocol, peerAddress }) => {
      const family = parseAddress(peerAddress)?.family;
      return family !== undefined && (protocol !== 1 || family === 4) && (protocol !== 58 || family === 6);
    }),
    clientPort: fc.constantFrom(22, 443, 1024, 40_000),
    isTold: fc.constantFrom(true, true, true, false),
  }),
  { minLength: 12, maxLength: 30 },
);

/** As in AWS: interfaces have groups of their VPC, and no group has two rules that say the same. */
const settle = (state: InventorySnapshot): InventorySnapshot => {
  const home = (groupId: string) => (groupId === 'sg-c' ? 'vpc-2' : 'vpc-1');
  return {
    ...state,
    groups: state.groups.map((group) => {
      const rules = new Map(group.rules.map((rule) => [ruleTuple(rule), rule]));
      return { ...group, vpcId: home(group.id), rules: [...rules.values()] };
    }),
    interfaces: state.interfaces.map((one) => {
      const vpcId = one.id === 'eni-3' ? 'vpc-2' : 'vpc-1';
      const groupIds = one.groupIds.filter((id) => home(id) === vpcId);
      return { ...one, vpcId, groupIds: groupIds.length > 0 ? groupIds : [vpcId === 'vpc-2' ? 'sg-c' : 'sg-a'] };
    }),
  };
};

/** What became of its packet when it was opened; of protocols without ports flags tell nothing, so all is told. */
function observe({ interfaceId, day, packet, clientPort, isTold }: Connection): Conversation {
  const { direction, protocol, peerAddress, servicePort } = packet;
  const isOpen = !isTold && hasPorts(protocol);
  const at = BEGIN + Math.floor(day * DAY);
  const inbound = direction === 'inbound';
  return {
    ...{ interfaceId, vpcId: interfaceId === 'eni-3' ? 'vpc-2' : 'vpc-1', epoch: 0, protocol, peerAddress },
    initiator: isOpen ? 'unknown' : inbound ? 'remote' : 'local',
    method: isOpen ? 'none' : 'tcp-flags',
    servicePort: isOpen || !hasPorts(protocol) ? null : servicePort,
    localPort: isOpen ? (inbound ? servicePort : clientPort) : null,
    peerPort: isOpen ? (inbound ? clientPort : servicePort) : null,
    ...{ action: 'ACCEPT', groupIds: [], hour: Math.floor(at / HOUR) * HOUR, flows: 2, packets: 2, bytes: 100 },
    ...{ connections: 1, firstSeen: at, lastSeen: at + 60 },
  };
}

/** What one group says to a packet of an interface of its VPC. */
const answerOf = (state: InventorySnapshot, groupId: string, packet: FirstPacket): 'yes' | 'maybe' | 'no' => {
  const vpcId = state.groups.find(({ id }) => id === groupId)?.vpcId ?? null;
  const { certain, possible } = admitsByBruteForce(state, { ...packet, vpcId, groupIds: [groupId] });
  return certain.length > 0 ? 'yes' : possible.length > 0 ? 'maybe' : 'no';
};

const cases = fc.record({
  state: accounts().map(settle),
  seen: connections,
  rulesPerGroup: fc.constantFrom<number>(60, 6, 3),
  mayCut: fc.constantFrom(0, 0.2, 1),
});

/**
 * Without references that lead out of the account: by their definition any address may be a member's, and verdicts know
 * better.
 */
const withoutAbroad = (state: InventorySnapshot): InventorySnapshot => {
  const isHere = ({ peer }: SecurityGroupRule) =>
    peer.kind !== 'group' ||
    ![peer.groupId, peer.vpcId, peer.peeringConnectionId].some((id) => id?.endsWith('-unknown'));
  return { ...state, groups: state.groups.map((group) => ({ ...group, rules: group.rules.filter(isHere) })) };
};

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const isWithin = (
  group: SecurityGroup,
  rules: readonly SecurityGroupRule[],
  { state, rulesPerGroup }: Pick<Case, 'state' | 'rulesPerGroup'>,
): boolean => {
  const lists = listsOf(state);
  return fitsRoom(roomBeside(rules, limitOf(group, state, lists, rulesPerGroup), lists));
};

/** Groups whose rules of today keep within the quota; others may have no recommendation at all. */
const fitting = ({ state, rulesPerGroup }: Case): ReadonlySet<string> =>
  new Set(state.groups.filter((group) => isWithin(group, group.rules, { state, rulesPerGroup })).map(({ id }) => id));

const listsOf = ({ prefixLists }: InventorySnapshot) => new Map(prefixLists.map((list) => [list.id, list]));

const recommendFor = (one: Case, options: Partial<RecommendOptions> = {}): readonly GroupRecommendation[] => {
  const { state, seen, rulesPerGroup, mayCut } = one;
  const given = { groups: fitting(one), rulesPerGroup, mayCut, ...options };
  return recommendationOf({ captures: steadily(state), conversations: seen.map(observe), options: given }).groups;
};

/** Every point of every curve: the group, and what following it would change. */
const changesOf = (groups: readonly GroupRecommendation[], today: InventorySnapshot) =>
  groups.flatMap(({ group, curve }) =>
    curve.map(({ proposed }) => {
      const rules = new Map([[group.id, proposed.map(({ rule }) => rule)]]);
      return { groupId: group.id, change: rulesChange(today, rules) };
    }),
  );

describe('every point of every curve', () => {
  it('goes on admitting what was observed, group by group, and admits nothing that today does not', () => {
    const seen = { admitted: 0, refused: 0 };
    fc.assert(
      fc.property(cases, fc.array(packets, { minLength: 6, maxLength: 6 }), (one, tried) => {
        const today = withoutAbroad(one.state);
        const groupsOf = new Map(one.state.interfaces.map(({ id, groupIds }) => [id, groupIds]));
        for (const { groupId, change } of changesOf(recommendFor(one), one.state)) {
          const proposed = applyChange(one.state, change);
          const own = one.seen.filter(({ interfaceId }) => groupsOf.get(interfaceId)?.includes(groupId));
          for (const { packet } of own) {
            const before = answerOf(today, groupId, packet);
            if (before !== 'no') expect(KEEPING[before]).toContain(answerOf(proposed, groupId, packet));
            seen.admitted += Number(before === 'yes');
          }
          for (const packet of tried) {
            const [before, after] = [answerOf(one.state, groupId, packet), answerOf(proposed, groupId, packet)];
            expect(KEEPING[after]).toContain(before);
            seen.refused += Number(before === 'yes' && after === 'no');
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(seen.admitted).toBeGreaterThan(150);
    expect(seen.refused).toBeGreaterThan(30);
  });

  it('goes on admitting it where members and addresses have changed since, whenever that was', () => {
    const seen = { admitted: 0, moved: 0 };
    const moving = fc.record({
      one: cases,
      former: accounts().map(settle),
      movedOn: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(moving, ({ one, former, movedOn }) => {
        const today = { ...one.state, vpcs: [] };
        const before = { ...today, interfaces: former.interfaces };
        const conversations = one.seen.map(observe);
        const captures = [
          [0, before],
          [5, today],
          [DAYS, today],
        ] as const;
        const { groups } = recommendationOf({ captures, conversations, options: { mayCut: one.mayCut } });
        for (const { groupId, change } of changesOf(groups, today)) {
          for (const { packet, interfaceId, day } of one.seen) {
            const then = withoutAbroad(day < movedOn ? before : today);
            const { groupIds = [] } = then.interfaces.find(({ id }) => id === interfaceId) ?? {};
            if (!groupIds.includes(groupId) || answerOf(then, groupId, packet) !== 'yes') continue;
            seen.admitted++;
            seen.moved += Number(day < movedOn);
            expect(answerOf(applyChange(then, change), groupId, packet)).toBe('yes');
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(seen.admitted).toBeGreaterThan(100);
    expect(seen.moved).toBeGreaterThan(20);
  });

  it('has more rules than the point before and is less open, and no less than the bound', () => {
    fc.assert(
      fc.property(cases, (one) => {
        for (const { curve, chosen, now } of recommendFor(one)) {
          expect(curve[chosen]).toBeDefined();
          curve.forEach(({ rules, openness, bound, proposed, laterCut }, index) => {
            expect(laterCut.connections).toBeLessThanOrEqual(laterCut.of);
            const before = curve[index - 1] ?? { rules: -1, openness: now };
            expect(rules).toBe(proposed.length);
            expect(rules).toBeGreaterThan(before.rules);
            for (const family of ['ipv4', 'ipv6'] as const) {
              expect(openness[family]).toBeLessThanOrEqual(before.openness[family]);
              expect(openness[family]).toBeGreaterThanOrEqual(bound[family]);
            }
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps within the quotas, and what is over them today without a way out is refused', () => {
    const answers = new Set<string>();
    fc.assert(
      fc.property(cases, (one) => {
        for (const group of one.state.groups) {
          const found = attempt(() => recommendFor(one, { groups: new Set([group.id]) }));
          answers.add(found === null ? 'refused' : fitting(one).has(group.id) ? 'was within' : 'is within');
          for (const { proposed } of found?.[0]?.curve ?? []) {
            const rules = proposed.map(({ rule }) => rule);
            expect(isWithin(group, rules, one)).toBe(true);
          }
        }
      }),
      { numRuns: 50 },
    );
    expect([...answers].sort()).toEqual(['is within', 'refused', 'was within']);
  });

  it('has the rules that are pinned', () => {
    fc.assert(
      fc.property(cases, fc.nat(20), (some, nth) => {
        const one = { ...some, rulesPerGroup: 60 };
        const rules = one.state.groups.flatMap((group) => group.rules);
        const rule = rules[nth % Math.max(1, rules.length)];
        if (rule === undefined) return;
        const pin: Pin = { kind: 'rule', ruleId: rule.id, reason: 'tested', expires: null };
        const of = recommendFor(one, { pins: [pin] }).find(({ group }) => group.id === rule.groupId);
        expect(of?.kept.map(({ ruleId }) => ruleId)).toContain(rule.id);
        const idsOf = ({ proposed }: CurvePoint) => proposed.map(({ rule: { id } }) => id);
        for (const point of of?.curve ?? []) expect(idsOf(point)).toContain(rule.id);
      }),
      { numRuns: 50 },
    );
  });
});

/** What may become of an answer where nothing is cut. Read the other way round, where nothing is opened. */
const KEEPING = { yes: ['yes'], maybe: ['yes', 'maybe'], no: ['yes', 'maybe', 'no'] } as const;

/** Null where the quota does not do. */
function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof FlowfitError && error.code === 'quota-too-low') return null;
    throw error;
  }
}

it('does not depend on the order of conversations', () => {
  fc.assert(
    fc.property(cases, (one) => {
      const there = recommendFor(one);
      const back = recommendFor({ ...one, seen: [...one.seen].reverse() });
      expect(back).toEqual(there);
    }),
    { numRuns: 50 },
  );
});
