/** How flow logs reach the stream: through a log group and the ingestor, or straight. */
import { CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFlowLog, type CfnFlowLogProps } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { FilterPattern, type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Configuration, Source } from './configuration.ts';
import { LOG_FORMAT } from './format.ts';
import { createFunction, type LambdaFunction } from './function.ts';

export interface EntryOptions {
  readonly configuration: Configuration;
  readonly stream: CfnDeliveryStream;
  /** Takes events that the ingestor could not bring in after all attempts. */
  readonly deadLetters: IQueue;
}

/** The seconds over which AWS sums a flow up: the shortest, since a connection's beginning is seen best there. */
const AGGREGATION_SECONDS = 60;

export class Entry extends Construct {
  /** Absent where flow logs go straight to the stream. */
  readonly ingestor: LambdaFunction | null;

  constructor(scope: Construct, id: string, options: EntryOptions) {
    super(scope, id);
    const { source } = options.configuration;
    if (options.configuration.entry === 'firehose') {
      this.ingestor = null;
      createFlowLogs(this, source, {
        logDestinationType: 'kinesis-data-firehose',
        logDestination: options.stream.attrArn,
      });
      return;
    }
    const logGroup = source.kind === 'log-group' ? existingLogGroup(this, source.name) : createLogGroup(this, options);
    this.ingestor = createIngestor(this, options);
    logGroup.addSubscriptionFilter('Subscription', {
      destination: new LambdaDestination(this.ingestor),
      filterPattern: FilterPattern.allEvents(),
    });
  }
}

function existingLogGroup(scope: Construct, name: string): ILogGroup {
  return LogGroup.fromLogGroupName(scope, 'FlowLogGroup', name);
}

function createLogGroup(scope: Construct, { configuration }: EntryOptions): ILogGroup {
  const { profile, source } = configuration;
  const logGroup = new LogGroup(scope, 'FlowLogGroup', {
    retention: profile.logRetentionDays === 30 ? RetentionDays.ONE_MONTH : RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'FlowLogRole', {
    assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      resources: [logGroup.logGroupArn],
    }),
  );
  acknowledge(role, {
    [`AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(logGroup.node.defaultChild as never)}.Arn>]`]:
      'One log stream for each network interface.',
  });
  createFlowLogs(scope, source, {
    logDestinationType: 'cloud-watch-logs',
    logGroupName: logGroup.logGroupName,
    deliverLogsPermissionArn: role.roleArn,
  });
  new CfnOutput(scope, 'FlowLogGroupName', { value: logGroup.logGroupName });
  return logGroup;
}

/** One flow log per VPC or subnet. */
function createFlowLogs(
  scope: Construct,
  source: Source,
  destination: Pick<
    CfnFlowLogProps,
    'logDestinationType' | 'logDestination' | 'logGroupName' | 'deliverLogsPermissionArn'
  >,
): void {
  for (const [index, { resourceType, resourceId }] of resourcesOf(scope, source).entries()) {
    new CfnFlowLog(scope, index === 0 ? 'FlowLog' : `FlowLog${index + 1}`, {
      resourceType,
      resourceId,
      // Rejected traffic shows what rules keep out, accepted traffic what they let in: both are needed.
      trafficType: 'ALL',
      logFormat: LOG_FORMAT,
      maxAggregationInterval: AGGREGATION_SECONDS,
      ...destination,
    });
  }
}

function resourcesOf(scope: Construct, source: Source): { resourceType: 'VPC' | 'Subnet'; resourceId: string }[] {
  switch (source.kind) {
    case 'vpc':
      return [{ resourceType: 'VPC', resourceId: source.vpcId }];
    case 'subnets':
      return source.subnetIds.map((resourceId) => ({ resourceType: 'Subnet', resourceId }));
    case 'vpc-parameter': {
      const parameter = new CfnParameter(Stack.of(scope), 'VpcId', {
        type: 'AWS::EC2::VPC::Id',
        description: 'The VPC whose traffic is logged.',
      });
      return [{ resourceType: 'VPC', resourceId: parameter.valueAsString }];
    }
    case 'log-group':
      return [];
  }
}

function createIngestor(scope: Construct, { configuration, stream, deadLetters }: EntryOptions): LambdaFunction {
  const { reservedConcurrency } = configuration.profile;
  const ingestor = createFunction(scope, 'Ingestor', {
    name: 'ingestor',
    description: 'Puts flow log events to the delivery stream, one record each.',
    memoryMiB: 256,
    timeout: Duration.minutes(1),
    environment: { DELIVERY_STREAM: stream.ref },
    ...(reservedConcurrency === null ? {} : { reservedConcurrency }),
    permissions: [new PolicyStatement({ actions: ['firehose:PutRecordBatch'], resources: [stream.attrArn] })],
  });
  ingestor.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.hours(6),
    onFailure: new SqsDestination(deadLetters),
  });
  return ingestor;
}
