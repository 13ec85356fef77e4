/** Openness, held against counting pairs one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainGroupPeer } from '../../test/accounts.ts';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import type { InventorySnapshot, RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { LAST_PORT } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import { isSpecialPurpose } from '../net/special.ts';
import { admitsByBruteForce } from '../security-group/brute-force.ts';
import { ReachResolver } from '../security-group/reach.ts';
import type { Openness } from './model.ts';
import { opennessOf, shareOf } from './openness.ts';

const ACCOUNT: ExampleAccount = {
  groups: { 'sg-a': [], 'sg-b': [], 'sg-none': [] },
  interfaces: {
    'eni-1': { groups: ['sg-a', 'sg-b'], addresses: ['10.0.0.1', '2001:db8::1'] },
    'eni-2': { groups: ['sg-b'], addresses: ['10.0.0.2'] },
  },
  prefixLists: { 'pl-1': ['10.0.0.0/31', '192.0.2.254/31', '2001:db8::/127'] },
};
/** Nothing but these is admitted by the rules below. */
const ADDRESSES = [
  ...['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '192.0.2.254', '192.0.2.255', '192.0.3.0', '192.0.3.1'],
  ...['2001:db8::', '2001:db8::1', '2001:db8::2', '2001:db8::3'],
];
const CIDRS = ['10.0.0.0/30', '10.0.0.0/31', '10.0.0.2/32', '192.0.2.254/31', '192.0.3.0/31', '2001:db8::/126'];
const MORE_CIDRS = [...CIDRS, '2001:db8::1/128'];
/** No rule tells one of the ports above the last of these from another. */
const FIRST_PORTS = 6;

const withRules = (rules: readonly SecurityGroupRule[]): InventorySnapshot => {
  const snapshot = inventoryOf(ACCOUNT);
  return { ...snapshot, groups: snapshot.groups.map((one) => (one.id === 'sg-a' ? { ...one, rules } : one)) };
};

const opennessIn = (snapshot: InventorySnapshot): Openness => {
  const resolver = new ReachResolver(snapshot);
  const { rules } = snapshot.groups.find(({ id }) => id === 'sg-a') as { rules: readonly SecurityGroupRule[] };
  return opennessOf(rules, (rule) => resolver.reachOfPeer(rule, 'vpc-1').certain);
};

/** Protocols of which no rule names one count as the first of them does. */
const OTHER_PROTOCOL = 99;
const NAMED = [1, 6, 17, 47, 58];
const SERVICES: readonly (readonly [protocol: number, port: number | null, pairs: number])[] = [
  ...[...NAMED, OTHER_PROTOCOL].flatMap((protocol): [number, number | null, number][] => {
    if (!hasPorts(protocol)) return [[protocol, null, protocol === OTHER_PROTOCOL ? 256 - NAMED.length : 1]];
    const ports = Array.from({ length: FIRST_PORTS }, (_, port): [number, number, number] => [protocol, port, 1]);
    return [...ports, [protocol, 40_000, LAST_PORT + 1 - FIRST_PORTS]];
  }),
];

function countedIn(snapshot: InventorySnapshot): Openness {
  const counts = { ipv4: 0, ipv6: 0, publicIpv4: 0, publicIpv6: 0 };
  for (const direction of ['inbound', 'outbound'] as const) {
    for (const peerAddress of ADDRESSES) {
      for (const [protocol, servicePort, pairs] of SERVICES) {
        const packet = { vpcId: 'vpc-1', groupIds: ['sg-a'], direction, protocol, servicePort, peerAddress };
        const { certain, possible } = admitsByBruteForce(snapshot, packet);
        if (certain.length + possible.length === 0) continue;
        const family = peerAddress.includes(':') ? 'v6' : 'v4';
        counts[`ip${family}`] += pairs;
        if (!isSpecialPurpose(peerAddress)) counts[`publicIp${family}`] += pairs;
      }
    }
  }
  return counts;
}

const peers: fc.Arbitrary<RulePeer> = fc.oneof(
  fc.constantFrom(...MORE_CIDRS).map((cidr): RulePeer => ({ kind: 'cidr', cidr })),
  plainGroupPeer.filter((peer) => peer.kind === 'group' && ['sg-a', 'sg-b'].includes(peer.groupId)),
  fc.constant<RulePeer>({ kind: 'prefix-list', prefixListId: 'pl-1' }),
);

const rules: fc.Arbitrary<SecurityGroupRule> = fc
  .record({
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    protocol: fc.constantFrom('-1', 'tcp', 'tcp', 'udp', 'icmp', 'icmpv6', '47', 'icmp 8'),
    ports: fc.option(fc.tuple(fc.nat(FIRST_PORTS - 1), fc.nat(FIRST_PORTS - 1)), { freq: 2 }),
    peer: peers,
  })
  .map(({ direction, protocol, ports, peer }): SecurityGroupRule => {
    const ported = protocol === 'tcp' || protocol === 'udp' ? ports : null;
    const [name = '', type] = protocol.split(' ');
    const [fromPort, toPort] = ported === null ? [null, null] : [Math.min(...ported), Math.max(...ported)];
    return {
      ...{ id: '', groupId: 'sg-a', direction, protocol: name, peer, description: '' },
      fromPort: type === undefined ? fromPort : Number(type),
      toPort: type === undefined ? toPort : -1,
    };
  });

const NOBODY = {
  kind: 'group' as const,
  ...{ accountId: null, vpcId: null, peeringConnectionId: null, peeringStatus: null },
};

describe('openness', () => {
  it('counts what is admitted once, whatever admits it', () => {
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 5 }), (some) => {
        const snapshot = withRules(some);
        expect(opennessIn(snapshot)).toEqual(countedIn(snapshot));
      }),
      { numRuns: 80 },
    );
  });

  it('is the whole space where everything is open, both ways', () => {
    const all = (direction: 'inbound' | 'outbound', cidr: string): SecurityGroupRule => ({
      ...{ id: '', groupId: 'sg-a', direction, protocol: '-1', fromPort: null, toPort: null, description: '' },
      peer: { kind: 'cidr', cidr },
    });
    const four = opennessIn(withRules([all('inbound', '0.0.0.0/0')]));
    expect(four).toMatchObject({ ipv4: 2 ** 32 * (2 * 65_536 + 254), ipv6: 0, publicIpv6: 0 });
    expect(four.publicIpv4).toBeGreaterThan(0.8 * four.ipv4);
    expect(four.publicIpv4).toBeLessThan(four.ipv4);
    const both = opennessIn(withRules([all('inbound', '0.0.0.0/0'), all('outbound', '0.0.0.0/0')]));
    expect(both.ipv4).toBe(2 * four.ipv4);
    expect(opennessIn(withRules([all('inbound', '::/0')]))).toMatchObject({ ipv4: 0, publicIpv4: 0 });
  });

  it('is nothing where a group has no members, or a list is not known', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        const empty: RulePeer[] = [
          { ...NOBODY, groupId: 'sg-none' },
          { kind: 'prefix-list', prefixListId: 'pl-unknown' },
        ];
        for (const peer of empty) {
          expect(Object.values(opennessIn(withRules([{ ...rule, peer }])))).toEqual([0, 0, 0, 0]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('compares families by their shares of all address and port pairs', () => {
    expect(shareOf({ ipv4: 2 ** 48, ipv6: 2 ** 143 })).toBe(1.5);
  });
});
