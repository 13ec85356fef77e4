import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';

/**
 * A client that leaves other tools of the account their share: `adaptive` measures how often EC2 throttles and slows
 * down, with exponential pauses and jitter. Region, endpoint and credentials come from the environment unless given.
 */
export const createEc2Client = (config: EC2ClientConfig = {}): EC2Client =>
  new EC2Client({ retryMode: 'adaptive', maxAttempts: 10, ...config });
