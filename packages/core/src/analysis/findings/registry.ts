/** All kinds of findings. A new one is a file beside this and a line here. */
import { broadPorts } from './broad-ports.ts';
import { broadSource } from './broad-source.ts';
import type { Finding, FindingContext, FindingKind, Severity } from './finding.ts';
import { openToWorld } from './open-to-world.ts';
import { redundantRule } from './redundant-rule.ts';
import { rejectedButAllowed } from './rejected-but-allowed.ts';
import { silentGroup } from './silent-group.ts';
import { staleReference } from './stale-reference.ts';
import { unattachedGroup } from './unattached-group.ts';
import { unattributedAccept } from './unattributed-accept.ts';
import { unusedAttribute } from './unused-attribute.ts';
import { unusedRule } from './unused-rule.ts';

export const FINDING_KINDS: readonly FindingKind[] = [
  openToWorld,
  unusedRule,
  silentGroup,
  unattachedGroup,
  broadSource,
  broadPorts,
  unusedAttribute,
  redundantRule,
  staleReference,
  rejectedButAllowed,
  unattributedAccept,
];

export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low', 'info'];

/** All findings, the gravest first, then by id. */
export function findAll(context: FindingContext): Finding[] {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  return FINDING_KINDS.flatMap(({ find }) => find(context)).sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}
