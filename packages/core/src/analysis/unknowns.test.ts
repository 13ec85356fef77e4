/** What captures leave open, one case each: a rule that may have been used is never unused, an idle one never used. */
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/model.ts';
import type { InventorySnapshot, PeeringConnection, SecurityGroupRule } from '../inventory/model.ts';
import { createTimeline } from '../inventory/timeline.ts';
import { Attributor } from '../security-group/attribute.ts';
import { CoverageFold, HOUR } from './coverage.ts';
import { type ExampleAccount, inventoryOf } from './example-account.ts';
import { foldUsage } from './usage.ts';
import { resolveVerdicts } from './verdict.ts';

const DAY = 24 * HOUR;
const T0 = Date.parse('2024-01-02T00:00:00Z') / 1000;
const WINDOW = { from: T0, to: T0 + 2 * DAY };
/** Captures: before the logs, in the middle, after them. */
const BEFORE = T0 - HOUR;
const MIDDLE = T0 + DAY;
const AFTER = T0 + 2 * DAY + HOUR;

type Capture = readonly [at: number, account: ExampleAccount, change?: (state: InventorySnapshot) => InventorySnapshot];

/** One connection with TCP flags, `[day, interface, what]`: what is `inbound tcp 443 from 192.0.2.1`. */
type Seen = readonly [at: number, interfaceId: string, what: string, some?: Partial<Conversation>];

/** Verdict and reasons of each rule of the newest capture, by id. */
function judge(captures: readonly Capture[], seen: readonly Seen[], unlogged: readonly string[] = []) {
  const snapshots = captures.map(([at, account, change = (state) => state]) =>
    change(inventoryOf(account, new Date(at * 1000).toISOString())),
  );
  const timeline = createTimeline(snapshots);
  const conversations = seen.map((one) => conversationOf(one, timeline.gapAt(one[0])));
  const coverage = new CoverageFold();
  const interfaces = new Set([
    ...snapshots.flatMap((state) => state.interfaces.map(({ id }) => id)),
    ...seen.map(([, id]) => id),
  ]);
  for (const interfaceId of interfaces) {
    if (unlogged.includes(interfaceId)) continue;
    for (let hour = WINDOW.from; hour < WINDOW.to; hour += HOUR) {
      coverage.add({ interfaceId, hour, ok: 0, noData: 1, skipData: 0 });
    }
  }
  const lives = {
    existedFrom: new Map(LIVES.map(([id, from]) => [id, from])),
    existedUntil: new Map(LIVES.map(([id, , until]) => [id, until])),
    window: WINDOW,
  };
  const usage = foldUsage(new Attributor(timeline, { lives }), conversations);
  const verdicts = resolveVerdicts(timeline, usage, coverage.result(WINDOW, timeline));
  return Object.fromEntries(
    verdicts.rules.map(({ rule, verdict, reasons }) => [rule.id, [verdict, ...reasons].join(' ')]),
  );
}

/** What the records of interfaces show of their lives: the servers had some from the beginning to the end. */
const LIVES = ['eni-1', 'eni-web', 'eni-job'].map((id) => [id, WINDOW.from, WINDOW.to] as const);

function conversationOf([at, interfaceId, what, some = {}]: Seen, epoch: number): Conversation {
  const [direction, protocol, port, , peerAddress = ''] = what.split(' ');
  const number = { tcp: 6, udp: 17, icmp: 1 }[protocol ?? ''] ?? 6;
  return {
    interfaceId,
    vpcId: 'vpc-1',
    epoch,
    initiator: direction === 'inbound' ? 'remote' : 'local',
    method: 'tcp-flags',
    protocol: number,
    servicePort: number === 1 ? null : Number(port),
    localPort: null,
    peerPort: null,
    peerAddress: number === 1 ? (what.split(' ').at(-1) ?? '') : peerAddress,
    action: 'ACCEPT',
    groupIds: [],
    hour: Math.floor(at / HOUR) * HOUR,
    flows: 2,
    packets: 2,
    bytes: 2,
    connections: 1,
    firstSeen: at,
    lastSeen: at + 60,
    ...some,
  };
}

/** A server with a group that lets `sg-web` in; and interfaces beside it. */
const server = (others: ExampleAccount['interfaces'], rules = ['inbound tcp 8080 from sg-web']): ExampleAccount => ({
  groups: { 'sg-app': rules, 'sg-web': [], 'sg-job': ['inbound tcp 22 from 198.51.100.0/24'] },
  interfaces: { 'eni-1': { groups: ['sg-app'], addresses: ['10.0.0.1'] }, ...others },
});
const WEB = { 'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.9'] } };
const JOB = { 'eni-job': { groups: ['sg-job'], addresses: ['10.0.0.9'] } };
const from9: Seen = [T0 + HOUR, 'eni-1', 'inbound tcp 8080 from 10.0.0.9'];

describe('membership', () => {
  it('a member served and was terminated, and the only capture came later', () => {
    expect(judge([[AFTER, server({})]], [from9])['sgr-app-1']).toBe('undecided membership-unknown');
  });

  it('two captures, however close, do not rule out a member that lived between them', () => {
    const close: Capture[] = [
      [T0, server({})],
      [T0 + 2 * HOUR, server({})],
      [AFTER, server({})],
    ];
    expect(judge(close, [from9])['sgr-app-1']).toBe('undecided membership-unknown');
  });

  it('a member in both captures: used; another interface in both: unused', () => {
    const both = (others: ExampleAccount['interfaces']) =>
      judge(
        [
          [BEFORE, server(others)],
          [AFTER, server(others)],
        ],
        [from9],
      )['sgr-app-1'];
    expect(both(WEB)).toBe('used');
    expect(both(JOB)).toBe('unused');
  });

  it('the address went from one interface to another', () => {
    const reused: Capture[] = [
      [BEFORE, server(WEB)],
      [AFTER, server({ 'eni-new': { groups: ['sg-job'], addresses: ['10.0.0.9'] } })],
    ];
    expect(judge(reused, [from9])['sgr-app-1']).toBe('undecided membership-unknown');
    const back: Capture[] = [
      [BEFORE, server({ 'eni-new': { groups: ['sg-job'], addresses: ['10.0.0.9'] } })],
      [AFTER, server(WEB)],
    ];
    expect(judge(back, [from9])['sgr-app-1']).toBe('undecided membership-unknown');
  });

  it('an address outside the blocks of the VPC is nobody of it', () => {
    const account = server({}, ['inbound tcp 8080 from sg-web', 'inbound tcp 8080 from 192.0.2.0/24']);
    expect(judge([[AFTER, account]], [[T0, 'eni-1', 'inbound tcp 8080 from 192.0.2.1']])).toMatchObject({
      'sgr-app-1': 'unused',
      'sgr-app-2': 'used',
    });
  });

  it('explained by another rule it may still have been a member: a claim that it was none would be false', () => {
    const account = server({}, ['inbound tcp 8080 from sg-web', 'inbound tcp 8080 from 10.0.0.0/16']);
    const captures: Capture[] = [
      [BEFORE, account],
      [AFTER, account],
    ];
    expect(judge(captures, [from9])).toMatchObject({
      'sgr-app-1': 'undecided membership-unknown',
      'sgr-app-2': 'used',
    });
  });

  it('one capture, and a member whose own records show that it was there all the time: used', () => {
    expect(judge([[AFTER, server(WEB)]], [from9])['sgr-app-1']).toBe('used');
    expect(judge([[BEFORE, server(WEB)]], [from9])['sgr-app-1']).toBe('used');
    const late = { 'eni-late': { groups: ['sg-web'], addresses: ['10.0.0.9'] } };
    expect(judge([[AFTER, server(late)]], [from9])['sgr-app-1']).toBe('undecided membership-unknown');
  });
});

describe('attachment', () => {
  const ssh: Seen = [T0 + HOUR, 'eni-1', 'inbound tcp 22 from 198.51.100.7'];

  it('a group that was put on the interface after the only capture', () => {
    expect(judge([[BEFORE, server({})]], [ssh])['sgr-job-1']).toBe('undecided attachment-unknown');
  });

  it('a group that was taken off before the only capture', () => {
    expect(judge([[AFTER, server({})]], [ssh])['sgr-job-1']).toBe('undecided attachment-unknown');
  });

  it('a group that came between two captures', () => {
    const more = { ...server({}), interfaces: { 'eni-1': { groups: ['sg-app', 'sg-job'], addresses: ['10.0.0.1'] } } };
    const captures: Capture[] = [
      [BEFORE, server({})],
      [AFTER, more],
    ];
    expect(judge(captures, [ssh])['sgr-job-1']).toBe('used');
    const rules = ['inbound tcp 8080 from sg-web', 'inbound tcp 22 from 198.51.100.0/25'];
    const shared: Capture[] = [
      [BEFORE, { ...server({}, rules) }],
      [AFTER, { ...more, groups: server({}, rules).groups }],
    ];
    expect(judge(shared, [ssh])).toMatchObject({
      'sgr-app-2': 'used',
      'sgr-job-1': 'undecided attachment-unknown',
    });
  });

  it('no capture shows another group, on either side: nothing of the kind', () => {
    const captures: Capture[] = [
      [BEFORE, server({})],
      [AFTER, server({})],
    ];
    expect(judge(captures, [ssh])['sgr-job-1']).toBe('unused no-interface');
  });

  it('an interface that only the later capture shows', () => {
    const captures: Capture[] = [
      [BEFORE, { ...server({}), interfaces: { 'eni-0': { groups: [] } } }],
      [AFTER, server({})],
    ];
    expect(judge(captures, [ssh])['sgr-job-1']).toBe('undecided attachment-unknown');
  });
});

describe('rule versions', () => {
  const web = (...rules: string[]): ExampleAccount => ({
    groups: { 'sg-app': rules },
    interfaces: { 'eni-1': { groups: ['sg-app'], addresses: ['10.0.0.1'] } },
  });
  const on = (port: number, at = T0 + HOUR): Seen => [at, 'eni-1', `inbound tcp ${port} from 192.0.2.1`];

  it('the same id meant something else before the only capture: traffic of then is explained by nothing', () => {
    expect(judge([[AFTER, web('inbound tcp 9090 from 192.0.2.0/24')]], [on(8080)])['sgr-app-1']).toBe(
      'undecided unexplained-traffic',
    );
  });

  it('… or after it', () => {
    expect(judge([[BEFORE, web('inbound tcp 9090 from 192.0.2.0/24')]], [on(8080)])['sgr-app-1']).toBe(
      'undecided unexplained-traffic',
    );
  });

  it('it was changed between two captures: certain is what both meanings admit, or what nothing else explains', () => {
    const captures: Capture[] = [
      [BEFORE, web('inbound tcp 8080-8081 from 192.0.2.0/24')],
      [AFTER, web('inbound tcp 8081-8082 from 192.0.2.0/24')],
    ];
    expect(judge(captures, [on(8081)])['sgr-app-1']).toBe('used');
    expect(judge(captures, [on(8082)])['sgr-app-1']).toBe('used');
    const wide = 'inbound tcp 8000-8999 from 192.0.2.0/24';
    const shared: Capture[] = [
      [BEFORE, web('inbound tcp 8080-8081 from 192.0.2.0/24', wide)],
      [AFTER, web('inbound tcp 8081-8082 from 192.0.2.0/24', wide)],
    ];
    expect(judge(shared, [on(8081)])['sgr-app-1']).toBe('used');
    for (const port of [8080, 8082]) {
      expect(judge(shared, [on(port)])['sgr-app-1']).toBe('undecided rule-history-unknown rule-younger-than-window');
    }
  });

  it('one capture: a rule that alone explains it is used, of two that do none is certain', () => {
    const one = web('inbound tcp 8080 from 192.0.2.0/24', 'inbound tcp 22 from 192.0.2.0/24');
    expect(judge([[AFTER, one]], [on(8080)])).toEqual({ 'sgr-app-1': 'used', 'sgr-app-2': 'unused' });
    const two = web('inbound tcp 8080 from 192.0.2.0/24', 'inbound tcp 8000-9000 from 192.0.2.0/24');
    expect(judge([[AFTER, two]], [on(8080)])).toEqual({
      'sgr-app-1': 'undecided rule-history-unknown',
      'sgr-app-2': 'undecided rule-history-unknown',
    });
    const captures: Capture[] = [
      [BEFORE, two],
      [AFTER, two],
    ];
    expect(judge(captures, [on(8080)])).toEqual({ 'sgr-app-1': 'used', 'sgr-app-2': 'used' });
  });

  it('one capture, and something that it does not explain: then it explains nothing for certain', () => {
    const account = web('inbound tcp 8080 from 192.0.2.0/24');
    expect(judge([[AFTER, account]], [on(8080), on(25)])['sgr-app-1']).toBe('undecided unexplained-traffic');
    const steady: Capture[] = [
      [BEFORE, account],
      [AFTER, account],
    ];
    expect(judge(steady, [on(8080), on(25)])['sgr-app-1']).toBe('used');
    expect(judge(steady, [on(25)])['sgr-app-1']).toBe('unused');
  });
});

describe('prefix lists', () => {
  const account = (entries: readonly string[] | null): ExampleAccount => ({
    groups: { 'sg-app': ['inbound tcp 443 from pl-1', 'inbound tcp 443 from 0.0.0.0/0'] },
    interfaces: { 'eni-1': { groups: ['sg-app'], addresses: ['10.0.0.1'] } },
    prefixLists: { 'pl-1': entries },
  });
  const version = (number: number, ownerId?: string) => (state: InventorySnapshot) => ({
    ...state,
    prefixLists: state.prefixLists.map((list) => ({ ...list, version: number, ownerId: ownerId ?? list.ownerId })),
  });
  const seen: Seen[] = [[T0 + HOUR, 'eni-1', 'inbound tcp 443 from 192.0.2.1']];
  const other = ['198.51.100.0/24'];
  const verdict = (...captures: Capture[]) => judge(captures, seen)['sgr-app-1'];

  it('entries that the inventory lacks', () => {
    expect(verdict([BEFORE, account(null)], [AFTER, account(null)])).toBe('undecided prefix-list-unknown');
  });

  it('an entry that was taken out', () => {
    const captures: Capture[] = [
      [BEFORE, account(['192.0.2.0/24', ...other]), version(1)],
      [AFTER, account(other), version(2)],
    ];
    expect(verdict(...captures)).toBe('undecided prefix-list-unknown');
  });

  it('entries of versions that no capture shows; none where the version stayed', () => {
    expect(verdict([BEFORE, account(other), version(1)], [AFTER, account(other), version(3)])).toBe(
      'undecided prefix-list-unknown',
    );
    expect(verdict([BEFORE, account(other), version(3)], [AFTER, account(other), version(3)])).toBe('unused');
  });

  it('other entries before the only capture, unless it is the first version, or a list of AWS', () => {
    expect(verdict([AFTER, account(other), version(4)])).toBe('undecided prefix-list-unknown');
    expect(verdict([AFTER, account(other), version(1)])).toBe('unused');
    expect(verdict([AFTER, account(other), version(4, 'AWS')])).toBe('unused');
  });
});

describe('reachability', () => {
  const peered =
    (peer: Partial<Extract<SecurityGroupRule['peer'], { kind: 'group' }>>, status: string | null) =>
    (state: InventorySnapshot): InventorySnapshot => {
      const peering = { id: 'pcx-1', status: status ?? '', requesterVpcId: 'vpc-1', accepterVpcId: 'vpc-2' };
      const unnamed = { name: null, tags: {}, requesterRegion: null, accepterRegion: null };
      const [far, ...near] = [...state.interfaces].reverse();
      return {
        ...state,
        peerings: status === null ? [] : [{ ...peering, ...unnamed } satisfies PeeringConnection],
        vpcs: [
          ...state.vpcs,
          { ...(state.vpcs[0] as InventorySnapshot['vpcs'][0]), id: 'vpc-2', cidrs: ['10.2.0.0/16'] },
        ],
        interfaces: [...near, { ...(far as InventorySnapshot['interfaces'][0]), vpcId: 'vpc-2' }].sort((a, b) =>
          a.id < b.id ? -1 : 1,
        ),
        groups: state.groups.map((group) => ({
          ...group,
          vpcId: group.id === 'sg-far' ? 'vpc-2' : 'vpc-1',
          rules: group.rules.map((rule) => ({ ...rule, peer: { ...rule.peer, ...peer } as SecurityGroupRule['peer'] })),
        })),
      };
    };
  const account: ExampleAccount = {
    groups: { 'sg-app': ['inbound tcp 443 from sg-far'], 'sg-far': [] },
    interfaces: {
      'eni-1': { groups: ['sg-app'], addresses: ['10.0.0.1'] },
      'eni-far': { groups: ['sg-far'], addresses: ['10.2.0.9'] },
    },
  };
  const seen: Seen[] = [[T0 + HOUR, 'eni-1', 'inbound tcp 443 from 10.2.0.9']];
  const over = { peeringConnectionId: 'pcx-1', peeringStatus: null, vpcId: 'vpc-2' };

  it('a peering connection that was deleted before the only capture, or between two', () => {
    expect(judge([[AFTER, account, peered(over, 'deleted')]], seen)['sgr-app-1']).toBe(
      'undecided reachability-unknown',
    );
    const deleted: Capture[] = [
      [BEFORE, account, peered(over, 'active')],
      [AFTER, account, peered(over, 'deleted')],
    ];
    expect(judge(deleted, seen)['sgr-app-1']).toMatch(/^undecided/);
    const never: Capture[] = [
      [BEFORE, account, peered(over, 'deleted')],
      [AFTER, account, peered(over, 'deleted')],
    ];
    expect(judge(never, seen)['sgr-app-1']).toBe('unused');
  });

  it('a transit gateway, with the VPC in the reference or without', () => {
    const captures = (vpcId: string | null): Capture[] => [
      [BEFORE, account, peered({ vpcId }, null)],
      [AFTER, account, peered({ vpcId }, null)],
    ];
    expect(judge(captures('vpc-2'), seen)['sgr-app-1']).toBe('undecided reachability-unknown');
    expect(judge(captures(null), seen)['sgr-app-1']).toBe('undecided reachability-unknown');
  });

  it('a group of an account that the inventory lacks', () => {
    const foreign = {
      groups: { 'sg-app': ['inbound tcp 443 from sg-elsewhere'] },
      interfaces: account.interfaces ?? {},
    };
    expect(
      judge(
        [
          [BEFORE, foreign],
          [AFTER, foreign],
        ],
        seen,
      )['sgr-app-1'],
    ).toBe('undecided membership-unknown reachability-unknown');
  });
});

describe('logging', () => {
  const two = (more: ExampleAccount['interfaces'] = {}) => server({ ...WEB, ...more });

  it('an interface of the group without a record', () => {
    const extra = { 'eni-2': { groups: ['sg-app'], addresses: ['10.0.0.2'] } };
    const captures: Capture[] = [
      [BEFORE, two(extra)],
      [AFTER, two(extra)],
    ];
    expect(judge(captures, [], ['eni-2'])['sgr-app-1']).toBe('undecided unlogged-interface');
  });

  it('not one that was launched after the window, nor one that was gone before it', () => {
    const extra = { 'eni-2': { groups: ['sg-app'], addresses: ['10.0.0.2'] } };
    const launched: Capture[] = [
      [BEFORE, two()],
      [AFTER - 60, two()],
      [AFTER, two(extra)],
    ];
    expect(judge(launched, [], ['eni-2'])['sgr-app-1']).toBe('unused');
    const gone: Capture[] = [
      [BEFORE - HOUR, two(extra)],
      [BEFORE, two()],
      [AFTER, two()],
    ];
    expect(judge(gone, [], ['eni-2'])['sgr-app-1']).toBe('unused');
    const attached = (state: InventorySnapshot) => ({
      ...state,
      interfaces: state.interfaces.map((one) => (one.id === 'eni-2' ? { ...one, attachedAt: WINDOW.to + 60 } : one)),
    });
    expect(judge([[AFTER, two(extra), attached]], [], ['eni-2'])['sgr-app-1']).toBe('unused');
    expect(judge([[AFTER, two(extra)]], [], ['eni-2'])['sgr-app-1']).toBe('undecided unlogged-interface');
  });
});

describe('who opened it', () => {
  const account = server(JOB, ['inbound udp 162 from 10.0.0.0/16', 'outbound all to 0.0.0.0/0']);
  const captures: Capture[] = [
    [BEFORE, account],
    [AFTER, account],
  ];

  it('unknown: the rules of both ways may have admitted it', () => {
    const open = { initiator: 'unknown', method: 'none', servicePort: null, localPort: 162, peerPort: 161 } as const;
    expect(judge(captures, [[T0, 'eni-1', 'inbound udp 162 from 10.0.0.9', open]])).toMatchObject({
      'sgr-app-1': 'undecided initiator-unknown',
      'sgr-app-2': 'undecided initiator-unknown',
    });
  });

  it('a log that does not say what was accepted', () => {
    expect(judge(captures, [[T0, 'eni-1', 'inbound udp 162 from 10.0.0.9', { action: null }]])['sgr-app-1']).toBe(
      'undecided layout-incomplete',
    );
  });
});

describe('ICMP', () => {
  const ping: Seen[] = [[T0, 'eni-1', 'inbound icmp from 192.0.2.1', { method: 'none', initiator: 'unknown' }]];
  const verdicts = (...rules: string[]) =>
    judge(
      [
        [BEFORE, server({}, rules)],
        [MIDDLE, server({}, rules)],
        [AFTER, server({}, rules)],
      ],
      ping,
    );

  it('the only way in: used; one of several: undecided', () => {
    expect(verdicts('inbound icmp 8 from 0.0.0.0/0')['sgr-app-1']).toBe('used');
    expect(verdicts('inbound icmp 8 from 0.0.0.0/0', 'outbound all to 0.0.0.0/0')['sgr-app-1']).toBe(
      'undecided icmp-type initiator-unknown',
    );
  });
});
