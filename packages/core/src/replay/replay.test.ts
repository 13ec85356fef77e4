/** What a change does to observed connections, one case each. */
import { describe, expect, it } from 'vitest';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import { type ChangeSet, changeBetween, NO_CHANGE } from '../change/change-set.ts';
import type { Conversation } from '../conversation/model.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { createTimeline } from '../inventory/timeline.ts';
import { DOUBT } from '../security-group/doubt.ts';
import { ReplayFold } from './fold.ts';
import type { Outcome } from './model.ts';

const HOUR = 3600;
const T0 = Date.parse('2024-01-02T00:00:00Z') / 1000;

const at = (account: ExampleAccount, time: number): InventorySnapshot =>
  inventoryOf(account, new Date(time * 1000).toISOString());

/** One connection, such as `inbound tcp 443 from 192.0.2.1`, opened that way by its flags. */
function connection(interfaceId: string, what: string, some: Partial<Conversation> = {}): Conversation {
  const words = what.split(' ');
  const protocol = { tcp: 6, udp: 17, icmp: 1 }[words[1] ?? ''] ?? 6;
  return {
    interfaceId,
    vpcId: 'vpc-1',
    epoch: 0,
    initiator: words[0] === 'inbound' ? 'remote' : 'local',
    method: 'tcp-flags',
    protocol,
    servicePort: protocol === 1 ? null : Number(words[2]),
    localPort: null,
    peerPort: null,
    peerAddress: words.at(-1) ?? '',
    action: 'ACCEPT',
    groupIds: [],
    hour: T0,
    flows: 2,
    packets: 2,
    bytes: 2,
    connections: 1,
    firstSeen: T0 + 60,
    lastSeen: T0 + 120,
    ...some,
  };
}

const REJECTED = { action: 'REJECT' } as const;
/** Nothing tells who opened it. */
const unknown = (localPort: number | null, peerPort: number | null): Partial<Conversation> => ({
  ...{ initiator: 'unknown', method: 'none', servicePort: null },
  ...{ localPort, peerPort },
});

interface Case {
  readonly before: ExampleAccount;
  /** What the change makes of it. */
  readonly after: ExampleAccount;
  /** Default: captures before and after the connections. */
  readonly captures?: readonly InventorySnapshot[];
}

function replayed({ before, after, captures }: Case, ...conversations: Conversation[]) {
  const snapshots = captures ?? [at(before, T0), at(before, T0 + 2 * HOUR)];
  const timeline = createTimeline(snapshots);
  const today = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
  return run(snapshots, changeBetween(today, at(after, T0 + 3 * HOUR)), conversations);
}

function run(snapshots: readonly InventorySnapshot[], change: ChangeSet, conversations: readonly Conversation[]) {
  const fold = new ReplayFold({ snapshots, change });
  for (const one of conversations) fold.add(one);
  return fold.result();
}

/** The outcome of a single connection; null where it has none. */
function outcomeOf(testCase: Case, conversation: Conversation): Outcome | null {
  const { connections } = replayed(testCase, conversation);
  const found = Object.entries(connections).filter(([, count]) => count > 0);
  expect(found.length).toBeLessThanOrEqual(1);
  return (found[0]?.[0] as Outcome | undefined) ?? null;
}

const WEB = { 'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] } };
const account = (rules: readonly string[], others: Partial<ExampleAccount> = {}): ExampleAccount => ({
  groups: { 'sg-web': rules },
  interfaces: WEB,
  ...others,
});

const WORLD = account(['inbound tcp 443 from 0.0.0.0/0']);

describe('a replay', () => {
  it('keeps all when nothing changes, and knows what today would not admit', () => {
    const { connections } = replayed(
      { before: WORLD, after: WORLD },
      connection('eni-1', 'inbound tcp 443 from 192.0.2.1'),
      connection('eni-1', 'inbound tcp 80 from 192.0.2.1'),
      connection('eni-1', 'inbound tcp 80 from 192.0.2.1', REJECTED),
    );
    expect(connections).toEqual({ kept: 1, cut: 0, newlyAdmitted: 0, unknown: 0, notToday: 1 });
  });

  it('cuts what no proposed rule admits, with the rule that admitted it', () => {
    const after = account(['inbound tcp 443 from 198.51.100.0/24']);
    const { connections, cut } = replayed(
      { before: WORLD, after },
      connection('eni-1', 'inbound tcp 443 from 192.0.2.1', { connections: 2 }),
      connection('eni-1', 'inbound tcp 443 from 192.0.2.1', { firstSeen: T0 + 10, lastSeen: T0 + 90 }),
      connection('eni-1', 'inbound tcp 443 from 198.51.100.9'),
    );
    expect(connections).toEqual({ kept: 1, cut: 3, newlyAdmitted: 0, unknown: 0, notToday: 0 });
    expect(cut).toEqual([
      {
        ...{ outcome: 'cut', groupIds: ['sg-web'], interfaceId: 'eni-1', direction: 'inbound', protocol: 6, port: 443 },
        ...{ peer: '192.0.2.1', connections: 3, firstSeen: T0 + 10, lastSeen: T0 + 120 },
        ...{ admittedBy: ['sgr-web-1'], proposedBy: [], doubts: 0, extrapolated: false },
      },
    ]);
  });

  it('keeps what another group admits as well', () => {
    const interfaces = { 'eni-1': { groups: ['sg-also', 'sg-web'], addresses: ['10.0.0.1'] } };
    const also = { 'sg-also': ['inbound tcp all from 0.0.0.0/0'] };
    const before = { groups: { ...also, 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] }, interfaces };
    const after = { groups: { ...also, 'sg-web': [] }, interfaces };
    expect(outcomeOf({ before, after }, connection('eni-1', 'inbound tcp 443 from 192.0.2.1'))).toBe('kept');
  });

  it('finds what was rejected and would pass, but not what passes today already', () => {
    const after = account(['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 0.0.0.0/0']);
    const rejected = (port: number) => connection('eni-1', `inbound tcp ${port} from 192.0.2.1`, REJECTED);
    const { connections, newlyAdmitted } = replayed(
      { before: WORLD, after },
      rejected(22),
      rejected(443),
      rejected(80),
    );
    expect(connections).toEqual({ kept: 0, cut: 0, newlyAdmitted: 1, unknown: 0, notToday: 0 });
    expect(newlyAdmitted).toMatchObject([{ port: 22, admittedBy: [] }]);
    expect(newlyAdmitted[0]?.proposedBy).toHaveLength(1);
  });

  it('does not know what a rejected packet was, where only one way of opening it would pass', () => {
    const after = account(['inbound udp 53 from 0.0.0.0/0']);
    const packet = connection('eni-1', 'inbound udp 53 from 192.0.2.1', { ...REJECTED, ...unknown(53, 54) });
    const { unknown: found } = replayed({ before: account([]), after }, packet);
    expect(found).toMatchObject([{ doubts: DOUBT.initiator, direction: 'inbound', port: null }]);
  });
});

describe('references', () => {
  const GROUPS = { 'sg-db': ['inbound tcp 5432 from sg-app'], 'sg-app': [], 'sg-other': [] };
  const members = (groups: readonly string[]): ExampleAccount => ({
    groups: GROUPS,
    interfaces: {
      'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.1'] },
      'eni-app': { groups, addresses: ['10.0.0.2'] },
    },
  });
  const query = connection('eni-db', 'inbound tcp 5432 from 10.0.0.2');

  it('are cut by taking an interface out of the group they mean', () => {
    expect(outcomeOf({ before: members(['sg-app']), after: members(['sg-other']) }, query)).toBe('cut');
    expect(outcomeOf({ before: members(['sg-app']), after: members(['sg-app', 'sg-other']) }, query)).toBe('kept');
  });

  it('admit what was rejected once an interface joins the group', () => {
    const joins = { before: members(['sg-other']), after: members(['sg-app']) };
    expect(outcomeOf(joins, { ...query, ...REJECTED })).toBe('newlyAdmitted');
  });

  it('may have meant an interface that no capture shows: then a rule that stays keeps, and a new one is not known to', () => {
    const stranger = connection('eni-db', 'inbound tcp 5432 from 10.0.0.77');
    const narrower = { ...members(['sg-app']), groups: { ...GROUPS, 'sg-db': ['inbound tcp 5432 from sg-other'] } };
    const ranged = { ...members(['sg-app']), groups: { ...GROUPS, 'sg-db': ['inbound tcp 5000-6000 from sg-app'] } };
    const before = { ...ranged, groups: { ...ranged.groups, 'sg-other': ['inbound tcp 1 from 0.0.0.0/0'] } };
    expect(outcomeOf({ before: members(['sg-app']), after: narrower }, stranger)).toBe('unknown');
    expect(outcomeOf({ before, after: members(['sg-app']) }, stranger)).toBe('kept');
  });

  it('mean whom they meant at the time: the new group of an interface is none of its past', () => {
    const captures = [
      at(members(['sg-app']), T0),
      at(members(['sg-app']), T0 + HOUR),
      at(members(['sg-other']), T0 + 2 * HOUR),
    ];
    const same = members(['sg-other']);
    expect(outcomeOf({ before: same, after: same, captures }, query)).toBe('kept');
  });
});

describe('prefix lists', () => {
  const listed = (...entries: string[]): ExampleAccount => ({
    ...account(['inbound tcp 443 from pl-1']),
    prefixLists: { 'pl-1': entries },
  });
  const visit = (peer: string) => connection('eni-1', `inbound tcp 443 from ${peer}`);

  it('cut by the entries that go, admit by those that come', () => {
    const change = { before: listed('192.0.2.0/24'), after: listed('198.51.100.0/24') };
    expect(outcomeOf(change, visit('192.0.2.1'))).toBe('cut');
    expect(outcomeOf(change, { ...visit('198.51.100.1'), ...REJECTED })).toBe('newlyAdmitted');
    expect(outcomeOf({ ...change, after: listed('192.0.2.0/25', '192.0.2.128/25') }, visit('192.0.2.1'))).toBe('kept');
  });

  it('leave it open where the entries will only be known after the change', () => {
    const after = { ...account(['inbound tcp 443 from pl-1']), prefixLists: { 'pl-1': null } };
    expect(outcomeOf({ before: listed('192.0.2.0/24'), after }, visit('192.0.2.1'))).toBe('unknown');
  });

  it('that the change itself creates are known by their entries', () => {
    const change = { before: WORLD, after: listed('192.0.2.0/24') };
    expect(outcomeOf(change, visit('192.0.2.1'))).toBe('kept');
    expect(outcomeOf(change, visit('198.51.100.1'))).toBe('cut');
    const later = { ...listed(), prefixLists: { 'pl-1': null } };
    expect(outcomeOf({ before: WORLD, after: later }, visit('192.0.2.1'))).toBe('unknown');
  });

  it('that came after the first capture are known to be what they are today', () => {
    const captures = [at(WORLD, T0), at(listed('192.0.2.0/24'), T0 + 2 * HOUR)];
    const after = account([], { prefixLists: { 'pl-1': ['192.0.2.0/24'] } });
    expect(outcomeOf({ before: WORLD, after, captures }, visit('192.0.2.1'))).toBe('cut');
    expect(outcomeOf({ before: WORLD, after, captures }, visit('198.51.100.1'))).toBe('notToday');
  });
});

describe('who opened it', () => {
  const both = account(['inbound tcp 8080 from 0.0.0.0/0', 'outbound tcp 9090 to 0.0.0.0/0']);
  const either = connection('eni-1', 'inbound tcp 8080 from 192.0.2.1', unknown(8080, 9090));

  it('matters where one way is cut only', () => {
    const { unknown: found } = replayed({ before: both, after: account(['outbound tcp 9090 to 0.0.0.0/0']) }, either);
    expect(found).toMatchObject([{ doubts: DOUBT.initiator, port: null }]);
  });

  it('does not where both are, or where only one was ever open', () => {
    expect(outcomeOf({ before: both, after: account([]) }, either)).toBe('cut');
    const inbound = account(['inbound tcp 8080 from 0.0.0.0/0']);
    expect(outcomeOf({ before: inbound, after: account([]) }, either)).toBe('cut');
  });

  it('is asked on every port that may be meant', () => {
    const before = account(['inbound tcp 1024-65535 from 0.0.0.0/0']);
    const after = account(['inbound tcp 1024-50000 from 0.0.0.0/0']);
    const open = connection('eni-1', 'inbound tcp 1024 from 192.0.2.1', unknown(1024, 1024));
    expect(outcomeOf({ before, after }, open)).toBe('unknown');
    expect(outcomeOf({ before, after: account(['inbound tcp 1000-65535 from 0.0.0.0/0']) }, open)).toBe('kept');
  });
});

describe('ICMP', () => {
  const ping = connection('eni-1', 'inbound icmp from 192.0.2.1', unknown(null, null));
  const typed = account(['inbound icmp 8 from 0.0.0.0/0']);

  it('is cut with the rule that alone can have admitted it', () => {
    expect(outcomeOf({ before: typed, after: account([]) }, ping)).toBe('cut');
  });

  it('is kept by the same type from fewer peers, and by all types', () => {
    expect(outcomeOf({ before: typed, after: account(['inbound icmp 8 from 192.0.2.0/24']) }, ping)).toBe('kept');
    expect(outcomeOf({ before: typed, after: account(['inbound icmp all from 192.0.2.0/24']) }, ping)).toBe('kept');
  });

  it('may be of a type that is not admitted any more', () => {
    const all = account(['inbound icmp all from 0.0.0.0/0']);
    expect(outcomeOf({ before: all, after: typed }, ping)).toBe('unknown');
    const others = account(['inbound icmp 8 from 0.0.0.0/0', 'inbound icmp 13 from 0.0.0.0/0']);
    expect(outcomeOf({ before: others, after: typed }, ping)).toBe('unknown');
  });
});

describe('interfaces', () => {
  const visit = connection('eni-1', 'inbound tcp 443 from 192.0.2.1');

  it('that captures of one side show: what they show is taken to have stood', () => {
    const captures = [at(WORLD, T0 + 2 * HOUR)];
    const early = { ...visit, epoch: -1 };
    const { cut } = replayed({ before: WORLD, after: account([]), captures }, early);
    expect(cut).toMatchObject([{ extrapolated: true, groupIds: ['sg-web'] }]);
    const strange = { ...connection('eni-1', 'inbound tcp 80 from 192.0.2.1'), epoch: -1 };
    const refuted = replayed({ before: WORLD, after: account([]), captures }, early, strange);
    expect(refuted.cut).toEqual([]);
    expect(refuted.unknown).toMatchObject([{ doubts: DOUBT.unexplained }]);
  });

  it('that no capture shows may have had any group', () => {
    const stranger = { ...visit, interfaceId: 'eni-9' };
    const { unknown: found } = replayed({ before: WORLD, after: account([]) }, stranger);
    expect(found).toMatchObject([{ doubts: DOUBT.unknownInterface | DOUBT.attachment, extrapolated: false }]);
    expect(outcomeOf({ before: WORLD, after: WORLD }, stranger)).toBe('kept');
  });

  it('without groups are no matter of rules', () => {
    const gateway = { 'eni-1': { groups: [], addresses: ['10.0.0.1'] } };
    const before = account(['inbound tcp 443 from 0.0.0.0/0'], { interfaces: gateway });
    expect(outcomeOf({ before, after: account([], { interfaces: gateway }) }, visit)).toBe('kept');
  });

  it('lose what only the group admitted that is taken from them', () => {
    const groups = { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'], 'sg-none': [] };
    const has = (id: string) => ({ groups, interfaces: { 'eni-1': { groups: [id], addresses: ['10.0.0.1'] } } });
    expect(outcomeOf({ before: has('sg-web'), after: has('sg-none') }, visit)).toBe('cut');
  });

  it('get a group that older captures do not know yet', () => {
    const has = (id: string, groups: ExampleAccount['groups']): ExampleAccount => ({
      groups,
      interfaces: { 'eni-1': { groups: [id], addresses: ['10.0.0.1'] } },
    });
    const old = { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] };
    const now = { ...old, 'sg-new': ['inbound tcp 443 from 192.0.2.0/24'] };
    const captures = [at(has('sg-web', old), T0), at(has('sg-web', now), T0 + 2 * HOUR)];
    const change = { before: has('sg-web', now), after: has('sg-new', now), captures };
    expect(outcomeOf(change, visit)).toBe('kept');
    expect(outcomeOf(change, { ...visit, epoch: -1 })).toBe('kept');
    expect(outcomeOf(change, { ...visit, peerAddress: '198.51.100.1' })).toBe('cut');
  });
});

describe('what the log does not say', () => {
  it('leaves open whether it was accepted', () => {
    const untold = connection('eni-1', 'inbound tcp 443 from 192.0.2.1', { action: null });
    const { unknown: found } = replayed({ before: WORLD, after: account([]) }, untold);
    expect(found).toMatchObject([{ doubts: DOUBT.action }]);
    expect(outcomeOf({ before: WORLD, after: WORLD }, untold)).toBe('kept');
  });

  it('whose end is whose: lists what may be cut, and nothing else', () => {
    const { hour, flows, packets, bytes, firstSeen, lastSeen } = connection('eni-1', 'inbound tcp 443 from 192.0.2.1');
    const times = { hour, flows, packets, bytes, firstSeen, lastSeen };
    const undirected = {
      ...{ interfaceId: 'eni-1', vpcId: 'vpc-1', epoch: 0, protocol: 6, servicePort: 443, groupIds: [], ...times },
      addresses: ['192.0.2.1', '10.0.0.1'],
    };
    const snapshots = [at(WORLD, T0), at(WORLD, T0 + 2 * HOUR)];
    const fold = new ReplayFold({ snapshots, change: changeBetween(at(WORLD, T0), at(account([]), T0)) });
    fold.addUndirected(undirected);
    expect(fold.result().unknown).toMatchObject([{ peer: '10.0.0.1' }, { peer: '192.0.2.1' }]);
    const idle = new ReplayFold({ snapshots, change: NO_CHANGE });
    idle.addUndirected(undirected);
    expect(idle.result().unknown).toEqual([]);
  });
});
