/** Importing saved objects into OpenSearch Dashboards by its HTTP API. */
import { OpenSearchError } from './client.ts';
import { type SavedObject, toNdjson } from './saved-objects/object.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

interface ImportAnswer {
  readonly success: boolean;
  readonly successCount: number;
  readonly errors?: readonly {
    readonly id: string;
    readonly type: string;
    readonly error?: { readonly type?: string };
  }[];
}

/**
 * Imports `objects`, replacing those that are there. `url` is the base address of OpenSearch Dashboards (a managed
 * domain has it under `/_dashboards`); credentials may stand in it.
 *
 * @returns the number of objects imported. @throws OpenSearchError
 */
export async function importSavedObjects(url: string, objects: readonly SavedObject[], fetch: Fetch): Promise<number> {
  const form = new FormData();
  form.append('file', new Blob([toNdjson(objects)], { type: 'application/ndjson' }), 'flowfit.ndjson');
  const { address, authorization } = splitCredentials(url);
  const response = await fetch(`${address}/api/saved_objects/_import?overwrite=true`, {
    method: 'POST',
    headers: { 'osd-xsrf': 'true', ...authorization },
    body: form,
  }).catch((error: unknown) => {
    throw new OpenSearchError('opensearch-unreachable', `${address} does not answer: ${String(error)}`, {
      cause: error,
    });
  });
  if (!response.ok) {
    throw new OpenSearchError(
      'opensearch-refused',
      `${address} refused the import: ${response.status} ${await response.text()}`,
    );
  }
  const answer = (await response.json()) as ImportAnswer;
  if (!answer.success) {
    const failed = (answer.errors ?? []).map(({ type, id, error }) => `${type} ${id}: ${error?.type ?? 'unknown'}`);
    throw new OpenSearchError('opensearch-refused', `${address} did not import ${failed.join('; ')}`);
  }
  return answer.successCount;
}

function splitCredentials(text: string): { address: string; authorization: Record<string, string> } {
  const url = new URL(text);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization: Record<string, string> = url.username
    ? { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
    : {};
  url.username = url.password = '';
  return { address: url.href.replace(/\/$/, ''), authorization };
}
