/** Names of rules in a template, from their ids, so that the same rule has the same name in every patch. */
import type { SecurityGroupRule } from '../inventory/model.ts';

/** `toName` maps ids to what the language allows; two that end up alike are told apart by a number. */
export function uniqueNames(
  rules: readonly SecurityGroupRule[],
  toName: (id: string) => string,
): ReadonlyMap<SecurityGroupRule, string> {
  const taken = new Set<string>();
  return new Map(
    rules.map((rule) => {
      const name = toName(rule.id);
      let free = name;
      for (let number = 2; taken.has(free); number += 1) free = `${name}x${number}`;
      taken.add(free);
      return [rule, free];
    }),
  );
}
