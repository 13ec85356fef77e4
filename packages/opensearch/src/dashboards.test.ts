import { describe, expect, it } from 'vitest';
import { type Fetch, importSavedObjects } from './dashboards.ts';
import { namesOf } from './names.ts';
import { toSavedObjects } from './saved-objects/dashboard.ts';

const objects = toSavedObjects(namesOf());

/** OpenSearch Dashboards' end of the import, as far as it shows: what came in, and an answer. */
function server(status: number, answer: unknown) {
  const calls: { url: string; headers: Record<string, string>; ndjson: string }[] = [];
  const fetch: Fetch = async (url, { headers, body }) => {
    const file = (body as FormData).get('file') as File;
    calls.push({ url, headers: headers as Record<string, string>, ndjson: await file.text() });
    return new Response(JSON.stringify(answer), { status });
  };
  return { calls, fetch };
}

describe('the import', () => {
  it('sends one file with all objects and says how many were taken', async () => {
    const { calls, fetch } = server(200, { success: true, successCount: objects.length });
    const url = 'https://admin:s%40cret@search.example.com/_dashboards';
    expect(await importSavedObjects(url, objects, fetch)).toBe(objects.length);
    expect(calls[0]?.url).toBe('https://search.example.com/_dashboards/api/saved_objects/_import?overwrite=true');
    expect(calls[0]?.headers).toEqual({
      'osd-xsrf': 'true',
      authorization: `Basic ${Buffer.from('admin:s@cret').toString('base64')}`,
    });
    expect(calls[0]?.ndjson.trim().split('\n')).toHaveLength(objects.length);
  });

  it('names the objects that were not taken', async () => {
    const errors = [{ id: 'x', type: 'visualization', error: { type: 'missing_references' } }];
    const { fetch } = server(200, { success: false, successCount: 0, errors });
    await expect(importSavedObjects('http://localhost:5601', objects, fetch)).rejects.toThrow(
      'http://localhost:5601 did not import visualization x: missing_references',
    );
  });

  it('shows no credentials when it is refused or alone', async () => {
    const { fetch } = server(401, { message: 'Unauthorized' });
    const url = 'http://user:secret@localhost:5601';
    await expect(importSavedObjects(url, objects, fetch)).rejects.toThrow(/^http:\/\/localhost:5601 refused .*401/);
    const nobody: Fetch = () => Promise.reject(new Error('ECONNREFUSED'));
    await expect(importSavedObjects(url, objects, nobody)).rejects.toThrow(/^http:\/\/localhost:5601 does not answer/);
  });
});
