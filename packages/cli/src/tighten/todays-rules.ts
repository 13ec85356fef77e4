/** Rules from outside as today's group has them, where it has them. */
import type { SecurityGroup, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { ruleTuple } from '@flowfit/core/inventory/rule-id';

/**
 * A rule that says what one of today says is that one: other answers of AWS name other ids for it, and leave out by
 * which peering connection a reference goes.
 */
export const asToday = (
  group: Pick<SecurityGroup, 'rules'>,
  rules: readonly SecurityGroupRule[],
): readonly SecurityGroupRule[] => {
  const today = new Map(group.rules.map((rule) => [ruleTuple(rule), rule]));
  return rules.map((rule) => today.get(ruleTuple(rule)) ?? rule);
};
