import { describe, expect, it } from 'vitest';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import type { Conversation } from '../conversation/model.ts';
import { createTimeline } from '../inventory/timeline.ts';
import { Attributor } from './attribute.ts';

const DAY1 = '2024-01-01T00:00:00Z';
const DAY2 = '2024-01-02T00:00:00Z';
const DAY3 = '2024-01-03T00:00:00Z';
const DAY4 = '2024-01-04T00:00:00Z';

const account = (rules: readonly string[], groups: readonly string[] = ['sg-a']): ExampleAccount => ({
  groups: { 'sg-a': rules },
  interfaces: { 'eni-1': { groups, addresses: ['10.0.0.1'] } },
});

const conversation = (some: Partial<Conversation> = {}): Conversation => ({
  interfaceId: 'eni-1',
  vpcId: 'vpc-1',
  epoch: 0,
  initiator: 'remote',
  method: 'tcp-flags',
  protocol: 6,
  servicePort: 443,
  localPort: null,
  peerPort: null,
  peerAddress: '192.0.2.1',
  action: 'ACCEPT',
  groupIds: ['sg-a'],
  hour: 0,
  flows: 2,
  packets: 2,
  bytes: 2,
  connections: 1,
  firstSeen: 0,
  lastSeen: 1,
  ...some,
});

/** Captures before and after, the same. */
const steady = (state: ExampleAccount) => createTimeline([inventoryOf(state, DAY1), inventoryOf(state, DAY4)]);

/** Versions that admit, by what they said; possible ones with a question mark. */
function admitted(attributor: Attributor, some: Partial<Conversation> = {}): string[] {
  const { attribution, status } = attributor.attribute(conversation(some));
  const text = (index: number) => attributor.versions[index]?.value.description ?? '';
  const all = [...attribution.certain.map(text), ...attribution.possible.map((index) => `${text(index)} ?`)];
  return status === 'explained' ? all : [status, ...all];
}

const WIDE = 'inbound tcp 443 from 0.0.0.0/0';
const NARROW = 'inbound tcp 443 from 10.0.0.0/8';

describe('Attributor', () => {
  it('credits every rule that admits, in no order', () => {
    const attributor = new Attributor(steady(account([WIDE, 'inbound all from 192.0.2.0/24', NARROW])));
    expect(admitted(attributor)).toEqual([WIDE, 'inbound all from 192.0.2.0/24']);
  });

  it('credits the version in force when the connection began: the id stays, the meaning changes', () => {
    const timeline = createTimeline([
      inventoryOf(account([WIDE]), DAY1),
      inventoryOf(account([WIDE]), DAY2),
      inventoryOf(account([NARROW]), DAY3),
      inventoryOf(account([NARROW]), DAY4),
    ]);
    const attributor = new Attributor(timeline);
    expect(attributor.versions.map(({ id }) => id)).toEqual(['sgr-a-1', 'sgr-a-1']);
    expect(admitted(attributor, { epoch: 0 })).toEqual([WIDE]);
    expect(admitted(attributor, { epoch: 1 })).toEqual([WIDE]);
    expect(admitted(attributor, { epoch: 1, peerAddress: '10.0.0.9' })).toEqual([WIDE]);
    expect(admitted(attributor, { epoch: 2, peerAddress: '10.0.0.9' })).toEqual([NARROW]);
  });

  it('does not count a rule twice that admits by its next version as well', () => {
    const timeline = createTimeline([inventoryOf(account([WIDE]), DAY1), inventoryOf(account([NARROW]), DAY2)]);
    expect(admitted(new Attributor(timeline), { epoch: 0, peerAddress: '10.0.0.9' })).toEqual([WIDE]);
  });

  it('credits a connection that outlived its rule to what it was, as possible', () => {
    const timeline = createTimeline([inventoryOf(account([WIDE]), DAY1), inventoryOf(account([NARROW]), DAY2)]);
    expect(admitted(new Attributor(timeline), { epoch: 1 })).toEqual([`${WIDE} ?`]);
  });

  it('allows for a change between two captures: what admits it later may have admitted it already', () => {
    const timeline = createTimeline([inventoryOf(account([NARROW]), DAY1), inventoryOf(account([NARROW, WIDE]), DAY2)]);
    const attributor = new Attributor(timeline);
    expect(admitted(attributor, { epoch: 0 })).toEqual([WIDE]);
    expect(admitted(attributor, { epoch: 0, peerAddress: '10.0.0.9' })).toEqual([NARROW, `${WIDE} ?`]);
  });

  it('allows for a group that the interface got between two captures', () => {
    const timeline = createTimeline([inventoryOf(account([WIDE], []), DAY1), inventoryOf(account([WIDE]), DAY2)]);
    expect(admitted(new Attributor(timeline), { epoch: 0, groupIds: [] })).toEqual([WIDE]);
  });

  it('allows for a beginning before the window, where no flags show the beginning', () => {
    const other = 'inbound tcp 440-450 from 192.0.2.0/24';
    const timeline = createTimeline([
      inventoryOf(account([WIDE]), DAY1),
      inventoryOf(account([NARROW, other]), DAY2),
      inventoryOf(account([NARROW, other]), DAY3),
    ]);
    const attributor = new Attributor(timeline, { windowGap: 1 });
    expect(admitted(attributor, { epoch: 1 })).toEqual([other]);
    expect(admitted(attributor, { epoch: 1, method: 'ports' })).toEqual([other, `${WIDE} ?`]);
    expect(admitted(attributor, { epoch: 2, method: 'ports' })).toEqual([other]);
  });

  it('knows whose an address was before it was used again', () => {
    const reused = (id: string, group: string): ExampleAccount => ({
      groups: { 'sg-a': ['inbound tcp 443 from sg-old', 'inbound tcp 443 from sg-new'], 'sg-old': [], 'sg-new': [] },
      interfaces: { 'eni-1': { groups: ['sg-a'] }, [id]: { groups: [group], addresses: ['10.0.0.9'] } },
    });
    const timeline = createTimeline([
      inventoryOf(reused('eni-old', 'sg-old'), DAY1),
      inventoryOf(reused('eni-new', 'sg-new'), DAY2),
    ]);
    const attributor = new Attributor(timeline);
    const from = (epoch: number) => admitted(attributor, { epoch, peerAddress: '10.0.0.9' });
    expect(from(0)).toEqual(['inbound tcp 443 from sg-old ?', 'inbound tcp 443 from sg-new ?']);
  });

  it('credits both ways as possible where the initiator is unknown, the other way where it is open', () => {
    const attributor = new Attributor(steady(account([WIDE, 'outbound tcp 5432 to 0.0.0.0/0'])));
    const ports = { servicePort: null, localPort: 443, peerPort: 5432 };
    expect(admitted(attributor, { initiator: 'unknown', method: 'none', ...ports })).toEqual([
      `${WIDE} ?`,
      'outbound tcp 5432 to 0.0.0.0/0 ?',
    ]);
    expect(admitted(attributor, { method: 'ports', ...ports, servicePort: 443 })).toEqual([
      WIDE,
      'outbound tcp 5432 to 0.0.0.0/0 ?',
    ]);
  });

  it('tells what nothing explains from what needs no rule and from what it does not know', () => {
    const attributor = new Attributor(createTimeline([inventoryOf(account([WIDE], []))]));
    expect(admitted(attributor, { groupIds: [] })).toEqual(['no-groups']);
    expect(admitted(new Attributor(steady(account([WIDE]))), { servicePort: 22 })).toEqual(['unexplained']);
    expect(admitted(attributor, { interfaceId: 'eni-9', groupIds: [] })).toEqual(['unknown-interface']);
    const { elsewhere } = attributor.attribute(conversation({ interfaceId: 'eni-9', groupIds: [] }));
    expect(elsewhere).toMatchObject([{ certain: [0] }]);
  });
});

describe('admitsEitherWay', () => {
  const connection = {
    interfaceId: 'eni-1',
    vpcId: 'vpc-1',
    epoch: 0,
    protocol: 6,
    localPort: 443,
    peerPort: 50000,
    peerAddress: '192.0.2.1',
  };

  it('asks the local port inbound and the peer port outbound', () => {
    const attributor = new Attributor(steady(account([WIDE, 'outbound tcp 443 to 0.0.0.0/0'])));
    expect(attributor.admitsEitherWay(connection)).toEqual({ inbound: 'certain', outbound: 'none' });
  });

  it('says nothing outside the captures, nor of interfaces that only one side shows', () => {
    const attributor = new Attributor(steady(account([WIDE])));
    expect([-1, 1].map((epoch) => attributor.admitsEitherWay({ ...connection, epoch }))).toEqual([null, null]);
    const later = createTimeline([
      inventoryOf({ ...account([WIDE]), interfaces: { 'eni-0': { groups: [] } } }, DAY1),
      inventoryOf(account([WIDE]), DAY2),
    ]);
    expect(new Attributor(later).admitsEitherWay(connection)).toBeNull();
  });

  it('does not say "none" where a neighbouring capture admits it, since elimination would be wrong then', () => {
    const timeline = createTimeline([inventoryOf(account([NARROW]), DAY1), inventoryOf(account([WIDE]), DAY2)]);
    expect(new Attributor(timeline).admitsEitherWay(connection)?.inbound).toBe('possible');
  });
});
