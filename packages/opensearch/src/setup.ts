/**
 * Making a cluster ready for enriched flows: index template, retention policy, saved objects. Every step can be
 * repeated; a step that the cluster has no plugin for is skipped and said, since records arrive without it as well.
 */
import { type Answer, type OpenSearch, OpenSearchError, reasonOf } from './client.ts';
import { type Fetch, importSavedObjects } from './dashboards.ts';
import { type Names, namesOf } from './names.ts';
import { type Retention, toRetentionPolicy } from './retention.ts';
import { toSavedObjects } from './saved-objects/dashboard.ts';
import { toWriterMapping, toWriterRole } from './security.ts';
import { type IndexOptions, toIndexTemplate } from './template.ts';

export interface SetupOptions extends IndexOptions {
  readonly prefix?: string;
  /** null = indexes are kept for ever. */
  readonly retention: Retention | null;
  /** IAM roles that write, on a cluster with fine-grained access control: the delivery stream's. */
  readonly writers?: readonly string[];
  /** Base address of OpenSearch Dashboards; null = its objects are not imported. */
  readonly dashboardsUrl: string | null;
}

export interface SetupStep {
  readonly step: 'index-template' | 'existing-indexes' | 'retention-policy' | 'writers' | 'saved-objects';
  readonly outcome: 'done' | 'skipped' | 'attention';
  readonly detail: string;
}

/** @throws OpenSearchError when the cluster does not answer or refuses a step it has the means for. */
export async function setup(cluster: OpenSearch, options: SetupOptions, fetch: Fetch): Promise<SetupStep[]> {
  const names = namesOf(options.prefix);
  return [
    await putTemplate(cluster, names, options),
    await checkIndexes(cluster, names),
    await putRetention(cluster, names, options.retention),
    await putWriters(cluster, names, options.writers ?? []),
    await putSavedObjects(names, options.dashboardsUrl, fetch),
  ];
}

async function putTemplate(cluster: OpenSearch, names: Names, options: IndexOptions): Promise<SetupStep> {
  const answer = await cluster.request('PUT', `/_index_template/${names.template}`, toIndexTemplate(names, options));
  expectOk(answer, `index template ${names.template}`);
  return { step: 'index-template', outcome: 'done', detail: `${names.template} for ${names.pattern}` };
}

/** A template reaches only indexes made after it: older ones keep mappings that dashboards stumble over. */
async function checkIndexes(cluster: OpenSearch, { pattern }: Names): Promise<SetupStep> {
  const answer = await cluster.request('GET', `/${pattern}/_mapping/field/srcaddr?ignore_unavailable=true`);
  // 404 = no index has the field: there is none yet, or none of those with the mapping.
  if (answer.status !== 404) expectOk(answer, `mapping of ${pattern}`);
  const indexes = Object.entries(answer.body as Record<string, { mappings: MappedField }>);
  const untyped = indexes.filter(([, { mappings }]) => mappings.srcaddr?.mapping.srcaddr?.type !== 'ip');
  if (untyped.length === 0) {
    return { step: 'existing-indexes', outcome: 'done', detail: `${indexes.length} indexes, all with the mapping` };
  }
  const names = untyped.map(([name]) => name).sort();
  return {
    step: 'existing-indexes',
    outcome: 'attention',
    detail: `made before the template and without its mapping: ${names.join(', ')}; reindex or delete them`,
  };
}

interface MappedField {
  readonly srcaddr?: { readonly mapping: { readonly srcaddr?: { readonly type: string } } };
}

async function putRetention(cluster: OpenSearch, names: Names, retention: Retention | null): Promise<SetupStep> {
  const step = 'retention-policy';
  if (retention === null) return { step, outcome: 'skipped', detail: 'none asked for: indexes are kept for ever' };
  const path = `/_plugins/_ism/policies/${names.policy}`;
  const known = await cluster.request('GET', path);
  if (isMissingPlugin(known)) {
    const detail = 'the cluster has no Index State Management: delete old indexes by other means, or disks fill up';
    return { step, outcome: 'skipped', detail };
  }
  // An update must name the version it replaces.
  const version =
    known.status === 200 ? `?if_seq_no=${known.body._seq_no}&if_primary_term=${known.body._primary_term}` : '';
  const answer = await cluster.request('PUT', `${path}${version}`, toRetentionPolicy(names, retention));
  expectOk(answer, `retention policy ${names.policy}`);
  return { step, outcome: 'done', detail: `${names.policy}: deleted after ${retention.deleteAfterDays} days` };
}

async function putWriters(cluster: OpenSearch, names: Names, writers: readonly string[]): Promise<SetupStep> {
  const step = 'writers';
  if (writers.length === 0) return { step, outcome: 'skipped', detail: 'none named' };
  const api = '/_plugins/_security/api';
  const role = await cluster.request('PUT', `${api}/roles/${names.writerRole}`, toWriterRole(names));
  if (isMissingPlugin(role)) {
    return { step, outcome: 'skipped', detail: 'the cluster has no fine-grained access control: its policy decides' };
  }
  expectOk(role, `role ${names.writerRole}`);
  const mapping = await cluster.request('PUT', `${api}/rolesmapping/${names.writerRole}`, toWriterMapping(writers));
  expectOk(mapping, `mapping of the role ${names.writerRole}`);
  return { step, outcome: 'done', detail: `${names.writerRole} for ${writers.join(', ')}` };
}

/** A bare server answers 400 "no handler found", Serverless 404 without the plugin's own error type. */
const isMissingPlugin = ({ status, body }: Answer): boolean =>
  status === 400 || (status === 404 && body?.error?.type === undefined);

async function putSavedObjects(names: Names, url: string | null, fetch: Fetch): Promise<SetupStep> {
  const objects = toSavedObjects(names);
  if (url === null) {
    const detail = `no address of OpenSearch Dashboards given: ${objects.length} saved objects are not imported`;
    return { step: 'saved-objects', outcome: 'skipped', detail };
  }
  const count = await importSavedObjects(url, objects, fetch);
  return { step: 'saved-objects', outcome: 'done', detail: `${count} objects, the SGDashboard among them` };
}

function expectOk(answer: Answer, what: string): void {
  if (answer.status >= 200 && answer.status < 300) return;
  throw new OpenSearchError('opensearch-refused', `the cluster refused the ${what}: ${reasonOf(answer)}`);
}
