/** Writes a tree as text that reads as the same tree, in one canonical spelling. */
import { type FilterField, filterField } from './fields.ts';
import type { Filter, Value } from './tree.ts';
import { formatNumber, formatText, formatValue } from './value.ts';

/** @throws RangeError on a tree that the language cannot say: an unknown field, an empty `or` */
export const formatFilter = (filter: Filter): string => {
  switch (filter.kind) {
    case 'and':
      return filter.filters
        .map((part) => (part.kind === 'or' ? `(${formatFilter(part)})` : formatFilter(part)))
        .join(' and ');
    case 'or':
      if (filter.filters.length === 0) throw new RangeError('An empty "or" cannot be written.');
      return filter.filters.map(formatFilter).join(' or ');
    case 'not':
      return formatNegation(filter.filter);
    default:
      return formatTest(filter, false);
  }
};

type Test = Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' }>;

const formatNegation = (filter: Filter): string => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `not (${formatFilter(filter)})`;
    case 'not':
    case 'compare':
      return `not ${formatFilter(filter)}`;
    default:
      return formatTest(filter, true);
  }
};

const formatTest = (test: Test, negated: boolean): string => {
  const field = fieldNamed(test.field);
  switch (test.kind) {
    case 'null':
      return `${field.name} is ${negated ? 'not ' : ''}null`;
    case 'contains':
      return `${field.name} ${negated ? '!~' : '~'} ${formatText(test.text)}`;
    case 'compare':
      return `${field.name} ${test.operator} ${formatNumber(field, test.number)}`;
    case 'in':
      return formatMembership(field, test.values, negated);
  }
};

const formatMembership = (field: FilterField, values: readonly Value[], negated: boolean): string => {
  const [first, ...more] = values;
  if (first === undefined) throw new RangeError('An empty set cannot be written.');
  const isRange = first.kind === 'range' || first.kind === 'prefix';
  if (more.length === 0 && !isRange) return `${field.name} ${negated ? '!=' : '='} ${formatValue(field, first)}`;
  const texts = values.map((value) => formatValue(field, value)).join(', ');
  return `${field.name} ${negated ? 'not in' : 'in'} ${more.length === 0 ? texts : `(${texts})`}`;
};

const fieldNamed = (name: string): FilterField => {
  const field = filterField(name);
  if (field === undefined) throw new RangeError(`There is no field "${name}".`);
  return field;
};
