/** The things that send and receive: hosts are network interfaces, ends are the addresses they use. */

export type Role =
  | 'alb'
  | 'web'
  | 'app'
  | 'db'
  | 'cache'
  | 'bastion'
  | 'nat'
  | 'lambda'
  | 'endpoint'
  | 'node'
  | 'shared'
  | 'idle'
  /** Live for a while only. */
  | 'agent'
  | 'job';

/** Which source ports the clients of a host use. */
export type PortPolicy = 'linux' | 'windows' | 'low';

/** How packets to an address that no interface of the account holds leave the VPC. */
export type Route = 'interface' | 'internet' | 'gateway-endpoint' | 'private-gateway';

/** An account in a region. */
export interface Site {
  readonly index: number;
  readonly accountId: string;
  readonly region: string;
  /** Prefix of the availability zone ids, such as `use1`. */
  readonly zonePrefix: string;
}

/** One network interface for as long as it exists. */
export interface Host {
  readonly index: number;
  readonly site: Site;
  readonly role: Role;
  /** Hosts of one application talk to each other. */
  readonly stack: number;
  readonly interfaceId: string;
  /** What the records of this interface say; AWS writes `unknown` for some service-owned interfaces. */
  readonly recordedAccountId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zoneId: string;
  readonly instanceId: string | null;
  readonly name: string;
  /** AWS's word for the interface's type. */
  readonly type: string;
  /** Reachable from the internet by IPv4. */
  readonly isPublic: boolean;
  readonly portPolicy: PortPolicy;
  /** Primary private IPv4 first, then other IPv4 in use (secondary, from a prefix), then IPv6. */
  readonly ends: readonly End[];
  /** Aggregation windows begin this share of half an interval after the step. */
  readonly phase: number;
  /** Indexes of the states in which the interface exists: [from, to). */
  from: number;
  to: number;
}

/** An address of a host, or of somebody outside. */
export interface End {
  readonly address: string;
  readonly family: 4 | 6;
  readonly bits: bigint;
  /** null: outside the account. */
  readonly host: Host | null;
  readonly route: Route;
  /** AWS service whose published ranges hold the address. */
  readonly service: string | null;
}

export const primaryEnd = (host: Host): End => host.ends[0] as End;
