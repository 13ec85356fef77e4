/** What becomes of the rules of small accounts, one case each. */
import { describe, expect, it } from 'vitest';
import {
  connection,
  DAYS,
  daily,
  recommendationOf,
  rulesAt,
  type Scene,
  steadily,
} from '../../test/recommendations.ts';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import type { InventorySnapshot, NetworkInterface } from '../inventory/model.ts';
import type { GroupRecommendation } from './model.ts';
import type { Pin } from './pins.ts';
import type { RecommendOptions } from './recommend.ts';

const KEPT = { reason: 'audit in spring', expires: null } as const;

/** One group, `sg-a`, on `eni-1`. */
const accountOf = (...rules: string[]): ExampleAccount => ({
  groups: { 'sg-a': rules },
  interfaces: { 'eni-1': { groups: ['sg-a'], addresses: ['10.0.0.1'] } },
});

const ofGroup = (scene: Scene, groupId = 'sg-a'): GroupRecommendation => {
  const found = recommendationOf(scene).groups.find(({ group }) => group.id === groupId);
  if (found === undefined) throw new Error(`no recommendation for ${groupId}`);
  return found;
};

const tighten = (
  account: ExampleAccount,
  conversations: Scene['conversations'],
  options: Partial<RecommendOptions> = {},
  more: Partial<Scene> = {},
): GroupRecommendation => ofGroup({ captures: steadily(inventoryOf(account)), conversations, options, ...more });

const HTTPS = 'inbound tcp 443 from 192.0.2.7';

describe('rules', () => {
  it('that nothing used go, at every point of the curve', () => {
    const account = accountOf('inbound tcp 443 from 192.0.2.7/32', 'inbound tcp 22 from 10.0.9.0/24');
    const group = tighten(account, daily('eni-1', HTTPS));
    expect(group.curve.map((_, point) => rulesAt(group, point))).toEqual([['= inbound tcp 443 from 192.0.2.7/32']]);
    expect(group.removed).toEqual([{ ruleId: 'sgr-a-2', because: 'Nothing used it in 10 days of logs.' }]);
  });

  it('of groups that no interface has go, down to none', () => {
    const account = { ...accountOf(), groups: { 'sg-a': ['inbound all from 0.0.0.0/0'] }, interfaces: {} };
    const { curve, removed, now } = tighten(account, []);
    expect(curve.map(({ rules }) => rules)).toEqual([0]);
    expect(curve[0]?.openness).toEqual({ ipv4: 0, ipv6: 0, publicIpv4: 0, publicIpv6: 0 });
    expect(removed).toEqual([{ ruleId: 'sgr-a-1', because: 'No interface had the group.' }]);
    expect(now.publicIpv4).toBeGreaterThan(0);
  });

  it('that are undecided stay as they are, and it is said why', () => {
    const young = inventoryOf(accountOf('inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.9.0/24'));
    const old = inventoryOf(accountOf('inbound tcp 443 from 0.0.0.0/0'));
    const group = ofGroup({
      ...{
        captures: [
          [0, old],
          [5, young],
          [DAYS, young],
        ],
        conversations: daily('eni-1', HTTPS),
      },
    });
    expect(group.kept).toEqual([{ ruleId: 'sgr-a-2', because: 'It is undecided: rule-younger-than-window.' }]);
    for (const point of group.curve.keys())
      expect(rulesAt(group, point)).toContain('= inbound tcp 22 from 10.0.9.0/24');
    expect(group.leftAlone).toContain('1 rule stays as it is.');
  });

  it('for one ICMP type stay as they are where pings came', () => {
    const account = accountOf('inbound icmp 8 from 0.0.0.0/0', 'inbound tcp 443 from 0.0.0.0/0');
    const ping = { protocol: 1, servicePort: null };
    const pings = daily('eni-1', 'inbound icmp all from 192.0.2.7').map((one) => ({ ...one, ...ping }));
    const group = tighten(account, [...pings, ...daily('eni-1', HTTPS)]);
    expect(group.kept).toEqual([{ ruleId: 'sgr-a-1', because: 'Flow logs do not hold the ICMP types that it names.' }]);
    for (const point of group.curve.keys()) expect(rulesAt(group, point)).toContain('= inbound icmp 8 from 0.0.0.0/0');
    expect(rulesAt(group, -1)).toEqual(['= inbound icmp 8 from 0.0.0.0/0', 'inbound tcp 443 from 192.0.2.7/32']);
  });

  it('for all ICMP are narrowed to the peers alone', () => {
    const ping = { protocol: 1, servicePort: null };
    const pings = daily('eni-1', 'inbound icmp all from 192.0.2.7').map((one) => ({ ...one, ...ping }));
    const group = tighten(accountOf('inbound icmp all from 192.0.2.0/24'), pings);
    expect(rulesAt(group, -1)).toEqual(['inbound icmp all from 192.0.2.7/32']);
  });

  it('of interfaces without logs stay as they are', () => {
    const account = accountOf('inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.9.0/24');
    const more = { 'eni-2': { groups: ['sg-a'], addresses: ['10.0.0.2'] } };
    const state = inventoryOf({ ...account, interfaces: { ...account.interfaces, ...more } });
    const group = ofGroup({ captures: steadily(state), conversations: daily('eni-1', HTTPS), unlogged: ['eni-2'] });
    expect(group.kept).toEqual([
      { ruleId: 'sgr-a-1', because: '1 of 2 interfaces with the group have no logs.' },
      { ruleId: 'sgr-a-2', because: 'It is undecided: unlogged-interface.' },
    ]);
    expect(rulesAt(group)).toEqual(['= inbound tcp 22 from 10.0.9.0/24', '= inbound tcp 443 from 0.0.0.0/0']);
  });

  it('stay where the log lacks the port of what they may have admitted', () => {
    const unknown = daily('eni-1', HTTPS).map((one) => ({ ...one, servicePort: null }));
    const group = tighten(accountOf('inbound tcp all from 0.0.0.0/0'), unknown);
    expect(group.kept.map(({ ruleId }) => ruleId)).toEqual(['sgr-a-1']);
    expect(rulesAt(group)).toEqual(['= inbound tcp all from 0.0.0.0/0']);
  });

  it('keep the ports of connections that either end may have opened, for all of their block', () => {
    const either = daily('eni-1', 'inbound udp 5000 from 192.0.2.7').map((one) => ({
      ...one,
      ...({ initiator: 'unknown', method: 'none', servicePort: null, localPort: 5000, peerPort: 6000 } as const),
    }));
    const account = accountOf('inbound udp 5000-5009 from 0.0.0.0/0', 'outbound all to 203.0.113.0/24');
    const group = tighten(account, either);
    for (const point of group.curve.keys()) {
      expect(rulesAt(group, point)).toContain('= inbound udp 5000-5009 from 0.0.0.0/0');
    }
    expect(group.leftAlone.join()).toContain('opened the other way round: "inbound udp 5000-5009 from 0.0.0.0/0"');
  });

  it('that only another rule covers become one, and descend from both', () => {
    const account = accountOf('inbound tcp 443 from 192.0.2.0/24', 'inbound all from 192.0.2.0/25');
    const { curve, removed } = tighten(account, daily('eni-1', HTTPS));
    expect(curve.at(-1)?.proposed.map(({ exists, from }) => [exists, from])).toEqual([[false, ['sgr-a-1', 'sgr-a-2']]]);
    expect(removed.map(({ because }) => because)).toEqual(
      Array.from({ length: 2 }, () => 'Replaced by a narrower rule.'),
    );
  });
});

describe('the keep-file', () => {
  const account = accountOf('inbound tcp 443-450 from 192.0.2.0/24', 'inbound tcp 22 from 10.0.9.0/24');
  const at = (...pins: Pin[]) => {
    const group = tighten(account, daily('eni-1', HTTPS), { pins });
    return group.curve.map((_, point) => rulesAt(group, point));
  };

  it('keeps a rule that nothing used, with the reason', () => {
    const pin: Pin = { ...KEPT, kind: 'rule', ruleId: 'sgr-a-2' };
    for (const rules of at(pin)) expect(rules).toContain('= inbound tcp 22 from 10.0.9.0/24');
    expect(tighten(account, daily('eni-1', HTTPS), { pins: [pin] }).kept).toEqual([
      { ruleId: 'sgr-a-2', because: 'The keep-file keeps it: audit in spring' },
    ]);
  });

  it('keeps a block at the ports of the rules that admit it', () => {
    const some = at({ ...KEPT, kind: 'cidr', cidr: '192.0.2.128/25', groupId: null });
    for (const rules of some) {
      expect(rules.some((rule) => /^(= )?inbound tcp 443-450 from 192\.0\.2\.(0\/24|128\/25)$/.test(rule))).toBe(true);
    }
    expect(some.at(-1)).toEqual(['inbound tcp 443 from 192.0.2.7/32', 'inbound tcp 443-450 from 192.0.2.128/25']);
  });

  it('keeps no more of a block than a rule admits', () => {
    const some = at({ ...KEPT, kind: 'cidr', cidr: '10.0.0.0/8', groupId: 'sg-a' });
    for (const rules of some) expect(rules).toContain('= inbound tcp 22 from 10.0.9.0/24');
    expect(some.flat().join()).not.toContain('10.0.0.0/8');
  });

  it('keeps a port for all that may reach it today', () => {
    const some = at({ ...KEPT, kind: 'port', protocol: 'tcp', port: 450, groupId: null });
    for (const rules of some) {
      expect(rules.some((rule) => /^(= )?inbound tcp (443-)?450 from 192\.0\.2\.0\/24$/.test(rule))).toBe(true);
    }
    expect(some.at(-1)).toEqual(['inbound tcp 443 from 192.0.2.7/32', 'inbound tcp 450 from 192.0.2.0/24']);
  });

  it('says nothing of other groups, protocols and ports', () => {
    const others: Pin[] = [
      { ...KEPT, kind: 'port', protocol: 'tcp', port: 450, groupId: 'sg-b' },
      { ...KEPT, kind: 'port', protocol: 'udp', port: 450, groupId: null },
      { ...KEPT, kind: 'port', protocol: 'tcp', port: 80, groupId: null },
      { ...KEPT, kind: 'cidr', cidr: '198.51.100.0/24', groupId: null },
    ];
    expect(at(...others)).toEqual(at());
  });
});

describe('references', () => {
  const rules = { 'sg-a': ['inbound tcp 5432 from 10.0.0.0/16'], 'sg-web': [], 'sg-other': [] };
  const member = (addresses: string[], group = 'sg-web') => ({ groups: [group], addresses });
  const stateOf = (interfaces: ExampleAccount['interfaces']): InventorySnapshot =>
    inventoryOf({ groups: rules, interfaces: { 'eni-1': member(['10.0.0.1'], 'sg-a'), ...interfaces } });
  const moved = (id: string, state: InventorySnapshot, some: Partial<NetworkInterface>): InventorySnapshot => ({
    ...state,
    interfaces: state.interfaces.map((one) => (one.id === id ? { ...one, ...some } : one)),
  });
  const visits = daily('eni-1', 'inbound tcp 5432 from 10.0.0.9');
  const tightest = (captures: Scene['captures']): string[] => rulesAt(ofGroup({ captures, conversations: visits }), -1);

  it('stand for peers that members of a group were all the time', () => {
    const state = stateOf({ 'eni-web': member(['10.0.0.9']) });
    expect(tightest(steadily(state))).toEqual(['inbound tcp 5432 from sg-web']);
  });

  it('do not where the address was another group’s before', () => {
    const now = stateOf({ 'eni-web': member(['10.0.0.9']) });
    const before = stateOf({ 'eni-web': member(['10.0.0.9'], 'sg-other') });
    expect(
      tightest([
        [0, before],
        [5, now],
        [DAYS, now],
      ]),
    ).toEqual(['inbound tcp 5432 from 10.0.0.9/32']);
  });

  it('do not where the holder of the address has left the group', () => {
    const before = stateOf({ 'eni-web': member(['10.0.0.9']) });
    const now = stateOf({ 'eni-web': member(['10.0.0.9'], 'sg-other') });
    const visitsBefore = visits.slice(0, 4);
    const group = ofGroup({
      captures: [
        [0, before],
        [5, before],
        [6, now],
        [DAYS, now],
      ],
      conversations: visitsBefore,
    });
    expect(rulesAt(group, -1)).toEqual(['inbound tcp 5432 from 10.0.0.9/32']);
  });

  it('do not where a member lies outside what is admitted today', () => {
    const state = stateOf({ 'eni-web': member(['10.0.0.9']), 'eni-far': member(['10.1.0.9']) });
    expect(tightest(steadily(state))).toEqual(['inbound tcp 5432 from 10.0.0.9/32']);
  });

  it('do not for an address of another VPC, but over an active peering connection within the region', () => {
    const home = stateOf({ 'eni-web': member(['10.0.0.9']) });
    const away = moved('eni-web', home, { vpcId: 'vpc-2' });
    const groups = away.groups.map((group) => (group.id === 'sg-web' ? { ...group, vpcId: 'vpc-2' } : group));
    const peering = (status: string, accepterRegion: string) => ({
      ...{ id: 'pcx-1', name: null, tags: {}, status, accepterRegion, requesterRegion: 'eu-west-1' },
      ...{ requesterVpcId: 'vpc-1', accepterVpcId: 'vpc-2' },
    });
    const withPeerings = (...peerings: InventorySnapshot['peerings'][number][]) =>
      tightest(steadily({ ...away, groups, peerings }));
    const byAddress = ['inbound tcp 5432 from 10.0.0.9/32'];
    expect(withPeerings()).toEqual(byAddress);
    expect(withPeerings(peering('deleted', 'eu-west-1'))).toEqual(byAddress);
    expect(withPeerings(peering('active', 'us-east-1'))).toEqual(byAddress);
    expect(withPeerings(peering('active', 'eu-west-1'))).toEqual(['inbound tcp 5432 from sg-web']);
    const scene = { captures: steadily({ ...away, groups, peerings: [peering('active', 'eu-west-1')] }) };
    const { curve } = ofGroup({ ...scene, conversations: visits });
    expect(curve.at(-1)?.proposed[0]?.rule.peer).toMatchObject({ peeringConnectionId: 'pcx-1', vpcId: 'vpc-2' });
  });

  it('stay where they are what admitted it, at the ports that were seen', () => {
    const account: ExampleAccount = {
      groups: { 'sg-a': ['inbound tcp 1-65535 from sg-web'], 'sg-web': [] },
      interfaces: { 'eni-1': member(['10.0.0.1'], 'sg-a'), 'eni-web': member(['10.0.0.9']) },
    };
    expect(rulesAt(tighten(account, visits), -1)).toEqual(['inbound tcp 5432 from sg-web']);
  });

  it('to prefix lists stand for peers where half of the entries were seen', () => {
    const lists = { 'pl-1': ['10.0.0.9/32', '10.0.0.10/32'], 'pl-2': ['10.0.0.9/32', '10.0.1.0/24', '10.0.2.0/24'] };
    const state = stateOf({});
    const { prefixLists } = inventoryOf({ groups: {}, prefixLists: lists });
    expect(tightest(steadily({ ...state, prefixLists: prefixLists.slice(0, 1) }))).toEqual([
      'inbound tcp 5432 from pl-1',
    ]);
    expect(tightest(steadily({ ...state, prefixLists: prefixLists.slice(1) }))).toEqual([
      'inbound tcp 5432 from 10.0.0.9/32',
    ]);
  });
});

describe('the wished point', () => {
  const account = accountOf('inbound tcp 443 from 192.0.2.0/24', 'inbound tcp 22 from 10.0.9.0/24');
  const seen = [
    ...['192.0.2.7', '192.0.2.8', '192.0.2.200'].flatMap((peer) => daily('eni-1', `inbound tcp 443 from ${peer}`)),
    ...daily('eni-1', 'inbound tcp 22 from 10.0.9.3'),
  ];
  const wishing = (wish: RecommendOptions['wish']) => {
    const { curve, chosen } = tighten(account, seen, { wish });
    return curve[chosen];
  };

  it('is the least open set of so many rules', () => {
    expect(wishing({ kind: 'rules', atMost: 2 })).toMatchObject({ rules: 2, openness: { ipv4: 257 } });
    expect(wishing({ kind: 'rules', atMost: 3 })).toMatchObject({ rules: 3, openness: { ipv4: 18 } });
    expect(wishing({ kind: 'rules', atMost: 99 })).toMatchObject({ rules: 4, openness: { ipv4: 4 } });
    expect(() => wishing({ kind: 'rules', atMost: 1 })).toThrowError(
      expect.objectContaining({ code: 'rules-too-few', message: expect.stringContaining('at least 2 rules') }),
    );
  });

  it('is the fewest rules that are as narrow as asked for', () => {
    expect(wishing({ kind: 'openness', atMost: 300, unit: 'pairs' })).toMatchObject({ rules: 2 });
    expect(wishing({ kind: 'openness', atMost: 256, unit: 'pairs' })).toMatchObject({ rules: 3 });
    expect(wishing({ kind: 'openness', atMost: 0.01, unit: 'share' })).toMatchObject({ rules: 4 });
    expect(() => wishing({ kind: 'openness', atMost: 3, unit: 'pairs' })).toThrowError(
      expect.objectContaining({ code: 'openness-too-low', message: expect.stringContaining('admits 4 pairs') }),
    );
  });
});

describe('quotas', () => {
  const peers = Array.from({ length: 12 }, (_, index) => `10.0.${index * 7}.${index * 11}`);
  const seen = peers.flatMap((peer) => daily('eni-1', `inbound tcp 443 from ${peer}`));

  it('of rules for each direction are the end of the curve', () => {
    const account = accountOf('inbound tcp 443 from 10.0.0.0/8');
    expect(tighten(account, seen).curve.at(-1)?.rules).toBe(12);
    expect(tighten(account, seen, { rulesPerGroup: 7 }).curve.at(-1)?.rules).toBe(7);
  });

  it('are what a group has already, where nobody says what they are', () => {
    const blocks = Array.from({ length: 70 }, (_, index) => `192.0.2.${index}/32`);
    const account = accountOf(...blocks.map((block) => `inbound tcp 443 from ${block}`));
    const used = blocks.flatMap((block) => daily('eni-1', `inbound tcp 443 from ${block.replace('/32', '')}`));
    expect(tighten(account, used).curve.at(-1)?.rules).toBeLessThanOrEqual(70);
    expect(() => tighten(account, used, { rulesPerGroup: 0 })).toThrowError(
      expect.objectContaining({ code: 'quota-too-low' }),
    );
  });

  it('shrink where an interface has many groups', () => {
    const groups = Array.from({ length: 140 }, (_, index) => `sg-${index}`);
    const account: ExampleAccount = {
      groups: { 'sg-a': ['inbound tcp 443 from 10.0.0.0/8'] },
      interfaces: { 'eni-1': { groups: ['sg-a', ...groups.slice(1)], addresses: ['10.0.0.1'] } },
    };
    expect(tighten(account, seen).curve.at(-1)?.rules).toBe(7);
  });
});

it('recommends for the groups that are asked for, and for all of them else', () => {
  const account: ExampleAccount = { groups: { 'sg-a': [], 'sg-b': [] }, interfaces: {} };
  const scene = { captures: steadily(inventoryOf(account)), conversations: [] };
  const groupsOf = (options: Partial<RecommendOptions>) =>
    recommendationOf({ ...scene, options }).groups.map(({ group, curve }) => [group.id, curve.length]);
  expect(groupsOf({})).toEqual([
    ['sg-a', 1],
    ['sg-b', 1],
  ]);
  expect(groupsOf({ groups: new Set(['sg-b']) })).toEqual([['sg-b', 1]]);
});

it('tells how many connections and peers it rests on, and what was cut when tried out', () => {
  const account = accountOf('inbound tcp 443 from 192.0.2.0/24');
  const office = daily('eni-1', HTTPS);
  const late = connection('eni-1', 'inbound tcp 443 from 192.0.2.99', 9.5, { connections: 5 });
  const { observed, curve } = tighten(account, [...office, late]);
  expect(observed).toEqual({ connections: 15, peers: 2 });
  // From the first 70, 80 and 90 % of the window: the newcomer of the last day would have been cut each time.
  expect(curve.at(-1)?.laterCut).toMatchObject({ connections: 15, of: 8 + 7 + 6 });
  expect(curve.at(-1)?.laterCut.splits.map(({ connections, of }) => [connections, of])).toEqual([
    [5, 8],
    [5, 7],
    [5, 6],
  ]);
  expect(curve[0]?.laterCut.connections).toBe(0);
});
