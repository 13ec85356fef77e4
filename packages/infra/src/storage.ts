/** The two buckets: what could not be delivered, and the inventory. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Configuration } from './configuration.ts';

const LOCKED_DOWN: BucketProps = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  // Neither lost records nor the past state of the account can be had a second time.
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Snapshots older than this are of no use: no flow log is delivered that late. */
const INVENTORY_DAYS = 400;

export class Storage extends Construct {
  readonly failures: Bucket;
  readonly inventory: Bucket;

  constructor(scope: Construct, id: string, { profile }: Configuration) {
    super(scope, id);
    const abandoned = { abortIncompleteMultipartUploadAfter: Duration.days(1) };
    this.failures = new Bucket(this, 'Failures', {
      ...LOCKED_DOWN,
      lifecycleRules: [{ expiration: Duration.days(profile.failureRetentionDays), ...abandoned }],
    });
    this.inventory = new Bucket(this, 'Inventory', {
      ...LOCKED_DOWN,
      versioned: true,
      lifecycleRules: [
        { expiration: Duration.days(INVENTORY_DAYS), noncurrentVersionExpiration: Duration.days(7), ...abandoned },
      ],
    });
    for (const bucket of [this.failures, this.inventory]) {
      acknowledge(bucket, {
        'AwsSolutions-S1': 'Written and read by the functions of this stack alone; CloudTrail data events show access.',
      });
    }
  }
}
