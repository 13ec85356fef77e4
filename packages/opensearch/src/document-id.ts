/**
 * Ids from content: a record that is written twice lands on itself. AWS's own fields decide, not the added ones, so
 * that a record keeps its id when inventory or geography have changed in between.
 */
import { createHash } from 'node:crypto';
import { addedFieldOf } from '@flowfit/core/enrich/added';
import type { EnrichedFlow } from '@flowfit/core/enrich/enrich';

/** 27 characters: the first 160 bits of SHA-256, base64url. */
export function documentIdOf(flow: EnrichedFlow): string {
  const names = Object.keys(flow).filter((name) => flow[name] != null && addedFieldOf(name) === undefined);
  const hash = createHash('sha256');
  // Lengths instead of separators: no value can pass for the beginning of the next.
  for (const name of names.sort()) {
    const value = String(flow[name]);
    hash.update(`${name.length}:${name}${value.length}:${value}`);
  }
  return hash.digest('base64url').slice(0, 27);
}
