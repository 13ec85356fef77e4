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
  | 'dataCentre'
  | 'partners';

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
  'partners',
]);

export const isOutside = (party: string): party is Outside => OUTSIDE.has(party);

type More = Partial<Omit<Service, 'name' | 'weight' | 'client' | 'server' | 'ports'>>;
type Party = Service['client'];

/** Inside the account within one application, unless stated. */
const row =
  (defaults: Pick<Service, 'protocol' | 'family' | 'clientPorts' | 'long'> & More) =>
  (name: string, weight: number, client: Party, server: Party, ports: readonly number[], more: More = {}): Service => ({
    ...defaults,
    name,
    weight,
    client,
    server,
    ports,
    scope: isOutside(client) || isOutside(server) ? 'any' : 'stack',
    ...more,
  });

const tcp = row({ protocol: 6, family: 4, clientPorts: 'ephemeral', long: 0.01 });
const udp = row({ protocol: 17, family: 4, clientPorts: 'ephemeral', long: 0, feature: 'udp' });
/** Both ends use the service port. */
const mutual = row({ protocol: 17, family: 4, clientPorts: 'symmetric', long: 0, feature: 'symmetricPorts' });
const tunnel = row({ protocol: 50, family: 4, clientPorts: 'none', long: 0.5, feature: 'otherProtocols' });
const ping = row({ protocol: 1, family: 4, clientPorts: 'none', icmpType: 8, long: 0.05, feature: 'icmp' });

export const SERVICES: readonly Service[] = [
  tcp('https', 30, 'clients', 'alb', [443]),
  tcp('http', 6, 'clients', 'alb', [80], { long: 0.03 }),
  tcp('https6', 5, 'clients6', 'alb', [443], { family: 6, feature: 'ipv6' }),
  tcp('alb-web', 16, 'alb', 'web', [8080], { long: 0.03 }),
  tcp('alb-node', 2, 'alb', 'node', [30080, 30443], { scope: 'vpc' }),
  tcp('web-app', 12, 'web', 'app', [9000, 9000, 9001, 9002, 9044], { long: 0.02 }),
  tcp('app-db', 8, 'app', 'db', [5432], { long: 0.2 }),
  tcp('app-cache', 6, 'app', 'cache', [6379], { long: 0.1 }),
  tcp('app-app', 2, 'app', 'app', [7946], { long: 0.1 }),
  tcp('nat-out', 7, 'app', 'servers', [443], { feature: 'nat' }),
  tcp('out6', 2, 'web', 'servers6', [443], { family: 6, feature: 'ipv6' }),
  tcp('s3', 4, 'app', 'objectStore', [443]),
  tcp('lambda-db', 2, 'lambda', 'db', [5432], { scope: 'vpc', long: 2, feature: 'managedInterfaces' }),
  tcp('lambda-endpoint', 2, 'lambda', 'endpoint', [443], { scope: 'vpc', feature: 'managedInterfaces' }),
  tcp('node-node', 3, 'node', 'node', [10250, 4240], { scope: 'vpc' }),
  udp('node-overlay', 2, 'node', 'node', [8472], { scope: 'vpc' }),
  tcp('node-app', 2, 'node', 'app', [9000], { scope: 'vpc' }),
  tcp('office-ssh', 0.5, 'office', 'bastion', [22], { long: 0.5 }),
  tcp('bastion-ssh', 0.6, 'bastion', 'anyone', [22], { scope: 'vpc', long: 0.4 }),
  tcp('data-centre', 1, 'dataCentre', 'app', [9000]),
  tcp('shared-cache', 2, 'shared', 'cache', [6379], { scope: 'peering', feature: 'peering' }),
  tcp('shared-search', 2, 'app', 'shared', [9200, 9300], { scope: 'peering', feature: 'peering' }),
  udp('resolver', 4, 'app', 'shared', [53], { scope: 'peering' }),
  udp('time', 1, 'web', 'timeServers', [123]),
  mutual('time-peers', 1, 'app', 'shared', [123], { scope: 'peering' }),
  mutual('ike-in', 0.4, 'vpnPeers', 'bastion', [500]),
  mutual('ike-out', 0.2, 'bastion', 'vpnPeers', [4500]),
  tunnel('esp', 0.3, 'vpnPeers', 'bastion', [0]),
  tunnel('gre', 0.2, 'vpnPeers', 'bastion', [0], { protocol: 47, long: 0 }),
  ping('ping-in', 0.5, 'clients', 'alb', [0]),
  ping('ping-web', 0.5, 'bastion', 'web', [0], { scope: 'vpc' }),
  ping('ping-app', 0.5, 'bastion', 'app', [0], { scope: 'vpc' }),
  ping('ping6', 0.3, 'clients6', 'alb', [0], { protocol: 58, family: 6, icmpType: 128 }),
  tcp('scan', 8, 'scanners', 'alb', [], { long: 0, feature: 'scanners' }),
  tcp('scan-bastion', 6, 'scanners', 'bastion', [], { long: 0, feature: 'scanners' }),
  tcp('stray', 1.5, 'anyone', 'anyone', [], { scope: 'vpc', long: 0.02, feature: 'strayTraffic' }),
  udp('stray-udp', 0.5, 'anyone', 'anyone', [], { scope: 'vpc', feature: 'strayTraffic' }),
  // Those that live for a while only make up for it.
  tcp('agent-web', 15, 'agent', 'web', [9100], { scope: 'vpc', feature: 'churn' }),
  tcp('job-job', 15, 'job', 'job', [8081], { scope: 'vpc', feature: 'churn' }),
  tcp('partners', 3, 'partners', 'app', [9443], { feature: 'churn' }),
];

export const outsideOf = (internet: Internet, party: Outside) => internet[party];

/** Ports that scanners try; the rest is random. */
export const SCANNED_PORTS = [
  22, 23, 80, 443, 445, 1433, 2375, 3306, 3389, 5060, 5432, 5900, 6379, 8080, 8443, 9200, 27017,
] as const;

/** Ports at and beside those that rules name. */
export const STRAY_PORTS = [
  22, 53, 80, 123, 443, 444, 2379, 3306, 5432, 5433, 6379, 6390, 7946, 8080, 8443, 9000, 9001, 9099, 9101, 9200, 30080,
] as const;
