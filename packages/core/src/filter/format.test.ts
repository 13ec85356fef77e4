import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILTER_FIELDS, type FilterField } from './fields.ts';
import { formatFilter } from './format.ts';
import { parseFilter } from './parse.ts';
import { allOf, anyOf, type Filter, negate, type Value } from './tree.ts';

const number = fc.oneof(fc.constantFrom(0, 6, 443), fc.maxSafeNat());
const address = fc.constantFrom('192.0.2.1', '2001:db8::1', '::');
const prefix = fc.constantFrom('10.0.0.0/8', '2001:db8::/32', '0.0.0.0/0', '192.0.2.1/32');

const valueFor = (field: FilterField): fc.Arbitrary<Value> => {
  if (field.kind === 'address') {
    return fc.oneof(
      address.map((text): Value => ({ kind: 'address', address: text })),
      prefix.map((text): Value => ({ kind: 'prefix', prefix: text })),
    );
  }
  if (field.kind === 'number' || field.kind === 'time') {
    return fc.oneof(
      number.map((n): Value => ({ kind: 'number', number: n })),
      fc.tuple(number, number).map(([a, b]): Value => ({ kind: 'range', from: Math.min(a, b), to: Math.max(a, b) })),
    );
  }
  if (field.values !== undefined)
    return fc.constantFrom(...field.values).map((text): Value => ({ kind: 'text', text }));
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('and', 'NULL', "it's", '"', ''));
  const isCode = field.name.endsWith('-country-code');
  return text.map((t): Value => ({ kind: 'text', text: isCode ? t.toUpperCase() : t }));
};

const testOf = (field: FilterField): fc.Arbitrary<Filter> => {
  const isNull = fc.constant<Filter>({ kind: 'null', field: field.name });
  if (field.kind === 'location') return isNull;
  const isIn = fc
    .array(valueFor(field), { minLength: 1, maxLength: 3 })
    .map((values): Filter => ({ kind: 'in', field: field.name, values }));
  if (field.kind === 'number' || field.kind === 'time') {
    const order = fc
      .tuple(fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const), number)
      .map(([operator, n]): Filter => ({ kind: 'compare', field: field.name, operator, number: n }));
    return fc.oneof(isNull, isIn, order);
  }
  if (field.kind === 'address') return fc.oneof(isNull, isIn);
  return fc.oneof(
    isNull,
    isIn,
    fc.string().map((text): Filter => ({ kind: 'contains', field: field.name, text })),
  );
};

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...FILTER_FIELDS).chain(testOf),
    fc.array(tie('filter'), { minLength: 1, maxLength: 4 }).map(allOf),
    fc.array(tie('filter'), { minLength: 1, maxLength: 4 }).map(anyOf),
    tie('filter').map(negate),
  ),
}));

describe('formatFilter', () => {
  it('writes what parseFilter reads as the same tree', () => {
    fc.assert(
      fc.property(filter, (tree) => {
        expect(parseFilter(formatFilter(tree))).toEqual({ ok: true, tree });
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  it('refuses what the language cannot say', () => {
    expect(() => formatFilter({ kind: 'or', filters: [] })).toThrow(RangeError);
    expect(() => formatFilter({ kind: 'null', field: 'no-field' })).toThrow('There is no field "no-field".');
    expect(() => formatFilter({ kind: 'in', field: 'bytes', values: [] })).toThrow('An empty set cannot be written.');
  });
});
