/** A stand-in for OpenSearch and its Dashboards, for messages and exit codes: it keeps what it is sent. */
import {
  type LocalAnswer,
  type LocalRequest,
  type LocalServer,
  startLocalServer,
} from '@flowfit/testkit/faulty-aws/http';

export interface FakeCluster extends LocalServer {
  /** Documents by index and id. */
  readonly documents: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Bodies of what was put, by path. */
  readonly settings: ReadonlyMap<string, unknown>;
}

export interface FakeClusterOptions {
  /** Index State Management and fine-grained access control. */
  readonly plugins?: boolean;
  /** Says why the mapping refuses a document; undefined = it is taken. */
  readonly refuse?: (document: Readonly<Record<string, unknown>>) => string | undefined;
  /** Who asks is not let in. */
  readonly locked?: boolean;
}

export async function startFakeCluster(options: FakeClusterOptions = {}): Promise<FakeCluster> {
  const documents = new Map<string, Record<string, unknown>>();
  const settings = new Map<string, unknown>();

  const answer = ({ method, path, body }: LocalRequest): LocalAnswer => {
    if (options.locked) return json(403, { message: 'User: anonymous is not authorized to perform: es:ESHttpPut' });
    if (path === '/_bulk') return json(200, { items: toItems(body.toString('utf8')) });
    if (path.startsWith('/api/saved_objects/_import')) {
      const objects = body.toString('utf8').match(/^\{.*"type".*\}\r?$/gm) ?? [];
      return json(200, { success: true, successCount: objects.length });
    }
    if (path.startsWith('/_plugins/') && !options.plugins)
      return json(400, { error: `no handler found for uri [${path}]` });
    if (method === 'GET')
      return json(404, path.startsWith('/_plugins/') ? { error: { type: 'status_exception' } } : {});
    settings.set(path, JSON.parse(body.toString('utf8')));
    return json(200, {});
  };

  const toItems = (ndjson: string) => {
    const lines = ndjson.trimEnd().split('\n');
    return lines.flatMap((line, i) => (i % 2 === 0 ? [{ create: create(line, lines[i + 1]!) }] : []));
  };

  const create = (action: string, source: string) => {
    const { _index, _id } = JSON.parse(action).create;
    const document = JSON.parse(source);
    const key = `${_index}/${_id}`;
    const reason = options.refuse?.(document);
    if (reason !== undefined) return { status: 400, error: { type: 'mapper_parsing_exception', reason } };
    if (documents.has(key))
      return { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'exists' } };
    documents.set(key, document);
    return { status: 201 };
  };

  return { ...(await startLocalServer(answer)), documents, settings };
}

const json = (status: number, body: object): LocalAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});
