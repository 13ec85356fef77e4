/** Where the failures lie that a person names: `s3://bucket/prefix` or a folder. */
import type { FailureStore } from '@flowfit/aws/failures/objects';
import { messageOf } from '@flowfit/core/errors';
import { CliError, usageError } from '../errors.ts';
import type { Shell } from '../shell.ts';

/** Runs work on the objects of a place. @throws CliError `failures-unreadable` when they cannot be listed */
export const withFailures = async <T>(
  shell: Shell,
  place: string,
  work: (store: FailureStore) => Promise<T>,
): Promise<T> => {
  const objects = await import('@flowfit/aws/failures/objects');
  if (!place.startsWith('s3:')) return work(listed(place, objects.openFailureFolder(shell.path(place))));
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket === undefined) {
    throw usageError('failures-place', `"${place}" names no bucket.`, 'Write s3://bucket/ or s3://bucket/prefix/.');
  }
  const { createS3Client } = await import('@flowfit/aws/s3/client');
  const client = createS3Client();
  try {
    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    return await work(listed(place, objects.openFailureBucket(client, bucket, folder)));
  } finally {
    client.destroy();
  }
};

/** What the file system and AWS say when there is no list, in our shape. */
const listed = (place: string, store: FailureStore): FailureStore => ({
  ...store,
  list: async function* () {
    try {
      yield* store.list();
    } catch (error) {
      throw new CliError('failures-unreadable', `${place} cannot be listed: ${messageOf(error)}`, {
        remedy: place.startsWith('s3:')
          ? 'Check the name, the region and the credentials: reading, writing and deleting objects must be allowed.'
          : 'Name the folder that holds the error objects of the delivery stream, or s3://bucket/.',
      });
    }
  },
});
