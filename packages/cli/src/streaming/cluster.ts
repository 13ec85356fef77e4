/** Opening an OpenSearch cluster for one command. */
import { FlowfitError } from '@flowfit/core/errors';
import type { OpenSearch } from '@flowfit/opensearch/client';
import type { Credentials } from '@flowfit/opensearch/sign';
import { CliError } from '../errors.ts';

/**
 * Runs work on the cluster and closes the connection. Requests to Amazon's domains and collections are signed, with
 * the credentials that the AWS CLI would use; elsewhere the address holds user and password where they are needed.
 */
export const withCluster = async <T>(url: string, work: (cluster: OpenSearch) => Promise<T>): Promise<T> => {
  const [{ openOpenSearch }, { signingOptions }] = await Promise.all([
    import('@flowfit/opensearch/client'),
    import('@flowfit/opensearch/sign'),
  ]);
  const cluster = openOpenSearch(url, signingOptions(url, lazyCredentials()));
  try {
    return await work(cluster);
  } catch (error) {
    throw withRemedy(error);
  } finally {
    await cluster.close();
  }
};

/** The SDK is loaded with the first request that is signed. */
const lazyCredentials = (): (() => Promise<Credentials>) => {
  let current: Promise<() => Promise<Credentials>> | null = null;
  return async () => {
    current ??= import('@flowfit/aws/credentials').then(({ currentCredentials }) => currentCredentials());
    return (await current)();
  };
};

const REMEDIES: Readonly<Record<string, string>> = {
  'opensearch-unreachable':
    'Check the address, and that it can be reached from here: a domain answers only the networks and the identities ' +
    'that its access policy names.',
  'opensearch-refused':
    'For 401 and 403, check the credentials: those of AWS for a domain of Amazon, else https://user:password@….',
};

const withRemedy = (error: unknown): unknown => {
  const remedy = error instanceof FlowfitError ? REMEDIES[error.code] : undefined;
  return error instanceof FlowfitError && remedy !== undefined
    ? new CliError(error.code, `${error.message}.`, { remedy })
    : error;
};
