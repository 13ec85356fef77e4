/** The delivery stream: transform by the decorator, OpenSearch as destination, failures to S3. */
import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream, type CfnDeliveryStreamProps } from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, LogStream, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { LambdaFunction } from './function.ts';
import type { SearchTarget } from './search.ts';

/** Daily indexes are `cwl-YYYY-MM-DD`. Serverless does not rotate: there one index takes everything. */
const INDEX_NAME = 'cwl';
const SERVERLESS_INDEX_NAME = 'cwl-flows';

/** Documents are five to eight times their record, in base64 a third more: a larger batch would not fit into 6 MB. */
const TRANSFORM_BUFFER_MIB = '0.3';
const BUFFER_SECONDS = 60;
/** An outage shorter than this costs nothing; after it, documents go to the failure bucket. */
const RETRY_SECONDS = 7_200;

export interface DeliveryOptions {
  readonly decorator: LambdaFunction;
  readonly failures: Bucket;
  /** Created before the stream, since the cluster's policy names it. */
  readonly role: Role;
  readonly search: SearchTarget;
}

export class Delivery extends Construct {
  readonly stream: CfnDeliveryStream;

  constructor(scope: Construct, id: string, options: DeliveryOptions) {
    super(scope, id);
    const log = new LogGroup(this, 'Log', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    const logStream = new LogStream(this, 'LogStream', { logGroup: log, removalPolicy: RemovalPolicy.DESTROY });
    const permissions = grant(options, log);

    this.stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      ...toDestination(options, {
        enabled: true,
        logGroupName: log.logGroupName,
        logStreamName: logStream.logStreamName,
      }),
    });
    // Without the rights in force, creation of the stream fails.
    this.stream.node.addDependency(permissions);
    // Flow logs may deliver only to streams with this tag.
    Tags.of(this.stream).add('LogDeliveryEnabled', 'true');
    new CfnOutput(this, 'Name', { value: this.stream.ref });
  }
}

export function createDeliveryRole(scope: Construct): Role {
  const role = new Role(scope, 'DeliveryRole', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
  // On a domain with fine-grained access control this role has to be let in: `flowfit opensearch setup --writer ARN`.
  new CfnOutput(scope, 'DeliveryRoleArn', { value: role.roleArn });
  return role;
}

function toDestination(
  { decorator, failures, role, search }: DeliveryOptions,
  cloudWatchLoggingOptions: CfnDeliveryStream.CloudWatchLoggingOptionsProperty,
): CfnDeliveryStreamProps {
  const common = {
    roleArn: role.roleArn,
    bufferingHints: { intervalInSeconds: BUFFER_SECONDS, sizeInMBs: 5 },
    retryOptions: { durationInSeconds: RETRY_SECONDS },
    s3BackupMode: 'FailedDocumentsOnly',
    s3Configuration: {
      bucketArn: failures.bucketArn,
      roleArn: role.roleArn,
      bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
      compressionFormat: 'GZIP',
      cloudWatchLoggingOptions,
    },
    processingConfiguration: toProcessing(decorator, role),
    cloudWatchLoggingOptions,
  };
  if (search.kind === 'serverless') {
    const collectionEndpoint = search.endpoint;
    return {
      amazonOpenSearchServerlessDestinationConfiguration: {
        ...common,
        collectionEndpoint,
        indexName: SERVERLESS_INDEX_NAME,
      },
    };
  }
  return {
    amazonopensearchserviceDestinationConfiguration: {
      ...common,
      domainArn: search.domain.domainArn,
      indexName: INDEX_NAME,
      indexRotationPeriod: 'OneDay',
      // The id is derived from the record, the same for every attempt: a retry does not leave a second document.
      documentIdOptions: { defaultDocumentIdFormat: 'FIREHOSE_DEFAULT' },
    },
  };
}

function toProcessing(decorator: LambdaFunction, role: Role): CfnDeliveryStream.ProcessingConfigurationProperty {
  const parameters = {
    LambdaArn: `${decorator.functionArn}:$LATEST`,
    RoleArn: role.roleArn,
    NumberOfRetries: '3',
    BufferSizeInMBs: TRANSFORM_BUFFER_MIB,
    BufferIntervalInSeconds: String(BUFFER_SECONDS),
  };
  return {
    enabled: true,
    processors: [
      {
        type: 'Lambda',
        parameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
          parameterName,
          parameterValue,
        })),
      },
    ],
  };
}

/** What the service needs, from the Developer Guide, "Controlling access". Returns what the stream has to wait for. */
function grant({ decorator, failures, role, search }: DeliveryOptions, log: LogGroup): Construct {
  const statement = (actions: string[], resources: string[]) =>
    role.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  statement(
    [
      's3:AbortMultipartUpload',
      's3:GetBucketLocation',
      's3:GetObject',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      's3:PutObject',
    ],
    [failures.bucketArn, failures.arnForObjects('*')],
  );
  statement(['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], [`${decorator.functionArn}:$LATEST`]);
  const { policyDependable } = statement(['logs:PutLogEvents'], [log.logGroupArn]);
  if (search.kind === 'serverless') statement(['aoss:APIAccessAll'], [search.collectionArn]);
  else grantDomain(search.domain.domainArn, statement);
  acknowledgeRole(role, { failures, log, search });
  return policyDependable as Construct;
}

/** Reads that Firehose makes before and while it writes; writes go to the daily indexes and `_bulk`. */
const DOMAIN_READS = ['_all/_settings', '_cluster/stats', '_nodes', '_nodes/stats', '_nodes/*/stats', '_stats'];

function grantDomain(arn: string, statement: (actions: string[], resources: string[]) => unknown): void {
  statement(['es:DescribeDomain', 'es:DescribeDomains', 'es:DescribeDomainConfig'], [arn]);
  statement(['es:ESHttpPost', 'es:ESHttpPut'], [`${arn}/_bulk`, `${arn}/${INDEX_NAME}-*`]);
  const indexReads = [`${INDEX_NAME}-*/_mapping/*`, `${INDEX_NAME}-*/_stats`];
  statement(
    ['es:ESHttpGet'],
    [...DOMAIN_READS, ...indexReads].map((path) => `${arn}/${path}`),
  );
}

function acknowledgeRole(
  role: Role,
  { failures, log, search }: { failures: Bucket; log: LogGroup; search: SearchTarget },
): void {
  const stack = Stack.of(role);
  const nameOf = (construct: Construct) => stack.getLogicalId(construct.node.defaultChild as never);
  const arnOf = (target: SearchTarget) => {
    if (target.kind === 'serverless') return null;
    return target.domain.node.defaultChild ? `<${nameOf(target.domain as never)}.Arn>` : target.domain.domainArn;
  };
  const domain = arnOf(search);
  const wildcards: Record<string, string> = {
    [`<${nameOf(failures as never)}.Arn>/*`]: 'Objects of the failure bucket.',
    [`<${nameOf(log)}.Arn>`]: 'Streams of the delivery log.',
  };
  if (domain) {
    wildcards[`${domain}/${INDEX_NAME}-*`] = 'The daily indexes.';
    wildcards[`${domain}/${INDEX_NAME}-*/_mapping/*`] = 'Mappings of the daily indexes.';
    wildcards[`${domain}/${INDEX_NAME}-*/_stats`] = 'Statistics of the daily indexes.';
    wildcards[`${domain}/_nodes/*/stats`] = 'Statistics of every node, which Firehose asks for.';
  }
  acknowledge(
    role,
    Object.fromEntries(Object.entries(wildcards).map(([id, why]) => [`AwsSolutions-IAM5[Resource::${id}]`, why])),
  );
}
