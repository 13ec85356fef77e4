import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** A client for buckets that a person names, whichever region they are in. */
export const createS3Client = (config: S3ClientConfig = {}): S3Client =>
  new S3Client({ followRegionRedirects: true, ...config });
