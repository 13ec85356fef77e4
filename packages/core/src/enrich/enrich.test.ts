import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../flow/fields.ts';
import { DEFAULT_LAYOUT, parseFormat } from '../flow/format.ts';
import { createLineParser } from '../flow/parse.ts';
import type { FlowRecord } from '../flow/record.ts';
import type { Instance, NetworkInterface } from '../inventory/model.ts';
import { ADDED_FIELDS, addedFieldOf, type Direction } from './added.ts';
import { resolveDirection } from './direction.ts';
import { resolveEnds } from './ends.ts';
import { type EnrichmentSources, enrich } from './enrich.ts';
import { initiatorOfRecord } from './initiator.ts';
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

const parse = (line: string, layout = DEFAULT_LAYOUT): FlowRecord => {
  const parsed = createLineParser(layout).parse(line);
  if ('record' in parsed) return parsed.record;
  throw new Error(JSON.stringify(parsed));
};

/** A record of two ends, by address and, where given, by packet address. */
const between = (srcaddr: string, dstaddr: string, packet: FlowRecord = {}): FlowRecord =>
  ({ srcaddr, dstaddr, srcport: 40_000, dstport: 443, ...packet }) as FlowRecord;

describe('direction', () => {
  it('is what flow-direction says, even against the addresses', () => {
    const outward = between('10.0.0.10', '198.51.100.7');
    expect(resolveDirection({ ...outward, 'flow-direction': 'ingress' }, WEB)).toBe('inbound');
    expect(resolveDirection({ ...outward, 'flow-direction': 'egress' }, undefined)).toBe('outbound');
    expect(resolveDirection({ ...outward, 'flow-direction': null }, WEB)).toBe('outbound');
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
    expect(resolveDirection(between(own, peer), WEB)).toBe('outbound');
    expect(resolveDirection(between(peer, own), WEB)).toBe('inbound');
  });

  it.each([
    ['without inventory', between('10.0.0.10', '198.51.100.7'), undefined],
    ['of the interface with itself', between('10.0.0.10', '10.0.0.11'), WEB],
    ['beside the interface', between('198.51.100.7', '198.51.100.8'), WEB],
    ['just outside the delegated prefix', between('10.0.9.16', '198.51.100.8'), WEB],
    ['by public address', between('203.0.113.10', '198.51.100.8'), WEB],
    ['without addresses', { srcaddr: null, dstaddr: null } as FlowRecord, WEB],
    ['without any field', {} as FlowRecord, WEB],
  ])('is unknown %s', (_, record, networkInterface) => {
    expect(resolveDirection(record, networkInterface)).toBeNull();
  });

  // The four records of one connection at a zonal NAT gateway, from the VPC User Guide, gateway 10.0.0.10 here.
  it.each([
    ['inbound', '10.0.1.5', '10.0.0.10', '10.0.1.5', '203.0.113.5'],
    ['outbound', '10.0.0.10', '203.0.113.5', '10.0.0.10', '203.0.113.5'],
    ['inbound', '203.0.113.5', '10.0.0.10', '203.0.113.5', '10.0.0.10'],
    ['outbound', '10.0.0.10', '10.0.1.5', '203.0.113.5', '10.0.1.5'],
  ])('at a NAT gateway is %s for %s to %s carrying %s to %s', (direction, srcaddr, dstaddr, pktSrc, pktDst) => {
    const record = between(srcaddr, dstaddr, { 'pkt-srcaddr': pktSrc, 'pkt-dstaddr': pktDst });
    expect(resolveDirection(record, WEB)).toBe(direction);
  });

  it('turns round when the record does', () => {
    const address = fc.oneof(fc.constantFrom(...WEB.addresses, '10.0.9.3'), fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, address, (a, b) => {
        const there = resolveDirection(between(a, b), WEB);
        const back = resolveDirection(between(b, a), WEB);
        expect(back).toBe(there === null ? null : there === 'inbound' ? 'outbound' : 'inbound');
      }),
    );
  });
});

describe('ends', () => {
  const packet: FlowRecord = { 'pkt-srcaddr': '192.0.2.1', 'pkt-dstaddr': '192.0.2.2' };
  const record = between('10.0.0.1', '10.0.0.2', packet);

  it('are packet addresses first, local side by direction', () => {
    expect(resolveEnds(record, 'inbound')).toEqual({
      localAddress: '192.0.2.2',
      peerAddress: '192.0.2.1',
      localPort: 443,
      peerPort: 40_000,
    });
    expect(resolveEnds(record, 'outbound')).toEqual({
      localAddress: '192.0.2.1',
      peerAddress: '192.0.2.2',
      localPort: 40_000,
      peerPort: 443,
    });
  });

  it('fall back to the other addresses', () => {
    const plain = between('10.0.0.1', '10.0.0.2', { 'pkt-srcaddr': null });
    expect(resolveEnds(plain, 'inbound')).toMatchObject({ localAddress: '10.0.0.2', peerAddress: '10.0.0.1' });
  });

  it('are unknown without direction, and where the record lacks them', () => {
    const unknown = { localAddress: null, peerAddress: null, localPort: null, peerPort: null };
    expect(resolveEnds(record, null)).toEqual(unknown);
    expect(resolveEnds({}, 'inbound')).toEqual(unknown);
  });
});

describe('initiator of one record', () => {
  const initiatorOf = (direction: Direction | null, values: FlowRecord) => {
    const record = between('192.0.2.1', '192.0.2.2', { protocol: 6, ...values });
    return initiatorOfRecord(record, direction, resolveEnds(record, direction));
  };

  it.each([
    ['an inbound SYN', 'inbound', { 'tcp-flags': 3 }, 'remote', 'tcp-flags', 443],
    ['an outbound SYN', 'outbound', { 'tcp-flags': 2 }, 'local', 'tcp-flags', 443],
    ['an inbound SYN-ACK', 'inbound', { 'tcp-flags': 19 }, 'local', 'tcp-flags', 40_000],
    ['an outbound SYN-ACK', 'outbound', { 'tcp-flags': 18 }, 'remote', 'tcp-flags', 40_000],
    ['ports, without flags', 'inbound', { 'tcp-flags': 0 }, 'remote', 'ports', 443],
    ['ports of UDP', 'outbound', { protocol: 17, srcport: 53 }, 'unknown', 'none', null],
    ['no ports at all', 'inbound', { protocol: 1, srcport: 0, dstport: 0 }, 'unknown', 'none', null],
    ['an unknown direction', null, { 'tcp-flags': 2 }, 'unknown', 'none', null],
    ['no traffic', 'inbound', { protocol: null }, null, null, null],
  ] as const)('goes by %s', (_, direction, values, initiator, method, servicePort) => {
    expect(initiatorOf(direction, values)).toEqual({ initiator, method, servicePort });
  });
});

describe('enrich', () => {
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
  const sources: EnrichmentSources = {
    interfaceAt: (id) => (id === WEB.id ? WEB : undefined),
    instanceAt: (id) => (id === INSTANCE.id ? INSTANCE : undefined),
    locate: (address) => {
      asked.push(address);
      return address === PUBLIC ? PLACE : null;
    },
  };
  const line = (src: string, dst: string, id: string = WEB.id) =>
    `2 123456789012 ${id} ${src} ${dst} 40000 443 6 20 4249 1418530010 1418530070 ACCEPT OK`;

  it('adds what inventory and geography know', () => {
    const flow = enrich(parse(line(PUBLIC, '10.0.0.10')), sources);
    expect(flow).toEqual({
      ...parse(line(PUBLIC, '10.0.0.10')),
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
      'destination-country-code': null,
      'destination-country-name': null,
      'destination-region-code': null,
      'destination-region-name': null,
      'destination-city': null,
      'destination-location': null,
    });
  });

  it('has every field of the table and no other', () => {
    const names = [...FIELDS.filter((field) => field.version === 2), ...ADDED_FIELDS].map((field) => field.name);
    expect(Object.keys(enrich(parse(line('192.0.2.1', '10.0.0.10')), sources)).sort()).toEqual(names.sort());
  });

  it('does not ask where special-purpose addresses are', () => {
    asked.length = 0;
    enrich(parse(line('192.168.1.1', '10.0.0.10')), sources);
    enrich(parse(line('2001:db8::1', 'fe80::1')), sources);
    expect(asked).toEqual([]);
  });

  it('locates the packet addresses', () => {
    const record = between('10.0.0.10', '10.0.0.5', { 'pkt-dstaddr': PUBLIC });
    expect(enrich(record, sources)).toMatchObject({ 'destination-city': 'Amsterdam', 'source-city': null });
  });

  it('has no point without both coordinates', () => {
    const flow = enrich(between(PUBLIC, '10.0.0.10'), {
      ...sources,
      locate: () => ({ ...PLACE, longitude: null }),
    });
    expect(flow).toMatchObject({ 'source-country-code': 'NL', 'source-location': null });
  });

  it('knows nothing of an unknown interface, and keeps the record', () => {
    const flow = enrich(parse(line(PUBLIC, '10.0.0.10', 'eni-other')), sources);
    expect(flow).toMatchObject({ direction: null, 'security-group-ids': null, 'interface-kind': null, bytes: 4249 });
  });

  it('tells an interface without groups from an unknown one', () => {
    const ungrouped = { ...WEB, groupIds: [] };
    const flow = enrich(between('192.0.2.1', '10.0.0.10', { 'interface-id': WEB.id }), {
      ...sources,
      interfaceAt: () => ungrouped,
    });
    expect(flow['security-group-ids']).toEqual([]);
  });

  it("asks for the state at the record's start", () => {
    const times: number[] = [];
    const interfaceAt = (_: string, seconds: number) => {
      times.push(seconds);
      return undefined;
    };
    enrich(parse(line('192.0.2.1', '10.0.0.10')), { ...sources, interfaceAt });
    expect(times).toEqual([1_418_530_010]);
  });

  it('matches a record without time only with an interface that never changed', () => {
    const record = parse(`${WEB.id} 192.0.2.1 10.0.0.10`, parseFormat('interface-id srcaddr dstaddr'));
    expect(enrich(record, sources)).toMatchObject({ direction: 'inbound', 'security-group-ids': ['sg-1', 'sg-2'] });
    const later = { ...WEB, groupIds: ['sg-3'] };
    const interfaceAt = (_: string, seconds: number) => (seconds < 1_500_000_000 ? WEB : later);
    expect(enrich(record, { ...sources, interfaceAt })).toMatchObject({ direction: null, 'security-group-ids': null });
  });

  it('gives the added fields their own meaning where a record has the names already', () => {
    const record = between('192.0.2.1', '10.0.0.10', { 'interface-id': WEB.id, 'security-group-ids': 'sg-old' });
    expect(enrich(record, sources)['security-group-ids']).toEqual(['sg-1', 'sg-2']);
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
