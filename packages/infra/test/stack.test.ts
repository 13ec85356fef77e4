import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPythonTools } from '@flowfit/testkit/moto/python-tools';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, synthesize, withoutAssets } from './synthesize.ts';

/** Every choice of the configuration at least once. */
const VARIANTS = {
  cheap: {},
  production: {
    profile: 'production',
    vpcId: 'vpc-0a1b2c3d',
    masterUserArn: 'arn:aws:iam::123456789012:role/search-admin',
    allowedCidrs: '192.0.2.0/24',
    warmNodes: '2',
    alarmEmail: 'ops@example.com',
  },
  'firehose-direct': {
    entry: 'firehose',
    subnetIds: 'subnet-0a1b2c3d,subnet-0b1b2c3d',
    geography: 's3://data/city.mmdb',
  },
  'existing-log-group': {
    logGroupName: '/vpc/flows',
    opensearch: 'arn:aws:es:eu-west-1:123456789012:domain/logs',
    noData: 'keep',
  },
  serverless: { opensearch: 'serverless', vpcId: 'vpc-0a1b2c3d', geography: 'none' },
} satisfies Record<string, Record<string, string>>;
type Variant = keyof typeof VARIANTS;
const names = Object.keys(VARIANTS) as Variant[];

const stacks = new Map<Variant, ReturnType<typeof synthesize>>();
const templateOf = (name: Variant): Template => stacks.get(name)!.template;

beforeAll(() => {
  bundle();
  for (const name of names) stacks.set(name, synthesize(VARIANTS[name]));
});

afterAll(() => {
  for (const { remove } of stacks.values()) remove();
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** All statements of identity policies. */
function statementsOf(template: Template): Statement[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

describe.each(names)('the template %s', (name) => {
  it('is as it was', async () => {
    await expect(withoutAssets(templateOf(name))).toMatchFileSnapshot(`golden/${name}.template.json`);
  });

  it('grants no wildcard action, and all resources only to calls that know no others', () => {
    for (const { Action, Resource } of statementsOf(templateOf(name))) {
      const actions = [Action].flat();
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      if (Resource === '*') expect(actions.filter((action) => !/^ec2:(Describe|Get)/.test(action))).toEqual([]);
    }
  });

  it('locks every bucket down and expires what is in it', () => {
    for (const { Properties } of Object.values(templateOf(name).findResources('AWS::S3::Bucket'))) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(Properties.BucketEncryption).toBeDefined();
      expect(Properties.LifecycleConfiguration.Rules[0].ExpirationInDays).toBeGreaterThan(0);
    }
  });

  it('runs every function on arm64, with its own log group that expires', () => {
    const functions = Object.values(templateOf(name).findResources('AWS::Lambda::Function'));
    expect(functions.length).toBe(name === 'firehose-direct' ? 2 : 3);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x', Handler: 'index.handler' });
      expect(Properties.LoggingConfig).toMatchObject({ LogFormat: 'JSON', LogGroup: expect.anything() });
    }
    for (const { Properties } of Object.values(templateOf(name).findResources('AWS::Logs::LogGroup'))) {
      expect(Properties.RetentionInDays).toBeGreaterThan(0);
    }
  });

  it('keeps what OpenSearch does not take, and transforms in batches that fit', () => {
    const stream = Object.values(templateOf(name).findResources('AWS::KinesisFirehose::DeliveryStream'))[0]!.Properties;
    const destination =
      stream.AmazonopensearchserviceDestinationConfiguration ??
      stream.AmazonOpenSearchServerlessDestinationConfiguration;
    expect(destination).toMatchObject({
      S3BackupMode: 'FailedDocumentsOnly',
      RetryOptions: { DurationInSeconds: 7_200 },
    });
    const parameters = destination.ProcessingConfiguration.Processors[0].Parameters as {
      ParameterName: string;
      ParameterValue: unknown;
    }[];
    const parameterOf = (wanted: string) =>
      parameters.find(({ ParameterName }) => ParameterName === wanted)?.ParameterValue;
    // 200-byte records become documents of some 1,200 bytes in base64.
    expect(Number(parameterOf('BufferSizeInMBs')) * 1024 * 1024 * (1_600 / 110)).toBeLessThan(6 * 1024 * 1024);
    expect(stream.Tags).toContainEqual({ Key: 'LogDeliveryEnabled', Value: 'true' });
  });

  it('alarms on what loses or delays records', () => {
    const alarms = Object.values(templateOf(name).findResources('AWS::CloudWatch::Alarm'));
    const metrics = alarms.map(({ Properties }) => Properties.MetricName as string);
    const service = name === 'serverless' ? 'AmazonOpenSearchServerless' : 'AmazonOpenSearchService';
    expect(metrics).toEqual(
      expect.arrayContaining([
        `DeliveryTo${service}.Success`,
        `DeliveryTo${service}.DataFreshness`,
        'ThrottledRecords',
        'RecordsFailed',
        'Errors',
        'Throttles',
        'ApproximateNumberOfMessagesVisible',
      ]),
    );
    for (const { Properties } of alarms) expect(Properties.AlarmActions).toHaveLength(1);
  });
});

describe('the way in', () => {
  it('is a log group with a subscription, where there is no other', () => {
    const template = templateOf('cheap');
    template.hasParameter('VpcId', { Type: 'AWS::EC2::VPC::Id' });
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogDestinationType: 'cloud-watch-logs',
      MaxAggregationInterval: 60,
      LogFormat: Match.stringLikeRegexp('tcp-flags.*pkt-srcaddr.*flow-direction'),
    });
    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { FilterPattern: '' });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  it('can be the stream itself', () => {
    const template = templateOf('firehose-direct');
    template.resourceCountIs('AWS::EC2::FlowLog', 2);
    template.allResourcesProperties('AWS::EC2::FlowLog', { LogDestinationType: 'kinesis-data-firehose' });
    template.resourceCountIs('AWS::Logs::SubscriptionFilter', 0);
  });

  it('can be flow logs that exist, of whatever format', () => {
    const template = templateOf('existing-log-group');
    template.resourceCountIs('AWS::EC2::FlowLog', 0);
    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { LogGroupName: '/vpc/flows' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ FLOW_LOG_FORMAT: '', NO_DATA: 'keep' }) },
    });
    template.resourceCountIs('AWS::OpenSearchService::Domain', 0);
  });
});

describe('the domain', () => {
  it('is encrypted everywhere and open to nobody by default', () => {
    const template = templateOf('cheap');
    template.hasResourceProperties('AWS::OpenSearchService::Domain', {
      DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
      EncryptionAtRestOptions: { Enabled: true },
      NodeToNodeEncryptionOptions: { Enabled: true },
    });
    const domain = Object.values(template.findResources('AWS::OpenSearchService::Domain'))[0]!;
    const { Statement } = domain.Properties.AccessPolicies;
    expect(Statement).toHaveLength(1);
    expect(Statement[0].Principal).not.toEqual({ AWS: '*' });
  });

  it('is spread, guarded and warm in production', () => {
    const template = templateOf('production');
    template.hasResourceProperties('AWS::OpenSearchService::Domain', {
      ClusterConfig: {
        DedicatedMasterEnabled: true,
        DedicatedMasterCount: 3,
        ZoneAwarenessEnabled: true,
        WarmEnabled: true,
        WarmCount: 2,
      },
      AdvancedSecurityOptions: { Enabled: true },
      AccessPolicies: {
        Statement: Match.arrayWith([
          Match.objectLike({ Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } } }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'ops@example.com' });
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 50 });
  });

  it('can be a Serverless collection', () => {
    const template = templateOf('serverless');
    template.hasResourceProperties('AWS::OpenSearchServerless::Collection', { Type: 'TIMESERIES' });
    template.resourceCountIs('AWS::OpenSearchServerless::AccessPolicy', 1);
  });
});

const lint = await orSkip(async () => join(installPythonTools(), 'cfn-lint'));

describe.skipIf(!lint)('cfn-lint', () => {
  it.each(names)('finds no error in %s', (name) => {
    // W3005: CDK states dependencies that follow from references as well.
    const { stdout, status } = spawnSync(lint!, ['--ignore-checks', 'W3005', '--', stacks.get(name)!.path], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
