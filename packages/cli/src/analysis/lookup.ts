/** From what a person types to the group, rule or interface that is meant. */

import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import { closest } from '@flowfit/core/filter/distance';
import type { SecurityGroup } from '@flowfit/core/inventory/model';
import { CliError } from '../errors.ts';

/** Groups by id or by name; a name may stand for several. @throws CliError `group-unknown` */
export const findGroups = (groups: readonly SecurityGroup[], text: string): readonly SecurityGroup[] => {
  const found = groups.filter(({ id, groupName, name }) => id === text || groupName === text || name === text);
  if (found.length > 0) return found;
  const names = groups.flatMap(({ id, groupName }) => [id, groupName]);
  throw unknown('group', text, closest(text, names), '"flowfit groups" lists all groups.');
};

/** @throws CliError `rule-unknown` */
export const findRule = (rules: readonly RuleVerdict[], id: string): RuleVerdict => {
  const found = rules.find(({ rule }) => rule.id === id);
  if (found !== undefined) return found;
  const ids = rules.map(({ rule }) => rule.id);
  throw unknown('rule', id, closest(id, ids), '"flowfit rules" lists all rules of the newest inventory.');
};

/** @throws CliError `interface-unknown` */
export const findById = <T extends { readonly id: string }>(items: readonly T[], id: string, what: 'interface'): T => {
  const found = items.find((item) => item.id === id);
  if (found !== undefined) return found;
  throw unknown(
    what,
    id,
    closest(
      id,
      items.map((item) => item.id),
    ),
    '"flowfit top interface-id" lists those with traffic.',
  );
};

const unknown = (what: string, text: string, suggestion: string | undefined, otherwise: string): CliError =>
  new CliError(`${what}-unknown`, `There is no ${what} "${text}" in the inventory.`, {
    remedy: suggestion === undefined ? otherwise : `Did you mean ${suggestion}? ${otherwise}`,
  });
