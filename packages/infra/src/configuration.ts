/** What a deployment is made of: context values (`-c name=value`) on top of a profile. */

export type Source =
  /** The VPC of the template's parameter `VpcId`. */
  | { readonly kind: 'vpc-parameter' }
  | { readonly kind: 'vpc'; readonly vpcId: string }
  | { readonly kind: 'subnets'; readonly subnetIds: readonly string[] }
  /** Flow logs arrive there already; none is created. */
  | { readonly kind: 'log-group'; readonly name: string };

export type Destination =
  | { readonly kind: 'domain' }
  | { readonly kind: 'existing-domain'; readonly arn: string }
  | { readonly kind: 'serverless' };

/** How much of everything: what a profile decides. */
export interface Profile {
  readonly dataNodes: number;
  readonly dataInstance: string;
  readonly volumeGiB: number;
  /** Data nodes are spread over as many availability zones; 1 = no zone awareness. */
  readonly zones: 1 | 2 | 3;
  readonly dedicatedMasters: { readonly count: number; readonly instance: string } | null;
  /** Days that raw records stay in the log group. */
  readonly logRetentionDays: 7 | 30;
  /** Days that failures stay in their bucket. */
  readonly failureRetentionDays: number;
  /**
   * Concurrency set aside for ingestor and decorator. null = none: an account with the smallest quota cannot set any
   * aside.
   */
  readonly reservedConcurrency: number | null;
  /** Whether the domain outlives the stack. */
  readonly retainDomain: boolean;
}

export const PROFILES = {
  cheap: {
    dataNodes: 1,
    dataInstance: 't3.small.search',
    volumeGiB: 20,
    zones: 1,
    dedicatedMasters: null,
    logRetentionDays: 7,
    failureRetentionDays: 30,
    reservedConcurrency: null,
    retainDomain: false,
  },
  production: {
    dataNodes: 2,
    dataInstance: 'r7g.large.search',
    volumeGiB: 200,
    zones: 2,
    dedicatedMasters: { count: 3, instance: 'm7g.medium.search' },
    logRetentionDays: 30,
    failureRetentionDays: 90,
    reservedConcurrency: 50,
    retainDomain: true,
  },
} as const satisfies Record<string, Profile>;

export interface Configuration {
  readonly profile: Profile;
  readonly source: Source;
  /** `cloudwatch`: log group, subscription, ingestor. `firehose`: flow logs straight to the stream. */
  readonly entry: 'cloudwatch' | 'firehose';
  readonly destination: Destination;
  /** `none`, `bundled` (country level) or the S3 address of an MMDB file. */
  readonly geography: string;
  /** Networks that may reach the domain without signing, for OpenSearch Dashboards. */
  readonly allowedCidrs: readonly string[];
  /** IAM principal that administers the domain; turns fine-grained access control on. */
  readonly masterUserArn: string | null;
  /** UltraWarm nodes; 0 = none. Needs dedicated masters. */
  readonly warmNodes: number;
  /** Receives alarms. */
  readonly alarmEmail: string | null;
  readonly noData: 'drop' | 'keep';
  readonly skipData: 'drop' | 'keep';
}

/** A context value that cannot be used; the message names it and what it may be. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

type Read = (name: string) => unknown;

/** Reads the context. @throws ContextError */
export function readConfiguration(read: Read): Configuration {
  const text = (name: string): string | null => {
    const value = read(name);
    return value === undefined || value === null || value === '' ? null : String(value);
  };
  const choice = <const Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice => {
    const value = text(name) ?? fallback;
    const chosen = choices.find((each) => each === value);
    if (!chosen) throw new ContextError(`-c ${name}=${value}: it may be ${choices.join(' or ')}`);
    return chosen;
  };
  const list = (name: string): string[] => (text(name) ?? '').split(',').filter((each) => each !== '');

  const configuration: Configuration = {
    profile: PROFILES[choice('profile', ['cheap', 'production'], 'cheap')],
    source: readSource(text, list),
    entry: choice('entry', ['cloudwatch', 'firehose'], 'cloudwatch'),
    destination: readDestination(text('opensearch')),
    geography: readGeography(text('geography') ?? 'bundled'),
    allowedCidrs: list('allowedCidrs'),
    masterUserArn: text('masterUserArn'),
    warmNodes: Number(text('warmNodes') ?? 0),
    alarmEmail: text('alarmEmail'),
    noData: choice('noData', ['drop', 'keep'], 'drop'),
    skipData: choice('skipData', ['drop', 'keep'], 'keep'),
  };
  checkTogether(configuration);
  return configuration;
}

function readSource(text: (name: string) => string | null, list: (name: string) => string[]): Source {
  const [vpcId, name, subnetIds] = [text('vpcId'), text('logGroupName'), list('subnetIds')];
  const given = [vpcId !== null, name !== null, subnetIds.length > 0].filter(Boolean).length;
  if (given > 1) throw new ContextError('vpcId, subnetIds and logGroupName: give one of them');
  if (vpcId !== null) return { kind: 'vpc', vpcId };
  if (name !== null) return { kind: 'log-group', name };
  return subnetIds.length > 0 ? { kind: 'subnets', subnetIds } : { kind: 'vpc-parameter' };
}

function readDestination(value: string | null): Destination {
  if (value === null || value === 'domain') return { kind: 'domain' };
  if (value === 'serverless') return { kind: 'serverless' };
  if (/^arn:[\w-]+:es:[\w-]+:\d{12}:domain\/[\w-]+$/.test(value)) return { kind: 'existing-domain', arn: value };
  throw new ContextError(`-c opensearch=${value}: it may be domain, serverless or the ARN of a domain`);
}

function readGeography(value: string): string {
  if (value === 'none' || value === 'bundled' || /^s3:\/\/[^/]+\/.+$/.test(value)) return value;
  throw new ContextError(`-c geography=${value}: it may be none, bundled or s3://bucket/key`);
}

function checkTogether({ entry, source, warmNodes, profile }: Configuration): void {
  if (entry === 'firehose' && source.kind === 'log-group') {
    throw new ContextError('-c entry=firehose: flow logs in a log group come through CloudWatch Logs; leave entry out');
  }
  if (!(Number.isInteger(warmNodes) && warmNodes >= 0 && warmNodes !== 1)) {
    throw new ContextError(`-c warmNodes=${warmNodes}: it may be 0 or from 2 on`);
  }
  if (warmNodes > 0 && profile.dedicatedMasters === null) {
    throw new ContextError('-c warmNodes: UltraWarm needs dedicated masters; use -c profile=production');
  }
}
