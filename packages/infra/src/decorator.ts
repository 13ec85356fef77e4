/** The decorator: the transform of the delivery stream. */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Configuration } from './configuration.ts';
import { LOG_FORMAT } from './format.ts';
import { createFunction, type LambdaFunction } from './function.ts';
import { acknowledgeReads, INVENTORY_PREFIX } from './inventory.ts';

export function createDecorator(scope: Construct, configuration: Configuration, inventory: Bucket): LambdaFunction {
  const { geography, noData, skipData, source, profile } = configuration;
  const decorator = createFunction(scope, 'Decorator', {
    name: 'decorator',
    description: 'Enriches flow records with direction, security groups and geography.',
    memoryMiB: 1_024,
    // Firehose waits five minutes at most; a batch takes well below a second.
    timeout: Duration.minutes(2),
    environment: {
      // A batch lives as long as its invocation: with room for all of it in the young generation nothing is copied.
      NODE_OPTIONS: '--max-semi-space-size=64',
      INVENTORY_BUCKET: inventory.bucketName,
      INVENTORY_PREFIX,
      GEOGRAPHY: geography,
      NO_DATA: noData,
      SKIP_DATA: skipData,
      // Flow logs that exist already may have any format: the decorator finds it in the inventory.
      FLOW_LOG_FORMAT: source.kind === 'log-group' ? '' : LOG_FORMAT,
    },
    ...(profile.reservedConcurrency === null ? {} : { reservedConcurrency: profile.reservedConcurrency }),
    ...(geography === 'bundled' ? {} : { exclude: ['geo'] }),
    permissions: [
      new PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces'], resources: ['*'] }),
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [inventory.arnForObjects(`${INVENTORY_PREFIX}*`)] }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [inventory.bucketArn] }),
      ...geographyPermissions(geography),
    ],
  });
  acknowledgeReads(decorator, inventory, 'EC2 cannot limit this call to single interfaces.');
  return decorator;
}

function geographyPermissions(geography: string): PolicyStatement[] {
  if (!geography.startsWith('s3://')) return [];
  const path = geography.slice('s3://'.length);
  return [new PolicyStatement({ actions: ['s3:GetObject'], resources: [`arn:aws:s3:::${path}`] })];
}
