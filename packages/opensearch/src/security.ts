/** A role for the delivery stream, on clusters with fine-grained access control: IAM alone does not let it write there. */
import type { Names } from './names.ts';

/** Body of `PUT _plugins/_security/api/roles/NAME`: writing daily indexes, and what Firehose reads beforehand. */
export function toWriterRole({ pattern }: Names) {
  return {
    cluster_permissions: ['cluster_composite_ops', 'cluster_monitor'],
    index_permissions: [{ index_patterns: [pattern], allowed_actions: ['create_index', 'crud', 'indices_monitor'] }],
  };
}

/** Body of `PUT _plugins/_security/api/rolesmapping/NAME`; IAM roles are "backend roles". */
export function toWriterMapping(roleArns: readonly string[]) {
  return { backend_roles: [...roleArns], hosts: [], users: [] };
}
