import { describe, expect, it } from 'vitest';
import type { Answer, OpenSearch } from './client.ts';
import { type SetupOptions, setup } from './setup.ts';

/** A cluster that answers by method and path, and remembers what it was asked. */
function cluster(answerOf: (method: string, path: string) => Answer | undefined) {
  const asked: { method: string; path: string; body: unknown }[] = [];
  const fake: OpenSearch = {
    request: async (method, path, body) => {
      asked.push({ method, path, body });
      return answerOf(method, path) ?? { status: 200, body: {} };
    },
    close: async () => undefined,
  };
  const run = (change: Partial<SetupOptions> = {}) =>
    setup(fake, { retention: { deleteAfterDays: 7 }, dashboardsUrl: null, ...change }, () =>
      Promise.reject(new Error()),
    );
  return { asked, run };
}

describe('the setup', () => {
  it('replaces the version of the retention policy that is there', async () => {
    const { asked, run } = cluster((method, path) =>
      method === 'GET' && path.includes('_ism') ? { status: 200, body: { _seq_no: 7, _primary_term: 2 } } : undefined,
    );
    await run();
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toContain(
      'PUT /_plugins/_ism/policies/flowfit-cwl-retention?if_seq_no=7&if_primary_term=2',
    );
  });

  it('creates the retention policy where there is none yet', async () => {
    const { asked, run } = cluster((method, path) =>
      method === 'GET' && path.includes('_ism')
        ? { status: 404, body: { error: { type: 'status_exception', reason: 'Policy not found' } } }
        : undefined,
    );
    expect((await run()).find(({ step }) => step === 'retention-policy')).toMatchObject({ outcome: 'done' });
    expect(asked.at(-1)).toMatchObject({ method: 'PUT', path: '/_plugins/_ism/policies/flowfit-cwl-retention' });
  });

  it('lets the delivery stream write where access is fine-grained', async () => {
    const { asked, run } = cluster(() => undefined);
    const role = 'arn:aws:iam::123456789012:role/delivery';
    expect((await run({ writers: [role] })).find(({ step }) => step === 'writers')).toMatchObject({ outcome: 'done' });
    expect(asked.filter(({ path }) => path.includes('_security'))).toMatchObject([
      {
        path: '/_plugins/_security/api/roles/flowfit-cwl-writer',
        body: { index_permissions: [{ index_patterns: ['cwl-*'] }] },
      },
      { path: '/_plugins/_security/api/rolesmapping/flowfit-cwl-writer', body: { backend_roles: [role] } },
    ]);
  });

  it('goes on without plugins, and says so', async () => {
    const { run } = cluster((_method, path) =>
      path.startsWith('/_plugins') ? { status: 400, body: { error: 'no handler found for uri' } } : undefined,
    );
    const steps = await run({ writers: ['arn:aws:iam::123456789012:role/delivery'] });
    expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'index-template done',
      'existing-indexes done',
      'retention-policy skipped',
      'writers skipped',
      'saved-objects skipped',
    ]);
  });

  it('stops with the reason when the cluster refuses', async () => {
    const { run } = cluster(() => ({ status: 403, body: { error: { reason: 'no permissions for [cluster:admin]' } } }));
    await expect(run()).rejects.toThrow(
      'the cluster refused the index template flowfit-cwl: 403 no permissions for [cluster:admin]',
    );
  });
});
