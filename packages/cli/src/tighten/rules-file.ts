/** `--rules`: an answer of describe-security-group-rules, which replaces the rules of the groups that it names. */
import { type ChangeSet, rulesChange } from '@flowfit/core/change/change-set';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { readInventory } from '@flowfit/core/inventory/read';
import { CliError } from '../errors.ts';
import { asToday } from './todays-rules.ts';

/**
 * A rule that cannot be read would look like one that goes, so that a file with a problem is refused as a whole.
 *
 * @throws CliError `rules-invalid`, `rules-unknown-group`
 */
export const changeOfRules = (text: string, source: string, today: InventorySnapshot): ChangeSet => {
  const { snapshot, problems } = readInventory([{ source, text }], { capturedAt: today.capturedAt });
  if (problems.length > 0) {
    const lines = problems.slice(0, 5).map(({ code, message }) => `[${code}] ${message}`);
    throw new CliError('rules-invalid', `${source} cannot be read as a whole.`, { remedy: lines.join('\n') });
  }
  if (snapshot.groups.length === 0) {
    throw new CliError('rules-invalid', `${source} names no rule of a group.`, {
      remedy: 'Name the output of "aws ec2 describe-security-group-rules", or use --inventory for other answers.',
    });
  }
  const known = new Map(today.groups.map((group) => [group.id, group]));
  const unknown = snapshot.groups.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  if (unknown.length > 0) {
    throw new CliError('rules-unknown-group', `${source}: the inventory has no group ${unknown.join(', ')}.`, {
      remedy: 'Name the lake of that account with --lake, or add a capture with "flowfit inventory add PATH".',
    });
  }
  return rulesChange(
    today,
    new Map(snapshot.groups.map(({ id, rules }) => [id, asToday(known.get(id) ?? { rules: [] }, rules)])),
  );
};
