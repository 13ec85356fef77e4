/** A field by its name, as the filter language knows it. */
import { filterField, suggestField } from '@flowfit/core/filter/fields';
import { ApiError } from './errors.ts';

/** @throws ApiError `field-unknown` with the field that was probably meant */
export const readFieldName = (name: string): string => {
  const field = filterField(name);
  if (field !== undefined) return field.name;
  const suggestion = suggestField(name);
  const hint = suggestion === undefined ? '/api/v1/fields lists all.' : `Did you mean "${suggestion}"?`;
  throw new ApiError(400, 'field-unknown', `There is no field "${name}". ${hint}`, { field: name });
};
