import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InventorySnapshot, NetworkInterface, PrefixList, SecurityGroup } from './model.ts';
import { emptySnapshot } from './snapshot.ts';
import { createTimeline } from './timeline.ts';

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

const networkInterface = (id: string, parts: Partial<NetworkInterface> = {}): NetworkInterface => ({
  id,
  accountId: '111122223333',
  region: 'eu-west-1',
  vpcId: 'vpc-0a',
  subnetId: null,
  description: '',
  type: 'interface',
  instanceId: null,
  requesterId: null,
  requesterManaged: false,
  status: 'in-use',
  groupIds: ['sg-0a'],
  addresses: ['10.0.0.5'],
  prefixes: [],
  publicAddresses: [],
  connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
  name: null,
  tags: {},
  ...parts,
});

const group = (
  id: string,
  ports: Readonly<Record<string, number>>,
  parts: Partial<SecurityGroup> = {},
): SecurityGroup => ({
  id,
  groupName: id,
  description: '',
  accountId: '111122223333',
  region: 'eu-west-1',
  vpcId: 'vpc-0a',
  rules: Object.entries(ports).map(([ruleId, port]) => ({
    id: ruleId,
    groupId: id,
    direction: 'inbound',
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    peer: { kind: 'cidr', cidr: '0.0.0.0/0' },
    description: '',
  })),
  name: null,
  tags: {},
  ...parts,
});

const at = (seconds: number, parts: Partial<InventorySnapshot>): InventorySnapshot => ({
  ...emptySnapshot(iso(seconds)),
  ...parts,
});

describe('epochs', () => {
  it('begin with the snapshots; the first reaches back, the last goes on', () => {
    const timeline = createTimeline([at(300, {}), at(100, {}), at(200, {})]);
    expect(timeline.epochs).toEqual([100, 200, 300]);
    expect([0, 99, 100, 199, 200, 299, 300, 1e9].map((t) => timeline.epochAt(t))).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
  });

  it('without snapshots there is one state, and nothing in it', () => {
    const timeline = createTimeline([]);
    expect(timeline.epochs).toEqual([]);
    expect(timeline.epochAt(5)).toBe(0);
    expect(timeline.snapshotAt(5)).toEqual(emptySnapshot(iso(0)));
    expect(timeline.interfaceAt('eni-0a', 5)).toBeUndefined();
    expect(timeline.ruleVersions()).toEqual([]);
  });
});

describe('an interface', () => {
  const first = networkInterface('eni-0a');
  const changed = networkInterface('eni-0a', { groupIds: ['sg-0b'] });
  const timeline = createTimeline([
    at(100, {}),
    at(200, { interfaces: [first] }),
    at(300, { interfaces: [first] }),
    at(400, { interfaces: [changed] }),
    at(500, { interfaces: [networkInterface('eni-0b')] }),
  ]);

  it('is known before its first and after its last sighting', () => {
    expect([0, 250, 399, 400, 999].map((t) => timeline.interfaceAt('eni-0a', t)?.groupIds)).toEqual([
      ['sg-0a'],
      ['sg-0a'],
      ['sg-0a'],
      ['sg-0b'],
      ['sg-0b'],
    ]);
  });

  it('has one version per change', () => {
    expect(timeline.interfaceVersions()).toEqual([
      { id: 'eni-0a', from: null, to: 400, value: first },
      { id: 'eni-0a', from: 400, to: null, value: changed },
      { id: 'eni-0b', from: null, to: null, value: networkInterface('eni-0b') },
    ]);
  });

  it('exists from the last snapshot that lacked it until the first that lacks it again', () => {
    // An address is reused: what held it before must not hold it for ever.
    const ids = (seconds: number) => timeline.snapshotAt(seconds).interfaces.map(({ id }) => id);
    expect(ids(150)).toEqual(['eni-0a']);
    expect(ids(450)).toEqual(['eni-0a', 'eni-0b']);
    expect(ids(500)).toEqual(['eni-0b']);
  });
});

describe('a snapshot of another account or region', () => {
  it('says nothing of what it does not cover', () => {
    const here = networkInterface('eni-0a');
    const there = networkInterface('eni-0b', { accountId: '123456789012' });
    const elsewhere = networkInterface('eni-0c', { region: 'us-east-1' });
    const timeline = createTimeline([
      at(100, { interfaces: [here] }),
      at(200, { interfaces: [there] }),
      at(300, { interfaces: [elsewhere] }),
    ]);
    for (const seconds of [100, 200, 300]) {
      expect(timeline.snapshotAt(seconds).interfaces.map(({ id }) => id)).toEqual(['eni-0a', 'eni-0b', 'eni-0c']);
    }
  });

  it('does not end peerings, whose account is not to be seen in them', () => {
    const peering = (id: string) => ({
      id,
      status: 'active',
      requesterVpcId: 'vpc-0a',
      accepterVpcId: 'vpc-0b',
      requesterRegion: 'eu-west-1',
      accepterRegion: 'eu-west-1',
      name: null,
      tags: {},
    });
    const timeline = createTimeline([
      at(100, { peerings: [peering('pcx-0a')] }),
      at(200, { peerings: [peering('pcx-0b')] }),
    ]);
    expect(timeline.snapshotAt(200).peerings.map(({ id }) => id)).toEqual(['pcx-0a', 'pcx-0b']);
  });

  it('says nothing of another VPC, where the region is not known', () => {
    const instance = (id: string, vpcId: string) => ({
      id,
      accountId: '111122223333',
      instanceType: null,
      vpcId,
      state: 'running',
      launchTime: null,
      name: null,
      tags: {},
    });
    const timeline = createTimeline([
      at(100, { instances: [instance('i-0a', 'vpc-0a'), instance('i-0b', 'vpc-0b')] }),
      at(200, { instances: [instance('i-0c', 'vpc-0b')] }),
    ]);
    expect(timeline.snapshotAt(200).instances.map(({ id }) => id)).toEqual(['i-0a', 'i-0c']);
    expect(timeline.instanceAt('i-0b', 200)?.vpcId).toBe('vpc-0b');
  });

  it('of the same second is one epoch with it', () => {
    const timeline = createTimeline([
      at(100, { interfaces: [networkInterface('eni-0a')] }),
      at(100, { groups: [group('sg-0a', {})] }),
    ]);
    expect(timeline.epochs).toEqual([100]);
    expect(timeline.snapshotAt(100)).toMatchObject({ interfaces: [{ id: 'eni-0a' }], groups: [{ id: 'sg-0a' }] });
  });
});

describe('a prefix list', () => {
  const list = (version: number, entries: PrefixList['entries']): PrefixList => ({
    id: 'pl-0a',
    prefixListName: 'com.amazonaws.eu-west-1.s3',
    ownerId: 'AWS',
    region: 'eu-west-1',
    addressFamily: 'IPv4',
    version,
    entries,
    name: null,
    tags: {},
  });
  const entries = [{ cidr: '192.0.2.0/24', description: '' }];

  it('keeps entries that a neighbouring snapshot of the same version knows', () => {
    const timeline = createTimeline([
      at(100, { prefixLists: [list(1, null)] }),
      at(200, { prefixLists: [list(1, entries)] }),
      at(300, { prefixLists: [list(1, null)] }),
      at(400, { prefixLists: [list(2, null)] }),
    ]);
    expect([100, 200, 300, 400].map((t) => timeline.prefixListAt('pl-0a', t)?.entries)).toEqual([
      entries,
      entries,
      entries,
      null,
    ]);
  });
});

describe('a rule', () => {
  it('that changes its meaning under the same id has two versions', () => {
    const timeline = createTimeline([
      at(100, { groups: [group('sg-0a', { 'sgr-0a': 22 })] }),
      at(200, { groups: [group('sg-0a', { 'sgr-0a': 443 })] }),
    ]);
    expect(timeline.ruleVersions().map(({ id, from, to, value }) => [id, from, to, value.fromPort])).toEqual([
      ['sgr-0a', null, 200, 22],
      ['sgr-0a', 200, null, 443],
    ]);
  });

  it('that stays while its neighbours change has one version', () => {
    const timeline = createTimeline([
      at(100, { groups: [group('sg-0a', { 'sgr-0a': 22, 'sgr-0b': 80 })] }),
      at(200, { groups: [group('sg-0a', { 'sgr-0a': 22 })] }),
      at(300, { groups: [group('sg-0a', { 'sgr-0a': 22, 'sgr-0b': 80 })] }),
    ]);
    expect(timeline.ruleVersions().map(({ id, from, to }) => [id, from, to])).toEqual([
      ['sgr-0a', null, null],
      ['sgr-0b', null, 200],
      ['sgr-0b', 300, null],
    ]);
  });

  it('ends with its group', () => {
    const timeline = createTimeline([
      at(100, { groups: [group('sg-0a', { 'sgr-0a': 22 }), group('sg-0b', {})] }),
      at(200, { groups: [group('sg-0b', {})] }),
    ]);
    expect(timeline.ruleVersions()).toMatchObject([{ id: 'sgr-0a', from: null, to: 200 }]);
    expect(timeline.groupAt('sg-0a', 999)?.rules).toHaveLength(1);
    expect(timeline.snapshotAt(200).groups.map(({ id }) => id)).toEqual(['sg-0b']);
  });
});

describe('at any time', () => {
  const id = fc.integer({ min: 0, max: 3 });
  const snapshots = fc.uniqueArray(
    fc.record({
      seconds: fc.integer({ min: 1, max: 20 }),
      interfaces: fc.uniqueArray(fc.tuple(id, id), { selector: ([n]) => n }),
      groups: fc.uniqueArray(fc.tuple(id, fc.dictionary(fc.constantFrom('sgr-0', 'sgr-1'), id)), {
        selector: ([n]) => n,
      }),
    }),
    { selector: ({ seconds }) => seconds, minLength: 1, maxLength: 6 },
  );
  const build = (
    plan: readonly { seconds: number; interfaces: [number, number][]; groups: [number, Record<string, number>][] }[],
  ) =>
    plan.map(({ seconds, interfaces, groups }) =>
      at(seconds, {
        interfaces: interfaces.map(([n, g]) => networkInterface(`eni-${n}`, { groupIds: [`sg-${g}`] })),
        groups: groups.map(([n, ports]) => group(`sg-${n}`, ports)),
      }),
    );

  it('the order of snapshots does not matter, not even within a second', () => {
    const withTwins = snapshots.chain((plan) =>
      fc.tuple(
        fc.constant(plan),
        fc.shuffledSubarray(
          [...plan, ...plan].map((_, n) => n),
          { minLength: plan.length * 2 },
        ),
      ),
    );
    fc.assert(
      fc.property(withTwins, ([plan, order]) => {
        const twins = plan.map((one) => ({
          ...one,
          groups: one.groups.map(([n, ports]) => [n, { ...ports, 'sgr-1': 9 }] as [number, Record<string, number>]),
        }));
        const all = build([...plan, ...twins]);
        const straight = createTimeline(all);
        const mixed = createTimeline(order.map((n) => all[n] as InventorySnapshot));
        expect(mixed.ruleVersions()).toEqual(straight.ruleVersions());
        for (const epoch of straight.epochs) expect(mixed.snapshotAt(epoch)).toEqual(straight.snapshotAt(epoch));
      }),
    );
  });

  it('look-ups equal a scan of all snapshots', () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 0, max: 21 }), id, (plan, seconds, n) => {
        const all = build(plan);
        const timeline = createTimeline(all);
        const holding = [...all]
          .sort((a, b) => Date.parse(a.capturedAt) - Date.parse(b.capturedAt))
          .filter((snapshot) => snapshot.interfaces.some((one) => one.id === `eni-${n}`));
        const chosen = holding.findLast((snapshot) => Date.parse(snapshot.capturedAt) <= seconds * 1000) ?? holding[0];
        expect(timeline.interfaceAt(`eni-${n}`, seconds)).toEqual(
          chosen?.interfaces.find((one) => one.id === `eni-${n}`),
        );
      }),
    );
  });

  it('the versions of interfaces and rules say the same as the look-ups', () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 0, max: 21 }), (plan, seconds) => {
        const timeline = createTimeline(build(plan));
        const inForce = <T>(versions: readonly { from: number | null; to: number | null; value: T }[]) =>
          versions.filter(({ from, to }) => (from ?? -1) <= seconds && seconds < (to ?? 1e9)).map(({ value }) => value);
        const versions = timeline.interfaceVersions();
        const ids = [...new Set(versions.map((version) => version.id))];
        expect(inForce(versions)).toEqual(ids.map((one) => timeline.interfaceAt(one, seconds)));
        const existing = timeline.snapshotAt(seconds).groups.flatMap(({ rules }) => rules);
        const rules = inForce(timeline.ruleVersions());
        for (const rule of existing) expect(rules).toContainEqual(rule);
      }),
    );
  });

  it('what the snapshot in force holds is there, and nothing that its neighbours lack too', () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 0, max: 21 }), (plan, seconds) => {
        const all = build(plan).sort((a, b) => Date.parse(a.capturedAt) - Date.parse(b.capturedAt));
        const timeline = createTimeline(all);
        const epoch = timeline.epochAt(seconds);
        const ids = timeline.snapshotAt(seconds).interfaces.map((one) => one.id);
        expect(ids).toEqual(expect.arrayContaining((all[epoch]?.interfaces ?? []).map((one) => one.id)));
        const covering = all.filter((snapshot) => snapshot.interfaces.length > 0);
        if (covering.length === all.length) {
          const seen = new Set(all.slice(0, epoch + 2).flatMap(({ interfaces }) => interfaces.map((one) => one.id)));
          for (const one of ids) expect(seen.has(one)).toBe(true);
        }
      }),
    );
  });
});
