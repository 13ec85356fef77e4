/** Objects that are read by GET, with ETags: as much of S3 as a reader of single objects sees. */
import { createHash } from 'node:crypto';
import { type LocalServer, startLocalServer } from './http.ts';

export interface LocalBucket extends LocalServer {
  /** By `bucket/key`. */
  readonly objects: Map<string, string>;
}

const xml = (status: number, body: string) => ({ status, contentType: 'application/xml', body });

export async function startLocalBucket(): Promise<LocalBucket> {
  const objects = new Map<string, string>();
  const server = await startLocalServer(({ path, headers }) => {
    const body = objects.get(decodeURIComponent(new URL(path, 'http://localhost').pathname).slice(1));
    if (body === undefined) return xml(404, '<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (headers['if-none-match'] === etag) return xml(304, '');
    return { status: 200, contentType: 'application/json', body, headers: { etag } };
  });
  return { ...server, objects };
}
