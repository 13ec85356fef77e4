/** Who talks to whom: the table of conversations that an account carries. */
import type { Role } from './host.ts';
import type { Internet } from './internet.ts';
import type { Features } from './options.ts';

export type Outside =
  | 'clients'
  | 'clients6'
  | 'servers'
  | 'servers6'
  | 'scanners'
  | 'objectStore'
  | 'office'
  | 'vpnPeers'
  | 'timeServers'
  | 'dataCentre';

/** How the client chooses its port. */
export type ClientPorts =
  /** By the operating system of the host. */
  | 'ephemeral'
  /** The service port itself. */
  | 'symmetric'
  | 'none';

export interface Service {
  readonly name: string;
  /** Relative number of connections. */
  readonly weight: number;
  readonly client: Role | Outside | 'anyone';
  readonly server: Role | Outside | 'anyone';
  /** Which pairs of interfaces: those of one application, of one VPC, or of two peered VPCs. */
  readonly scope: 'stack' | 'vpc' | 'peering' | 'any';
  readonly protocol: number;
  readonly family: 4 | 6;
  /** Empty: any port (scanners) or one near those of the rules (anyone). */
  readonly ports: readonly number[];
  readonly clientPorts: ClientPorts;
  readonly icmpType?: number;
  /** How often connections go on over many intervals, relative to other services; see `LONG_SHARE`. */
  readonly long: number;
  readonly feature?: keyof Features;
}

const TCP = { protocol: 6, family: 4, clientPorts: 'ephemeral', long: 0.01 } as const;
const UDP = { protocol: 17, family: 4, clientPorts: 'ephemeral', long: 0 } as const;
const PING = {
  protocol: 1,
  family: 4,
  clientPorts: 'none',
  ports: [0],
  icmpType: 8,
  long: 0.05,
  feature: 'icmp',
} as const;

export const SERVICES: readonly Service[] = [
  { ...TCP, name: 'https', weight: 30, client: 'clients', server: 'alb', scope: 'any', ports: [443] },
  { ...TCP, name: 'http', weight: 6, client: 'clients', server: 'alb', scope: 'any', ports: [80], long: 0.03 },
  {
    ...TCP,
    name: 'https6',
    weight: 5,
    client: 'clients6',
    server: 'alb',
    scope: 'any',
    ports: [443],
    family: 6,
    feature: 'ipv6',
  },
  { ...TCP, name: 'alb-web', weight: 16, client: 'alb', server: 'web', scope: 'stack', ports: [8080], long: 0.03 },
  { ...TCP, name: 'alb-node', weight: 2, client: 'alb', server: 'node', scope: 'vpc', ports: [30080, 30443] },
  {
    ...TCP,
    name: 'web-app',
    weight: 12,
    client: 'web',
    server: 'app',
    scope: 'stack',
    ports: [9000, 9000, 9001, 9002, 9044],
    long: 0.02,
  },
  { ...TCP, name: 'app-db', weight: 8, client: 'app', server: 'db', scope: 'stack', ports: [5432], long: 0.2 },
  { ...TCP, name: 'app-cache', weight: 6, client: 'app', server: 'cache', scope: 'stack', ports: [6379], long: 0.1 },
  { ...TCP, name: 'app-app', weight: 2, client: 'app', server: 'app', scope: 'stack', ports: [7946], long: 0.1 },
  { ...TCP, name: 'nat-out', weight: 7, client: 'app', server: 'servers', scope: 'any', ports: [443], feature: 'nat' },
  {
    ...TCP,
    name: 'out6',
    weight: 2,
    client: 'web',
    server: 'servers6',
    scope: 'any',
    ports: [443],
    family: 6,
    feature: 'ipv6',
  },
  { ...TCP, name: 's3', weight: 4, client: 'app', server: 'objectStore', scope: 'any', ports: [443] },
  {
    ...TCP,
    name: 'lambda-db',
    weight: 2,
    client: 'lambda',
    server: 'db',
    scope: 'vpc',
    ports: [5432],
    long: 2,
    feature: 'managedInterfaces',
  },
  {
    ...TCP,
    name: 'lambda-endpoint',
    weight: 2,
    client: 'lambda',
    server: 'endpoint',
    scope: 'vpc',
    ports: [443],
    feature: 'managedInterfaces',
  },
  { ...TCP, name: 'node-node', weight: 3, client: 'node', server: 'node', scope: 'vpc', ports: [10250, 4240] },
  {
    ...UDP,
    name: 'node-overlay',
    weight: 2,
    client: 'node',
    server: 'node',
    scope: 'vpc',
    ports: [8472],
    feature: 'udp',
  },
  { ...TCP, name: 'node-app', weight: 2, client: 'node', server: 'app', scope: 'vpc', ports: [9000] },
  {
    ...TCP,
    name: 'office-ssh',
    weight: 0.5,
    client: 'office',
    server: 'bastion',
    scope: 'any',
    ports: [22],
    long: 0.5,
  },
  {
    ...TCP,
    name: 'bastion-ssh',
    weight: 0.6,
    client: 'bastion',
    server: 'anyone',
    scope: 'vpc',
    ports: [22],
    long: 0.4,
  },
  { ...TCP, name: 'data-centre', weight: 1, client: 'dataCentre', server: 'app', scope: 'any', ports: [9000] },
  {
    ...TCP,
    name: 'shared-cache',
    weight: 2,
    client: 'shared',
    server: 'cache',
    scope: 'peering',
    ports: [6379],
    feature: 'peering',
  },
  {
    ...TCP,
    name: 'shared-search',
    weight: 2,
    client: 'app',
    server: 'shared',
    scope: 'peering',
    ports: [9200, 9300],
    feature: 'peering',
  },
  {
    ...UDP,
    name: 'resolver',
    weight: 4,
    client: 'app',
    server: 'shared',
    scope: 'peering',
    ports: [53],
    feature: 'udp',
  },
  { ...UDP, name: 'time', weight: 1, client: 'web', server: 'timeServers', scope: 'any', ports: [123], feature: 'udp' },
  {
    ...UDP,
    name: 'time-peers',
    weight: 1,
    client: 'app',
    server: 'shared',
    scope: 'peering',
    ports: [123],
    clientPorts: 'symmetric',
    feature: 'symmetricPorts',
  },
  {
    ...UDP,
    name: 'ike-in',
    weight: 0.4,
    client: 'vpnPeers',
    server: 'bastion',
    scope: 'any',
    ports: [500],
    clientPorts: 'symmetric',
    feature: 'symmetricPorts',
  },
  {
    ...UDP,
    name: 'ike-out',
    weight: 0.2,
    client: 'bastion',
    server: 'vpnPeers',
    scope: 'any',
    ports: [4500],
    clientPorts: 'symmetric',
    feature: 'symmetricPorts',
  },
  {
    ...UDP,
    name: 'esp',
    weight: 0.3,
    client: 'vpnPeers',
    server: 'bastion',
    scope: 'any',
    ports: [0],
    protocol: 50,
    clientPorts: 'none',
    long: 0.5,
    feature: 'otherProtocols',
  },
  {
    ...UDP,
    name: 'gre',
    weight: 0.2,
    client: 'vpnPeers',
    server: 'bastion',
    scope: 'any',
    ports: [0],
    protocol: 47,
    clientPorts: 'none',
    feature: 'otherProtocols',
  },
  { ...PING, name: 'ping-in', weight: 0.5, client: 'clients', server: 'alb', scope: 'any' },
  { ...PING, name: 'ping-web', weight: 0.5, client: 'bastion', server: 'web', scope: 'vpc' },
  { ...PING, name: 'ping-app', weight: 0.5, client: 'bastion', server: 'app', scope: 'vpc' },
  {
    ...PING,
    name: 'ping6',
    weight: 0.3,
    client: 'clients6',
    server: 'alb',
    scope: 'any',
    protocol: 58,
    family: 6,
    icmpType: 128,
  },
  {
    ...TCP,
    name: 'scan',
    weight: 8,
    client: 'scanners',
    server: 'alb',
    scope: 'any',
    ports: [],
    long: 0,
    feature: 'scanners',
  },
  {
    ...TCP,
    name: 'scan-bastion',
    weight: 6,
    client: 'scanners',
    server: 'bastion',
    scope: 'any',
    ports: [],
    long: 0,
    feature: 'scanners',
  },
  {
    ...TCP,
    name: 'stray',
    weight: 1.5,
    client: 'anyone',
    server: 'anyone',
    scope: 'vpc',
    ports: [],
    long: 0.02,
    feature: 'strayTraffic',
  },
  {
    ...UDP,
    name: 'stray-udp',
    weight: 0.5,
    client: 'anyone',
    server: 'anyone',
    scope: 'vpc',
    ports: [],
    feature: 'strayTraffic',
  },
];

const OUTSIDE: ReadonlySet<string> = new Set<Outside>([
  'clients',
  'clients6',
  'servers',
  'servers6',
  'scanners',
  'objectStore',
  'office',
  'vpnPeers',
  'timeServers',
  'dataCentre',
]);

export const isOutside = (party: string): party is Outside => OUTSIDE.has(party);

export const outsideOf = (internet: Internet, party: Outside) => internet[party];

/** Ports that scanners try; the rest is random. */
export const SCANNED_PORTS = [
  22, 23, 80, 443, 445, 1433, 2375, 3306, 3389, 5060, 5432, 5900, 6379, 8080, 8443, 9200, 27017,
] as const;

/** Ports at and beside those that rules name. */
export const STRAY_PORTS = [
  22, 53, 80, 123, 443, 444, 2379, 3306, 5432, 5433, 6379, 6390, 7946, 8080, 8443, 9000, 9001, 9099, 9101, 9200, 30080,
] as const;
