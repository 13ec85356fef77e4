/** Signed requests, which Amazon's domains and Serverless collections ask for where no network or password lets one in. */
import type { ClientOptions } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** `….<region>.es.amazonaws.com` is a domain, `….<region>.aoss.amazonaws.com` a collection. */
const AMAZON_HOST = /\.([a-z0-9-]+)\.(es|aoss)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/** Options for `openOpenSearch`; empty where the address is not Amazon's, or says by a user name how to get in. */
export function signingOptions(url: string, getCredentials: () => Promise<Credentials>): ClientOptions {
  const { hostname, username } = new URL(url);
  const [, region, service] = AMAZON_HOST.exec(hostname) ?? [];
  if (!region || !service || username) return {};
  return AwsSigv4Signer({ region, service: service as 'es' | 'aoss', getCredentials: getCredentials as never });
}
