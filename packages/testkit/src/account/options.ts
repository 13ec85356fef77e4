/** What a simulated account is made of. Every option has a default; equal options give an equal account. */

/** Parts that can be left out, for tests that want to know which one matters. On, if nothing else is said. */
export interface Features {
  /** Dual stack: IPv6 addresses, rules and traffic. */
  readonly ipv6: boolean;
  /** A zonal NAT gateway, whose records come in four shapes. */
  readonly nat: boolean;
  /** A second VPC with the same 10.0.0.0/16. */
  readonly overlappingVpcs: boolean;
  /** A peered VPC whose groups are referenced across the peering. */
  readonly peering: boolean;
  /** Lambda Hyperplane, VPC endpoint and other interfaces that AWS services own. */
  readonly managedInterfaces: boolean;
  /** Nodes with secondary addresses and delegated prefixes (EKS). */
  readonly secondaryAddresses: boolean;
  readonly prefixLists: boolean;
  readonly icmp: boolean;
  readonly udp: boolean;
  /** IPsec (50) and GRE (47). */
  readonly otherProtocols: boolean;
  /** Rules modified (id kept), revoked and authorised, memberships changed, in the course of the simulation. */
  readonly changes: boolean;
  /** An interface is deleted and its private address given to another one. Needs `changes`. */
  readonly addressReuse: boolean;
  /**
   * What goes on without anybody thinking of it: auto scaling, interfaces that live for minutes, entries of lists that
   * come and go, rules replaced, a peering deleted (off unless asked for). Needs `changes`.
   */
  readonly churn: boolean;
  /** Clients whose source ports lie below the service ports. */
  readonly lowEphemeralPorts: boolean;
  /** 123 to 123, 500 to 500. */
  readonly symmetricPorts: boolean;
  /** The same 5-tuple opened again soon after it was closed. */
  readonly portReuse: boolean;
  /** Connections of many intervals, with idle times. */
  readonly longConnections: boolean;
  readonly scanners: boolean;
  /** Packets that arrive after the close, recorded as REJECT. */
  readonly latePackets: boolean;
  /** A network ACL that denies what the security groups allow. */
  readonly networkAcls: boolean;
  /** Connections between random interfaces on ports near those of the rules. */
  readonly strayTraffic: boolean;
  /** Random additional rules in every group. */
  readonly randomRules: boolean;
  /** Intervals of which AWS dropped records. */
  readonly skipData: boolean;
  /** Intervals without traffic give a NODATA record. */
  readonly noData: boolean;
  /** Some connections are open when the log begins: nothing says who opened them (off unless asked for). */
  readonly openAtStart: boolean;
  /** Redelivered records (off unless asked for). */
  readonly duplicates: boolean;
}

export interface AccountOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Beginning, Unix seconds or ISO 8601; a multiple of 3600 s. Default 2026-06-01T00:00:00Z. */
  readonly start?: number | string;
  /** Duration; may be a fraction. Default 1. */
  readonly days?: number;
  /**
   * About how many records to write, NODATA included as far as there are idle interfaces for it.
   * Default: 3 per interface and interval.
   */
  readonly records?: number;
  /** Interfaces of the whole account. Default: as many as let 13 % of the records be NODATA, 24 to 5,000. */
  readonly interfaces?: number;
  /** How many pairs of account and region, 1 to 4. Default 1. */
  readonly sites?: number;
  /** Maximum aggregation interval of the flow log in seconds. Default 60. */
  readonly aggregationInterval?: 60 | 600;
  /**
   * Addresses of the internet. `documentation`: RFC 5737 and RFC 3849, which have no geography. `geographic`: drawn by
   * arithmetic from large, long-allocated unicast ranges of several continents so that maps have something to show;
   * no host is meant, and whether an address drawn is in use is unknown and irrelevant. Default `documentation`.
   */
  readonly publicPeers?: 'documentation' | 'geographic';
  readonly features?: Partial<Features>;
  /** All features that are not named: on (default) or off. */
  readonly otherFeatures?: 'on' | 'off';
  /**
   * `full`: one row per connection and interface. `summary`: only per rule and in total, for very large accounts.
   * Default `full`.
   */
  readonly truth?: 'full' | 'summary';
}

export interface ResolvedOptions extends Required<Omit<AccountOptions, 'features' | 'otherFeatures' | 'start'>> {
  /** Unix seconds. */
  readonly start: number;
  readonly features: Features;
  /** Aggregation intervals of the whole duration. */
  readonly steps: number;
}

/** What the fixed parts of one site need; fewer interfaces cannot be asked for. */
export const FEWEST_INTERFACES = 24;
const MOST_INTERFACES = 5000;
/** Of the interfaces beyond the fixed ones, so many belong to further applications; the rest is idle. */
export const STACK_SHARE = 0.2;
/** 166 of 1304 records of a real capture were NODATA. */
export const NO_DATA_SHARE = 166 / 1304;

const ALL_FEATURES: readonly (keyof Features)[] = [
  'ipv6',
  'nat',
  'overlappingVpcs',
  'peering',
  'managedInterfaces',
  'secondaryAddresses',
  'prefixLists',
  'icmp',
  'udp',
  'otherProtocols',
  'changes',
  'addressReuse',
  'lowEphemeralPorts',
  'symmetricPorts',
  'portReuse',
  'longConnections',
  'scanners',
  'latePackets',
  'networkAcls',
  'strayTraffic',
  'randomRules',
  'skipData',
  'noData',
  'openAtStart',
  'duplicates',
  'churn',
];
/** Those that are on only when named. */
const UNUSUAL: ReadonlySet<keyof Features> = new Set(['openAtStart', 'duplicates', 'churn']);

/** @throws RangeError naming the option that cannot be met. */
export function resolveOptions(options: AccountOptions = {}): ResolvedOptions {
  const aggregationInterval = options.aggregationInterval ?? 60;
  const days = within('days', options.days ?? 1, aggregationInterval / 86400, 3660);
  const steps = Math.max(1, Math.round((days * 86400) / aggregationInterval));
  const sites = within('sites', options.sites ?? 1, 1, 4);
  const interfaces = options.interfaces ?? defaultInterfaces(options.records, steps, sites);
  within('interfaces', interfaces, FEWEST_INTERFACES * sites, 20_000 * sites);
  return {
    seed: options.seed ?? 1,
    start: resolveStart(options.start),
    days,
    steps,
    sites,
    interfaces,
    records: within('records', options.records ?? interfaces * steps * 3, 1, Number.MAX_SAFE_INTEGER),
    aggregationInterval,
    publicPeers: options.publicPeers ?? 'documentation',
    truth: options.truth ?? 'full',
    features: resolveFeatures(options),
  };
}

function resolveFeatures(options: AccountOptions): Features {
  const others = options.otherFeatures !== 'off';
  const features: Record<string, boolean> = {};
  for (const name of ALL_FEATURES) features[name] = options.features?.[name] ?? (others && !UNUSUAL.has(name));
  return features as unknown as Features;
}

function resolveStart(start: number | string | undefined): number {
  const seconds = typeof start === 'string' ? Date.parse(start) / 1000 : (start ?? Date.UTC(2026, 5, 1) / 1000);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds % 3600 !== 0) {
    throw new RangeError(
      `start: "${start}" is not a whole hour; give Unix seconds or ISO 8601, such as 2026-06-01T00:00:00Z`,
    );
  }
  return seconds;
}

/**
 * As many idle interfaces as the NODATA records wanted, less those of the fixed ones that stay silent anyway: with
 * about four records per connection at two interfaces, the chance of none goes down exponentially with the traffic.
 */
function defaultInterfaces(records: number | undefined, steps: number, sites: number): number {
  const fixed = FEWEST_INTERFACES * sites;
  const perStep = records === undefined ? fixed * 3 : records / steps;
  const silent = fixed * Math.exp(-perStep / (fixed * 4));
  return Math.min(
    MOST_INTERFACES,
    fixed + Math.max(0, Math.round((perStep * NO_DATA_SHARE - silent) / (1 - STACK_SHARE))),
  );
}

function within(name: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) throw new RangeError(`${name}: ${value} is not between ${least} and ${most}`);
  return value;
}
