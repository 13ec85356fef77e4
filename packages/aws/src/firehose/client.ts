import { FirehoseClient, type FirehoseClientConfig } from '@aws-sdk/client-firehose';

/** A client for `putRecords`, which counts attempts itself: with the client's own retries on top they would multiply. */
export const createFirehoseClient = (config: FirehoseClientConfig = {}): FirehoseClient =>
  new FirehoseClient({ maxAttempts: 1, ...config });
