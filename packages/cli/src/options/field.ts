/** Names of fields on the command line: AWS's own and the added ones, hyphens or underscores. */
import { filterField, suggestField } from '@flowfit/core/filter/fields';
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError naming the field that was probably meant */
export const readField = (text: string): string => {
  const field = filterField(text);
  if (field !== undefined) return field.name;
  const suggestion = suggestField(text);
  const hint = suggestion === undefined ? 'docs/reference/fields.md lists all fields.' : `Did you mean ${suggestion}?`;
  throw new InvalidArgumentError(`There is no such field. ${hint}`);
};
