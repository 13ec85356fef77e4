/** The scope of a question as the lake takes it. */
import { parseFilter } from '@flowfit/core/filter/parse';
import type { Filter } from '@flowfit/core/filter/tree';
import type { Selection } from '@flowfit/lake/queries/window';
import type { ScopeQuery } from './contract/common.ts';
import { ApiError } from './errors.ts';

/** @throws ApiError `filter-invalid` with the column, `window-invalid` */
export const toSelection = ({ where, from, to }: ScopeQuery): Selection => {
  if (from !== undefined && to !== undefined && from >= to) {
    throw new ApiError(400, 'window-invalid', 'The window is empty: "from" has to be before "to".');
  }
  return { filter: where === undefined ? undefined : readFilter(where), from, to };
};

const readFilter = (text: string): Filter => {
  const parsed = parseFilter(text);
  if (parsed.ok) return parsed.tree;
  const { message, ...details } = parsed.error;
  throw new ApiError(400, 'filter-invalid', `Column ${details.column} of the filter: ${message}`, details);
};
