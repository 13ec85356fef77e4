/** Who is out there: clients, servers and scanners of the internet, the office, the data centre. */
import { addressAt4, addressAt6, isInRange, rangeOf, toBits } from './address.ts';
import type { End, Route } from './host.ts';
import type { ResolvedOptions } from './options.ts';
import type { Random } from './random.ts';

export interface Internet {
  readonly clients: readonly End[];
  readonly clients6: readonly End[];
  readonly servers: readonly End[];
  readonly servers6: readonly End[];
  readonly scanners: readonly End[];
  /** Reached through a gateway endpoint. */
  readonly objectStore: readonly End[];
  readonly office: readonly End[];
  readonly vpnPeers: readonly End[];
  readonly timeServers: readonly End[];
  /** Reached through a virtual private gateway. */
  readonly dataCentre: readonly End[];
  /** Likewise. */
  readonly partners: readonly End[];
  /** Ranges that rules and lists name. */
  readonly ranges: {
    readonly office: string;
    readonly officeNeverUsed: readonly string[];
    readonly objectStore: string;
    readonly objectStoreNeverUsed: string;
    readonly dataCentre: string;
    readonly partners: string;
    readonly partnersNeverUsed: string;
    /** What the network ACL of the public subnets denies. */
    readonly denied: string;
  };
}

/** Large unicast ranges of several continents, allocated long ago; addresses are drawn from them by arithmetic. */
const GEOGRAPHIC_CLIENTS = [
  '24.0.0.0/12',
  '71.192.0.0/12',
  '80.128.0.0/11',
  '86.128.0.0/11',
  '92.128.0.0/10',
  '126.0.0.0/9',
  '1.128.0.0/11',
  '177.32.0.0/12',
  '189.128.0.0/11',
  '41.192.0.0/12',
  '117.192.0.0/10',
  '115.64.0.0/12',
  '99.224.0.0/11',
  '83.192.0.0/11',
];
const GEOGRAPHIC_SCANNERS = ['45.64.0.0/12', '77.64.0.0/12', '183.128.0.0/11', '5.176.0.0/12', '193.32.0.0/12'];
const GEOGRAPHIC_SERVERS = ['140.80.0.0/12', '151.96.0.0/12', '104.16.0.0/12', '13.64.0.0/11', '18.128.0.0/9'];
const GEOGRAPHIC_TIME_SERVERS = ['185.120.0.0/13', '129.0.0.0/12'];

export function buildInternet(options: ResolvedOptions, random: Random): Internet {
  const geographic = options.publicPeers === 'geographic';
  const draw = (cidrs: readonly string[], count: number) => ends(drawn(cidrs, count, random), 'internet');
  const objectStore = geographic ? '52.216.0.0/16' : '198.51.100.0/26';
  const common = {
    clients6: ends(numbered6('2001:db8:ffff:1', 60), 'internet'),
    servers6: ends(numbered6('2001:db8:ffff:2', 12), 'internet'),
    objectStore: ends(drawn([objectStore], 12, random), 'gateway-endpoint', 'S3'),
    office: ends(numbered4('203.0.113.0', 1, 12), 'internet'),
    vpnPeers: ends(numbered4('198.51.100.0', 65, 4), 'internet'),
    dataCentre: ends(numbered4('172.16.5.0', 10, 20), 'private-gateway'),
    partners: ends(numbered4('192.168.40.0', 10, 6), 'private-gateway'),
    ranges: {
      office: '203.0.113.0/28',
      officeNeverUsed: ['203.0.113.16/28', '192.0.2.200/32'],
      objectStore,
      objectStoreNeverUsed: geographic ? '52.92.0.0/17' : '198.51.100.112/28',
      dataCentre: '172.16.0.0/16',
      partners: '192.168.40.0/24',
      partnersNeverUsed: '192.168.41.0/24',
      denied: geographic ? '189.128.0.0/11' : '192.0.2.64/27',
    },
  };
  return geographic
    ? {
        ...common,
        clients: draw(GEOGRAPHIC_CLIENTS, 2400),
        scanners: draw(GEOGRAPHIC_SCANNERS, 300),
        servers: draw(GEOGRAPHIC_SERVERS, 120),
        timeServers: draw(GEOGRAPHIC_TIME_SERVERS, 4),
      }
    : {
        ...common,
        clients: ends([...numbered4('203.0.113.0', 32, 222), ...numbered4('192.0.2.0', 1, 126)], 'internet'),
        scanners: ends(numbered4('192.0.2.128', 1, 64), 'internet'),
        servers: ends(numbered4('198.51.100.128', 1, 100), 'internet'),
        timeServers: ends(numbered4('198.51.100.96', 1, 4), 'internet'),
      };
}

/** Whether the network ACL of the public subnets denies packets from an end. */
export function isDenied(internet: Internet, end: End): boolean {
  return isInRange(rangeOf(internet.ranges.denied), end);
}

const ends = (addresses: readonly string[], route: Route, service: string | null = null): readonly End[] =>
  addresses.map((address) => ({ address, ...toBits(address), host: null, route, service }));

const numbered4 = (network: string, first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => addressAt4(network, first + i));

const numbered6 = (network: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => addressAt6(network, i + 1));

function drawn(cidrs: readonly string[], count: number, random: Random): string[] {
  const addresses = new Set<string>();
  for (let tries = 0; addresses.size < count && tries < count * 20; tries++) {
    const cidr = cidrs[tries % cidrs.length] as string;
    const range = rangeOf(cidr);
    const size = Number(range.last - range.bits) + 1;
    addresses.add(addressAt4(cidr.slice(0, cidr.indexOf('/')), random.below(size)));
  }
  return [...addresses];
}
