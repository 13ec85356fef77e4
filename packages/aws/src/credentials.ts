/** The caller's credentials, found where the AWS CLI finds them: environment, shared configuration, role. */
import { S3Client } from '@aws-sdk/client-s3';

/** For signing requests that no client of the SDK makes. Any client resolves them, and renews them when they expire. */
export const currentCredentials = (): (() => ReturnType<S3Client['config']['credentials']>) => {
  const { credentials } = new S3Client({}).config;
  return () => credentials();
};
