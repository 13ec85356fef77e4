/**
 * Facets: the filters made by clicking. Each says that a field has a value, or has not; the ones switched off stay in
 * sight. Included values of one field are alternatives (`in`); everything else must hold at once.
 */
import { formatFilter } from '@flowfit/core/filter/format';
import { parseFilter } from '@flowfit/core/filter/parse';
import { allOf, type Filter, negate, type Value } from '@flowfit/core/filter/tree';
import { formatText } from '@flowfit/core/filter/value';

export interface Facet {
  readonly field: string;
  readonly value: string;
  readonly excluded: boolean;
  readonly enabled: boolean;
}

/** `dstport:443`, `-dstport:123` excluded, `~dstport:443` switched off. */
export const encodeFacet = ({ field, value, excluded, enabled }: Facet): string =>
  `${enabled ? '' : '~'}${excluded ? '-' : ''}${field}:${value}`;

export const decodeFacet = (text: string): Facet | null => {
  const match = /^(~?)(-?)([a-z][a-z0-9-]*):(.*)$/s.exec(text);
  if (match === null) return null;
  const [, off, minus, field = '', value = ''] = match;
  return { field, value, excluded: minus === '-', enabled: off !== '~' };
};

const isSame = (a: Facet, field: string, value: string): boolean => a.field === field && a.value === value;

export const findFacet = (facets: readonly Facet[], field: string, value: string): Facet | undefined =>
  facets.find((facet) => isSame(facet, field, value));

/** A click includes the value, a second click reverses it. */
export const include = (facets: readonly Facet[], field: string, value: string): readonly Facet[] => {
  const known = findFacet(facets, field, value);
  if (known?.enabled && !known.excluded) return exclude(facets, field, value);
  return put(facets, { field, value, excluded: false, enabled: true });
};

export const exclude = (facets: readonly Facet[], field: string, value: string): readonly Facet[] =>
  put(facets, { field, value, excluded: true, enabled: true });

const put = (facets: readonly Facet[], facet: Facet): readonly Facet[] =>
  findFacet(facets, facet.field, facet.value) === undefined
    ? [...facets, facet]
    : facets.map((known) => (isSame(known, facet.field, facet.value) ? facet : known));

export const replace = (facets: readonly Facet[], old: Facet, next: Facet): readonly Facet[] =>
  facets.map((facet) => (facet === old ? next : facet));

export const remove = (facets: readonly Facet[], old: Facet): readonly Facet[] =>
  facets.filter((facet) => facet !== old);

/** The value as the filter language writes it: read back by the language's own parser, so that types are its own. */
const toTest = ({ field, value }: Facet): Extract<Filter, { kind: 'in' | 'null' }> | null => {
  if (value === '') return { kind: 'null', field };
  const parsed = parseFilter(`${field} = ${formatText(value)}`);
  return parsed.ok && parsed.tree.kind === 'in' ? parsed.tree : null;
};

export const facetsToFilter = (facets: readonly Facet[]): Filter => {
  const included = new Map<string, Value[]>();
  const filters: Filter[] = [];
  for (const facet of facets) {
    if (!facet.enabled) continue;
    const test = toTest(facet);
    if (test === null) continue;
    if (facet.excluded) filters.push(negate(test));
    else if (test.kind === 'null') filters.push(test);
    else included.set(test.field, [...(included.get(test.field) ?? []), ...test.values]);
  }
  return allOf([...[...included].map(([field, values]): Filter => ({ kind: 'in', field, values })), ...filters]);
};

/** Packets that go back to who opened the connection. Where nobody knows who did, nothing is hidden. */
const RETURN_TRAFFIC =
  'not (direction = inbound and initiator = local) and not (direction = outbound and initiator = remote)';

/** One filter text of all there is: facets, the typed filter, and the switch that hides return traffic. */
export const combineFilters = (facets: readonly Facet[], typed: string, hideReturn: boolean): string => {
  const parsed = parseFilter(typed);
  const hidden = parseFilter(hideReturn ? RETURN_TRAFFIC : '');
  const parts = [parsed, hidden].flatMap((part) => (part.ok ? [part.tree] : []));
  return formatFilter(allOf([facetsToFilter(facets), ...parts]));
};
