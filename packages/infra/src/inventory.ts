/** The inventory: captured on a schedule and, once for many, when the account changes. */
import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { createFunction, type LambdaFunction } from './function.ts';

export const INVENTORY_PREFIX = 'inventory/';

/** Calls after which an interface may have other groups or addresses, or a group other rules. */
const CHANGES = [
  'AssignIpv6Addresses',
  'AssignPrivateIpAddresses',
  'AttachNetworkInterface',
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'CreateNetworkInterface',
  'CreateSecurityGroup',
  'DeleteNetworkInterface',
  'DeleteSecurityGroup',
  'DetachNetworkInterface',
  'ModifyInstanceAttribute',
  'ModifyManagedPrefixList',
  'ModifyNetworkInterfaceAttribute',
  'ModifySecurityGroupRules',
  'RevokeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'RunInstances',
  'TerminateInstances',
  'UnassignIpv6Addresses',
  'UnassignPrivateIpAddresses',
];

/** The describe calls of a capture, none of which EC2 can limit to single resources. */
const READS = [
  'ec2:DescribeFlowLogs',
  'ec2:DescribeInstances',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribePrefixLists',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcPeeringConnections',
  'ec2:DescribeVpcs',
  'ec2:GetManagedPrefixListEntries',
];

/** Changes within this time are answered by one capture. */
const GATHER = Duration.minutes(2);
const TIMEOUT = Duration.minutes(5);

export class InventoryRecorder extends Construct {
  readonly recorder: LambdaFunction;

  constructor(scope: Construct, id: string, bucket: Bucket, deadLetters: IQueue) {
    super(scope, id);
    this.recorder = createFunction(this, 'Recorder', {
      name: 'inventory',
      description: 'Stores what the account looks like, when it has changed.',
      memoryMiB: 512,
      timeout: TIMEOUT,
      environment: { INVENTORY_BUCKET: bucket.bucketName, INVENTORY_PREFIX },
      permissions: [
        new PolicyStatement({ actions: READS, resources: ['*'] }),
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [bucket.arnForObjects(`${INVENTORY_PREFIX}*`)],
        }),
        // Without it S3 answers "denied" instead of "not there" for the first read.
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
      ],
    });
    acknowledgeReads(this.recorder, bucket, 'EC2 describes whole accounts only.');

    new Rule(this, 'Schedule', {
      description: 'What no event tells of.',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [new LambdaTarget(this.recorder, { deadLetterQueue: deadLetters, retryAttempts: 2 })],
    });
    const changes = new Queue(this, 'Changes', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deliveryDelay: Duration.seconds(30),
      visibilityTimeout: Duration.minutes(2 * TIMEOUT.toMinutes() + GATHER.toMinutes()),
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    new Rule(this, 'Changed', {
      description: 'Calls that change interfaces, groups or rules.',
      eventPattern: {
        source: ['aws.ec2'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: { eventSource: ['ec2.amazonaws.com'], eventName: CHANGES },
      },
      targets: [new SqsQueue(changes)],
    });
    this.recorder.addEventSource(
      new SqsEventSource(changes, { batchSize: 1_000, maxBatchingWindow: GATHER, maxConcurrency: 2 }),
    );
  }
}

/** The acknowledgements that every reader of the account needs. */
export function acknowledgeReads(reader: LambdaFunction, bucket: Bucket, reason: string): void {
  const { stack } = bucket;
  const name = stack.getLogicalId(bucket.node.defaultChild as never);
  acknowledge(reader.role!, {
    'AwsSolutions-IAM5[Resource::*]': reason,
    [`AwsSolutions-IAM5[Resource::<${name}.Arn>/${INVENTORY_PREFIX}*]`]: 'The snapshots.',
  });
}
