import { afterAll, describe, expect, it } from 'vitest';
import { startOpenSearch } from './server.ts';
import { orSkip } from './unavailable.ts';

const server = await orSkip(startOpenSearch);

describe.skipIf(!server?.kill)('an OpenSearch of our own', () => {
  afterAll(() => server?.stop());

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${server!.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  it('keeps what it acknowledged when its process is killed', { timeout: 120_000 }, async () => {
    await call('PUT', '/kept/_doc/1', { answer: 42 });
    await server!.kill!();
    await expect(call('GET', '/')).rejects.toThrow();
    await server!.start!();
    await call('GET', '/_cluster/health/kept?wait_for_status=yellow&timeout=30s');
    expect(await call('GET', '/kept/_doc/1')).toMatchObject({ found: true, _source: { answer: 42 } });
  });
});
