import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Document, documentOf } from '../../test/documents.ts';
import { DEFAULT_FIELDS, FIELDS } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/record.ts';
import type { Instance, NetworkInterface } from '../inventory/model.ts';
import { ADDED_FIELDS, addedFieldOf } from './added.ts';
import type { BatchSources } from './batch.ts';
import type { Location } from './location.ts';

const WEB: NetworkInterface = {
  id: 'eni-0000000000000web1',
  name: 'web',
  tags: { Name: 'web' },
  accountId: '123456789012',
  region: 'eu-west-1',
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  description: '',
  type: 'interface',
  instanceId: 'i-1',
  requesterId: null,
  requesterManaged: false,
  status: 'in-use',
  groupIds: ['sg-1', 'sg-2'],
  addresses: ['10.0.0.10', '10.0.0.11', '2001:db8::10'],
  prefixes: ['10.0.9.0/28', '2001:db8:9::/80'],
  publicAddresses: ['203.0.113.10'],
  connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
};

/** An address that is somewhere as far as the registries say, and nobody's. */
const PUBLIC = '192.0.1.1';

const INSTANCE: Instance = {
  id: 'i-1',
  name: 'web server',
  tags: {},
  accountId: '123456789012',
  instanceType: 'm7g.large',
  vpcId: 'vpc-1',
  state: 'running',
  launchTime: null,
};

/** A record of two ends, by address and, where given, by packet address. */
const between = (srcaddr: string | null, dstaddr: string | null, more: FlowRecord = {}): FlowRecord =>
  ({ 'interface-id': WEB.id, srcaddr, dstaddr, srcport: 40_000, dstport: 443, protocol: 6, ...more }) as FlowRecord;

const sourcesOf = (...states: readonly NetworkInterface[]): BatchSources => ({
  statesOf: (id) => states.filter((state) => state.id === id).map((value) => ({ from: null, value })),
  locate: () => null,
});

const directionOf = (record: FlowRecord, networkInterface?: NetworkInterface): unknown =>
  documentOf(record, sourcesOf(...(networkInterface ? [networkInterface] : [])))['direction'];

describe('direction', () => {
  it('is what flow-direction says, even against the addresses', () => {
    const outward = (stated: string | null) => between('10.0.0.10', '198.51.100.7', { 'flow-direction': stated });
    expect(directionOf(outward('ingress'), WEB)).toBe('inbound');
    expect(directionOf(outward('egress'))).toBe('outbound');
    expect(directionOf(outward(null), WEB)).toBe('outbound');
  });

  it.each([
    ['primary', '10.0.0.10'],
    ['secondary', '10.0.0.11'],
    ['IPv6', '2001:db8::10'],
    ['IPv6 in another spelling', '2001:0DB8:0:0::0010'],
    ['delegated IPv4', '10.0.9.15'],
    ['delegated IPv6', '2001:db8:9::ffff'],
  ])('is told by the %s address', (_, own) => {
    const peer = own.includes(':') ? '2001:db8:ffff::1' : '198.51.100.7';
    expect(directionOf(between(own, peer), WEB)).toBe('outbound');
    expect(directionOf(between(peer, own), WEB)).toBe('inbound');
  });

  it.each([
    ['without inventory', between('10.0.0.10', '198.51.100.7'), undefined],
    ['of the interface with itself', between('10.0.0.10', '10.0.0.11'), WEB],
    ['beside the interface', between('198.51.100.7', '198.51.100.8'), WEB],
    ['just outside the delegated prefix', between('10.0.9.16', '198.51.100.8'), WEB],
    ['by public address', between('203.0.113.10', '198.51.100.8'), WEB],
    ['without addresses', between(null, null), WEB],
    ['without the fields', { 'interface-id': WEB.id } as FlowRecord, WEB],
  ])('is unknown %s', (_, record, networkInterface) => {
    expect(directionOf(record, networkInterface)).toBeUndefined();
  });

  // The four records of one connection at a zonal NAT gateway, from the VPC User Guide, gateway 10.0.0.10 here.
  it.each([
    ['inbound', '10.0.1.5', '10.0.0.10', '10.0.1.5', '203.0.113.5'],
    ['outbound', '10.0.0.10', '203.0.113.5', '10.0.0.10', '203.0.113.5'],
    ['inbound', '203.0.113.5', '10.0.0.10', '203.0.113.5', '10.0.0.10'],
    ['outbound', '10.0.0.10', '10.0.1.5', '203.0.113.5', '10.0.1.5'],
  ])('at a NAT gateway is %s for %s to %s carrying %s to %s', (direction, srcaddr, dstaddr, pktSrc, pktDst) => {
    const record = between(srcaddr, dstaddr, { 'pkt-srcaddr': pktSrc, 'pkt-dstaddr': pktDst });
    expect(directionOf(record, WEB)).toBe(direction);
  });

  it('turns round when the record does', () => {
    const address = fc.oneof(fc.constantFrom(...WEB.addresses, '10.0.9.3'), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, address, (a, b) => {
        const there = directionOf(between(a, b), WEB);
        const back = directionOf(between(b, a), WEB);
        expect(back).toBe(there === undefined ? undefined : there === 'inbound' ? 'outbound' : 'inbound');
      }),
    );
  });
});

describe('ends', () => {
  const packet: FlowRecord = { 'pkt-srcaddr': '192.0.2.1', 'pkt-dstaddr': '192.0.2.2' };
  const endsOf = (record: FlowRecord): Document => documentOf(record, sourcesOf());

  it('are packet addresses first, local side by direction', () => {
    const record = (stated: string) => between('10.0.0.1', '10.0.0.2', { ...packet, 'flow-direction': stated });
    expect(endsOf(record('ingress'))).toMatchObject({ 'local-address': '192.0.2.2', 'peer-address': '192.0.2.1' });
    expect(endsOf(record('egress'))).toMatchObject({ 'local-address': '192.0.2.1', 'peer-address': '192.0.2.2' });
  });

  it('fall back to the other addresses', () => {
    const plain = between('10.0.0.1', '10.0.0.2', { 'pkt-srcaddr': null, 'flow-direction': 'ingress' });
    expect(endsOf(plain)).toMatchObject({ 'local-address': '10.0.0.2', 'peer-address': '10.0.0.1' });
  });

  it.each([
    ['without direction', between('10.0.0.1', '10.0.0.2', packet)],
    ['where the record lacks them', { 'flow-direction': 'ingress' } as FlowRecord],
  ])('are unknown %s', (_, record) => {
    expect(Object.keys(endsOf(record))).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(local|peer)-/)]));
  });
});

describe('initiator of one record', () => {
  it.each([
    ['an inbound SYN', 'ingress', { 'tcp-flags': 3 }, 'remote', 'tcp-flags', 443],
    ['an outbound SYN', 'egress', { 'tcp-flags': 2 }, 'local', 'tcp-flags', 443],
    ['an inbound SYN-ACK', 'ingress', { 'tcp-flags': 19 }, 'local', 'tcp-flags', 40_000],
    ['an outbound SYN-ACK', 'egress', { 'tcp-flags': 18 }, 'remote', 'tcp-flags', 40_000],
    ['ports, without flags', 'ingress', { 'tcp-flags': 0 }, 'remote', 'ports', 443],
    ['ports of UDP', 'egress', { protocol: 17, srcport: 53 }, 'unknown', 'none', undefined],
    ['no ports at all', 'ingress', { protocol: 1, srcport: 0, dstport: 0 }, 'unknown', 'none', undefined],
    ['an unknown direction', null, { 'tcp-flags': 2 }, 'unknown', 'none', undefined],
    ['no traffic', 'ingress', { protocol: null }, undefined, undefined, undefined],
  ] as const)('goes by %s', (_, stated, values, initiator, method, servicePort) => {
    const record = between('192.0.2.1', '192.0.2.2', { 'flow-direction': stated, ...values });
    const document = documentOf(record, sourcesOf());
    expect(document['initiator']).toBe(initiator);
    expect(document['initiator-method']).toBe(method);
    expect(document['service-port']).toBe(servicePort);
  });
});

describe('enrichment', () => {
  const PLACE: Location = {
    countryCode: 'NL',
    countryName: 'Netherlands',
    regionCode: 'NL-NH',
    regionName: 'North Holland',
    city: 'Amsterdam',
    latitude: 52.37,
    longitude: 4.89,
  };
  const asked: string[] = [];
  const sources: BatchSources = {
    ...sourcesOf(WEB),
    instanceStatesOf: (id) => (id === INSTANCE.id ? [{ from: null, value: INSTANCE }] : []),
    locate: (address) => {
      asked.push(address);
      return address === PUBLIC ? PLACE : null;
    },
  };
  const full = (srcaddr: string, dstaddr: string, id: string = WEB.id): FlowRecord => ({
    version: 2,
    'account-id': '123456789012',
    'interface-id': id,
    srcaddr,
    dstaddr,
    srcport: 40_000,
    dstport: 443,
    protocol: 6,
    packets: 20,
    bytes: 4249,
    start: 1_418_530_010,
    end: 1_418_530_070,
    action: 'ACCEPT',
    'log-status': 'OK',
  });

  it('adds what inventory and geography know', () => {
    expect(documentOf(full(PUBLIC, '10.0.0.10'), sources)).toEqual({
      '@timestamp': '2014-12-14T04:06:50.000Z',
      ...full(PUBLIC, '10.0.0.10'),
      direction: 'inbound',
      'local-address': '10.0.0.10',
      'peer-address': PUBLIC,
      'security-group-ids': ['sg-1', 'sg-2'],
      'service-port': 443,
      initiator: 'remote',
      'initiator-method': 'ports',
      'interface-name': 'web',
      'interface-kind': 'interface',
      'interface-vpc-id': 'vpc-1',
      'attached-instance-id': 'i-1',
      'attached-instance-name': 'web server',
      'source-country-code': 'NL',
      'source-country-name': 'Netherlands',
      'source-region-code': 'NL-NH',
      'source-region-name': 'North Holland',
      'source-city': 'Amsterdam',
      'source-location': { lat: 52.37, lon: 4.89 },
    });
  });

  it('has every field of the table where all is known, in its order', () => {
    const record = { ...full(PUBLIC, PUBLIC), 'flow-direction': 'ingress' };
    const names = ['@timestamp', ...DEFAULT_FIELDS, 'flow-direction', ...ADDED_FIELDS.map((field) => field.name)];
    expect(Object.keys(documentOf(record, sources))).toEqual(names);
  });

  it('does not ask where special-purpose addresses are', () => {
    asked.length = 0;
    documentOf(full('192.168.1.1', '10.0.0.10'), sources);
    documentOf(full('2001:db8::1', 'fe80::1'), sources);
    expect(asked).toEqual([]);
  });

  it('locates the packet addresses', () => {
    const document = documentOf(between('10.0.0.10', '10.0.0.5', { 'pkt-dstaddr': PUBLIC }), sources);
    expect(document).toMatchObject({ 'destination-city': 'Amsterdam' });
    expect(document).not.toHaveProperty('source-city');
  });

  it('has no point without both coordinates', () => {
    const document = documentOf(between(PUBLIC, '10.0.0.10'), {
      ...sources,
      locate: () => ({ ...PLACE, longitude: null }),
    });
    expect(document).toMatchObject({ 'source-country-code': 'NL' });
    expect(document).not.toHaveProperty('source-location');
  });

  it('knows nothing of an unknown interface, and keeps the record', () => {
    const document = documentOf(full(PUBLIC, '10.0.0.10', 'eni-other'), sources);
    expect(document).toMatchObject({ bytes: 4249, 'source-city': 'Amsterdam' });
    for (const name of ['direction', 'security-group-ids', 'interface-kind']) expect(document).not.toHaveProperty(name);
  });

  it('tells an interface without groups from an unknown one', () => {
    const document = documentOf(between('192.0.2.1', '10.0.0.10'), sourcesOf({ ...WEB, groupIds: [] }));
    expect(document['security-group-ids']).toEqual([]);
  });

  it("takes the state at the record's start, and without time only that of what never changed", () => {
    const changed: BatchSources = {
      ...sources,
      statesOf: () => [
        { from: null, value: WEB },
        { from: 1_500_000_000, value: { ...WEB, groupIds: ['sg-3'] } },
      ],
    };
    const groupsAt = (start: number | null, from: BatchSources) =>
      documentOf(between('192.0.2.1', '10.0.0.10', { start }), from)['security-group-ids'];
    expect(groupsAt(1_499_999_999, changed)).toEqual(['sg-1', 'sg-2']);
    expect(groupsAt(1_500_000_000, changed)).toEqual(['sg-3']);
    expect(groupsAt(null, changed)).toBeUndefined();
    expect(groupsAt(null, sources)).toEqual(['sg-1', 'sg-2']);
  });

  it('gives the added fields their own meaning where a record has the names already', () => {
    const record = between('192.0.2.1', '10.0.0.10', { 'security-group-ids': 'sg-old' });
    expect(documentOf(record, sources)['security-group-ids']).toEqual(['sg-1', 'sg-2']);
  });
});

describe('the table of added fields', () => {
  it('shares no name with the fields of AWS and names each once', () => {
    const names = [...FIELDS, ...ADDED_FIELDS].map((field) => field.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('finds its rows', () => {
    for (const field of ADDED_FIELDS) expect(addedFieldOf(field.name)).toBe(field);
    expect(addedFieldOf('srcaddr')).toBeUndefined();
  });
});
