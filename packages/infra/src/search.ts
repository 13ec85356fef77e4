/** OpenSearch: a domain of our own, one that exists, or a Serverless collection. */
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EbsDeviceVolumeType } from 'aws-cdk-lib/aws-ec2';
import {
  AnyPrincipal,
  ArnPrincipal,
  Effect,
  type IRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { LogGroup, ResourcePolicy, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnAccessPolicy, CfnCollection, CfnSecurityPolicy } from 'aws-cdk-lib/aws-opensearchserverless';
import {
  type CfnDomain,
  Domain,
  EngineVersion,
  type IDomain,
  type LoggingOptions,
  TLSSecurityPolicy,
} from 'aws-cdk-lib/aws-opensearchservice';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Configuration } from './configuration.ts';

/** Where the delivery stream writes to. */
export type SearchTarget =
  | { readonly kind: 'domain'; readonly domain: IDomain }
  | { readonly kind: 'serverless'; readonly endpoint: string; readonly collectionArn: string };

/** Creates or names the cluster; `writer` is the role of the delivery stream. */
export function createSearch(scope: Construct, configuration: Configuration, writer: IRole): SearchTarget {
  const { destination } = configuration;
  switch (destination.kind) {
    case 'domain':
      return { kind: 'domain', domain: createDomain(scope, configuration, writer) };
    case 'existing-domain':
      // Firehose finds the endpoint by the ARN; nothing else of this stack asks for it.
      return {
        kind: 'domain',
        domain: Domain.fromDomainAttributes(scope, 'Domain', { domainArn: destination.arn, domainEndpoint: 'unused' }),
      };
    case 'serverless':
      return createCollection(scope, writer);
  }
}

function createDomain(scope: Construct, configuration: Configuration, writer: IRole): Domain {
  const { profile, masterUserArn, warmNodes } = configuration;
  const masters = profile.dedicatedMasters;
  const domain = new Domain(scope, 'Domain', {
    version: EngineVersion.OPENSEARCH_3_7,
    capacity: {
      dataNodes: profile.dataNodes,
      dataNodeInstanceType: profile.dataInstance,
      multiAzWithStandbyEnabled: false,
      ...(masters ? { masterNodes: masters.count, masterNodeInstanceType: masters.instance } : {}),
      ...(warmNodes > 0 ? { warmNodes, warmInstanceType: 'ultrawarm1.medium.search' } : {}),
    },
    ebs: { volumeSize: profile.volumeGiB, volumeType: EbsDeviceVolumeType.GP3 },
    ...(profile.zones > 1 ? { zoneAwareness: { enabled: true, availabilityZoneCount: profile.zones } } : {}),
    enforceHttps: true,
    tlsSecurityPolicy: TLSSecurityPolicy.TLS_1_2_PFS,
    nodeToNodeEncryption: true,
    encryptionAtRest: { enabled: true },
    ...(masterUserArn ? { fineGrainedAccessControl: { masterUserArn } } : {}),
    logging: createLogs(scope),
    // Ours instead of the one that a custom resource would write with rights over all log groups.
    suppressLogsResourcePolicy: true,
    removalPolicy: profile.retainDomain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  // On the resource itself: the construct's own way would add a function that sets the policy after the fact.
  (domain.node.defaultChild as CfnDomain).accessPolicies = new PolicyDocument({
    statements: accessPolicies(configuration, writer),
  });
  acknowledgeDomain(domain, configuration);
  new CfnOutput(scope, 'OpenSearchUrl', { value: `https://${domain.domainEndpoint}` });
  new CfnOutput(scope, 'DashboardsUrl', { value: `https://${domain.domainEndpoint}/_dashboards` });
  return domain;
}

/** Slow searches, slow writes and the server's own log, which the service may write to for this account alone. */
function createLogs(scope: Construct): LoggingOptions {
  const create = (id: string) =>
    new LogGroup(scope, id, { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
  const [slowSearchLogGroup, slowIndexLogGroup, appLogGroup] = [
    create('SlowSearchLog'),
    create('SlowIndexLog'),
    create('SearchLog'),
  ] as const;
  new ResourcePolicy(scope, 'SearchLogPolicy', {
    policyStatements: [
      new PolicyStatement({
        principals: [new ServicePrincipal('es.amazonaws.com')],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [slowSearchLogGroup, slowIndexLogGroup, appLogGroup].map(({ logGroupArn }) => logGroupArn),
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
      }),
    ],
  });
  return {
    slowSearchLogEnabled: true,
    slowSearchLogGroup,
    slowIndexLogEnabled: true,
    slowIndexLogGroup,
    appLogEnabled: true,
    appLogGroup,
  };
}

/** The stream by its role; people from named networks, or through fine-grained access control. */
function accessPolicies({ allowedCidrs, masterUserArn }: Configuration, writer: IRole): PolicyStatement[] {
  const resources = ['*'];
  const actions = [
    'es:ESHttpGet',
    'es:ESHttpHead',
    'es:ESHttpPost',
    'es:ESHttpPut',
    'es:ESHttpDelete',
    'es:ESHttpPatch',
  ];
  const statements = [
    new PolicyStatement({
      principals: [new ArnPrincipal(writer.roleArn)],
      actions: ['es:ESHttpGet', 'es:ESHttpPost', 'es:ESHttpPut'],
      resources,
    }),
  ];
  if (masterUserArn) {
    statements.push(new PolicyStatement({ principals: [new ArnPrincipal(masterUserArn)], actions, resources }));
  }
  if (allowedCidrs.length > 0) {
    statements.push(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions,
        resources,
        conditions: { IpAddress: { 'aws:SourceIp': [...allowedCidrs] } },
      }),
    );
  }
  return statements;
}

function acknowledgeDomain(domain: Domain, { profile, allowedCidrs }: Configuration): void {
  acknowledge(domain, {
    'AwsSolutions-OS1': 'Reached by Firehose and browsers without a VPC; policy, TLS and signing protect it.',
    'AwsSolutions-OS3': 'The policy names one role, and networks only where the person who deploys lists them.',
    ...(profile.dedicatedMasters ? {} : { 'AwsSolutions-OS4': 'The cheap profile is for trying out: one node.' }),
    ...(allowedCidrs.length > 0
      ? { 'AwsSolutions-OS5': 'Unsigned requests only from the networks that were listed.' }
      : {}),
    ...(profile.zones > 1 ? {} : { 'AwsSolutions-OS7': 'The cheap profile is for trying out: one node.' }),
  });
}

/** Names of Serverless resources: lower case, at most 32 characters. */
const COLLECTION = 'flowfit';

function createCollection(scope: Construct, writer: IRole): SearchTarget {
  const resource = [`collection/${COLLECTION}`];
  const encryption = new CfnSecurityPolicy(scope, 'Encryption', {
    name: `${COLLECTION}-encryption`,
    type: 'encryption',
    policy: JSON.stringify({ Rules: [{ ResourceType: 'collection', Resource: resource }], AWSOwnedKey: true }),
  });
  const network = new CfnSecurityPolicy(scope, 'Network', {
    name: `${COLLECTION}-network`,
    type: 'network',
    policy: JSON.stringify([
      {
        Rules: [
          { ResourceType: 'collection', Resource: resource },
          { ResourceType: 'dashboard', Resource: resource },
        ],
        AllowFromPublic: true,
      },
    ]),
  });
  new CfnAccessPolicy(scope, 'DataAccess', {
    name: `${COLLECTION}-writer`,
    type: 'data',
    policy: Stack.of(scope).toJsonString([
      {
        Rules: [
          {
            ResourceType: 'index',
            Resource: [`index/${COLLECTION}/*`],
            Permission: ['aoss:CreateIndex', 'aoss:DescribeIndex', 'aoss:UpdateIndex', 'aoss:WriteDocument'],
          },
        ],
        Principal: [writer.roleArn],
      },
    ]),
  });
  const collection = new CfnCollection(scope, 'Collection', { name: COLLECTION, type: 'TIMESERIES' });
  collection.addResourceDependency(encryption);
  collection.addResourceDependency(network);
  new CfnOutput(scope, 'OpenSearchUrl', { value: collection.attrCollectionEndpoint });
  new CfnOutput(scope, 'DashboardsUrl', { value: collection.attrDashboardEndpoint });
  return { kind: 'serverless', endpoint: collection.attrCollectionEndpoint, collectionArn: collection.attrArn };
}
