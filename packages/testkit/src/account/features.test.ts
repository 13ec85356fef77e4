import { describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import { type AccountOptions, type Features, resolveOptions } from './options.ts';
import { parsedRecords, smallAccount } from './testing.ts';

const NAMES = Object.keys(resolveOptions().features) as (keyof Features)[];

/** What nobody may find in an account without the feature. */
const TRACES: Partial<Record<keyof Features, (account: ReturnType<typeof written>) => boolean>> = {
  ipv6: ({ lines, inventory }) => lines.some((line) => line.includes(':')) || inventory.includes('2001:db8'),
  nat: ({ inventory }) => inventory.includes('nat_gateway'),
  overlappingVpcs: ({ inventory }) => inventory.includes('overlap'),
  peering: ({ inventory }) => inventory.includes('pcx-'),
  managedInterfaces: ({ inventory }) => inventory.includes('"lambda"'),
  secondaryAddresses: ({ account }) =>
    account.snapshots.some(({ interfaces }) => interfaces.some(({ prefixes }) => prefixes.length > 0)),
  prefixLists: ({ inventory }) => inventory.includes('pl-'),
  icmp: ({ records }) => records.some(({ protocol }) => protocol === 1 || protocol === 58),
  udp: ({ services }) => services.has('resolver'),
  otherProtocols: ({ records }) => records.some(({ protocol }) => protocol === 47 || protocol === 50),
  changes: ({ account }) => account.states.length > 1,
  addressReuse: ({ inventory }) => inventory.includes('replica'),
  symmetricPorts: ({ records }) => records.some(({ srcport, dstport }) => srcport === dstport && srcport !== 0),
  portReuse: ({ connections }) => connections.some(({ reuses }) => reuses !== null),
  longConnections: ({ connections }) => connections.some(({ records }) => records > 4),
  scanners: ({ services }) => services.has('scan'),
  latePackets: ({ totals }) => totals.late > 0,
  networkAcls: ({ connections }) => connections.some(({ rejectedBy }) => rejectedBy === 'network-acl'),
  strayTraffic: ({ services }) => services.has('stray'),
  skipData: ({ totals }) => totals.skipData + totals.dropped > 0,
  noData: ({ totals }) => totals.noData > 0,
  openAtStart: ({ connections, options }) => connections.some(({ began }) => began < options.start),
  duplicates: ({ totals }) => totals.duplicates > 0,
  churn: ({ inventory }) => inventory.includes('partners'),
};

function written(seed: number, features: Partial<Features>, more: AccountOptions = {}) {
  const account = simulateAccount(smallAccount(seed, { features, ...more }));
  const collected = account.collect('v5');
  return {
    ...collected,
    account,
    options: account.options,
    records: parsedRecords(collected.lines, 'v5'),
    services: new Set(collected.connections.map(({ service }) => service)),
    inventory: JSON.stringify(account.snapshots),
  };
}

describe('features', () => {
  const usual = written(41, {});

  it.each(Object.keys(TRACES) as (keyof Features)[])('%s leaves traces when on, and none when off', (name) => {
    const isTraced = TRACES[name] as (account: ReturnType<typeof written>) => boolean;
    // Dropped records are rare: they take longer to come. Changes of rules make late packets of their own.
    const more = name === 'skipData' ? { days: 2 } : {};
    const others = name === 'latePackets' ? { changes: false } : {};
    expect(isTraced(written(41, { ...others, [name]: false }, more))).toBe(false);
    const isUsual = name !== 'skipData' && name !== 'latePackets' && usual.options.features[name];
    expect(isTraced(isUsual ? usual : written(41, { ...others, [name]: true }, more))).toBe(true);
  });

  it.each(Array.from({ length: 20 }, (_, index) => index))('any of them may be left out: choice %i', (seed) => {
    const features = Object.fromEntries(
      NAMES.map((name, index) => [name, ((seed * 0x9e3779b1) >>> (index % 29)) % 2 === 1]),
    );
    const { totals, lines, connections, rules } = simulateAccount(smallAccount(seed, { features })).collect('v5');
    expect(lines.length).toBe(totals.records);
    expect(connections.length).toBeGreaterThan(500);
    expect(rules.some(({ unused }) => unused)).toBe(true);
  });

  it('none of them need be on', () => {
    const { totals, connections } = simulateAccount(smallAccount(42, { otherFeatures: 'off' })).collect('v2');
    expect(totals).toMatchObject({ noData: 0, skipData: 0, late: 0, duplicates: 0 });
    expect(new Set(connections.map(({ protocol }) => protocol))).toEqual(new Set([6]));
  });

  it('low ephemeral ports lie below the service ports of the same connections', () => {
    const isLow = ({
      protocol,
      localPort,
      peerPort,
      initiator,
    }: {
      protocol: number;
      localPort: number;
      peerPort: number;
      initiator: string;
    }) => protocol === 6 && (initiator === 'local' ? localPort < peerPort : peerPort < localPort);
    expect(written(43, { scanners: false, strayTraffic: false }).connections.some(isLow)).toBe(true);
    expect(
      written(43, { scanners: false, strayTraffic: false, lowEphemeralPorts: false, nat: false }).connections.some(
        isLow,
      ),
    ).toBe(false);
  });
});
