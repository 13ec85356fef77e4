/** Where failed records go: the delivery stream and the cluster that a person names. */
import type { ReplayEffects } from '@flowfit/aws/failures/replay';
import type { OpenSearch } from '@flowfit/opensearch/client';
import type { Shell } from '../shell.ts';
import { withCluster } from './cluster.ts';
import type { Refusals } from './refusals.ts';

export interface ReplayTargets {
  readonly stream: string | undefined;
  /** Address of the cluster. */
  readonly opensearch: string | undefined;
}

/** Runs work with the targets open. What they refuse for good goes to `refusals`, with their own words. */
export const withTargets = async <T>(
  shell: Shell,
  { stream, opensearch }: ReplayTargets,
  refusals: Refusals,
  work: (effects: ReplayEffects) => Promise<T>,
): Promise<T> =>
  withStream(stream, refusals, (put) =>
    opensearch === undefined
      ? work({ put, write: null })
      : withCluster(opensearch, async (cluster) => work({ put, write: await writerOf(shell, cluster, refusals) })),
  );

const withStream = async <T>(
  stream: string | undefined,
  refusals: Refusals,
  work: (put: ReplayEffects['put']) => Promise<T>,
): Promise<T> => {
  if (stream === undefined) return work(null);
  const [{ createFirehoseClient }, { putRecords }] = await Promise.all([
    import('@flowfit/aws/firehose/client'),
    import('@flowfit/aws/firehose/put-records'),
  ]);
  const client = createFirehoseClient();
  try {
    return await work(async (records) => {
      const result = await putRecords(client, stream, records);
      for (const { code, message } of result.undelivered) refusals.add(`${code}: ${message}`);
      for (const _ of result.tooLarge) refusals.add('larger than a delivery stream takes');
      return result;
    });
  } finally {
    client.destroy();
  }
};

const writerOf = async (shell: Shell, cluster: OpenSearch, refusals: Refusals): Promise<ReplayEffects['write']> => {
  const { writeBulk } = await import('@flowfit/opensearch/bulk');
  return async (documents) => {
    const refused = new Set<string>();
    const onRejected = ({ document, reason }: { document: { id: string }; reason: string }) => {
      refused.add(document.id);
      refusals.add(reason);
    };
    await writeBulk(cluster, documents, { onRejected }, { sleep: shell.effects.sleep });
    return refused;
  };
};

/** For a dry run, which sends nothing: whatever may be sent has a place to go. */
export const ANY_TARGET: ReplayEffects = {
  put: async () => {
    throw new Error('a dry run put records');
  },
  write: async () => {
    throw new Error('a dry run wrote documents');
  },
};
