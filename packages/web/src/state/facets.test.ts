import { toPredicate } from '@flowfit/core/filter/evaluate';
import { parseFilter } from '@flowfit/core/filter/parse';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineFilters, decodeFacet, encodeFacet, exclude, type Facet, include, remove, replace } from './facets.ts';

const matches = (text: string, flow: Record<string, unknown>): boolean => {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return toPredicate(parsed.tree)(flow);
};

const facet = (text: string): Facet => {
  const decoded = decodeFacet(text);
  if (decoded === null) throw new Error(text);
  return decoded;
};

const values = fc.oneof(fc.string(), fc.constantFrom('', 'a:b', '-x', "it's", '10.0.0.1', 'and', '"', '\\', '\n'));
const facets = fc.record({
  field: fc.constantFrom('srcaddr', 'instance-tag', 'security-group-ids'),
  value: values,
  excluded: fc.boolean(),
  enabled: fc.boolean(),
});

describe('facets in the address', () => {
  it('are read as they were written, whatever the value', () => {
    fc.assert(
      fc.property(facets, (one) => {
        expect(decodeFacet(encodeFacet(one))).toEqual(one);
      }),
    );
  });

  it('that are none are left out', () => {
    expect(['', 'srcaddr', '9:1', '<b>:x', ':x'].map(decodeFacet)).toEqual([null, null, null, null, null]);
  });
});

describe('a click', () => {
  it('includes a value, the second reverses it, the third includes it again', () => {
    const once = include([], 'dstport', '123');
    expect(once).toEqual([facet('dstport:123')]);
    const twice = include(once, 'dstport', '123');
    expect(twice).toEqual([facet('-dstport:123')]);
    expect(include(twice, 'dstport', '123')).toEqual(once);
  });

  it('switches a value on that was switched off', () => {
    expect(include([facet('~dstport:123')], 'dstport', '123')).toEqual([facet('dstport:123')]);
  });

  it('keeps the order of the others', () => {
    const three = ['a:1', 'b:2', 'c:3'].map(facet);
    expect(exclude(three, 'b', '2').map(encodeFacet)).toEqual(['a:1', '-b:2', 'c:3']);
    expect(remove(three, three[1] as Facet).map(encodeFacet)).toEqual(['a:1', 'c:3']);
    expect(replace(three, three[0] as Facet, facet('~a:1')).map(encodeFacet)).toEqual(['~a:1', 'b:2', 'c:3']);
  });
});

describe('what facets mean', () => {
  it('values of one field are alternatives, fields hold together', () => {
    const text = combineFilters(['dstport:80', 'dstport:443', 'action:ACCEPT'].map(facet), '', false);
    expect(text).toBe('dstport in (80, 443) and action = ACCEPT');
  });

  it('excluded values all hold, and leave records without the field in', () => {
    const text = combineFilters(['-dstport:123', '-dstport:53'].map(facet), '', false);
    expect(matches(text, { dstport: 123 })).toBe(false);
    expect(matches(text, { dstport: 53 })).toBe(false);
    expect(matches(text, { dstport: 80 })).toBe(true);
    expect(matches(text, {})).toBe(true);
  });

  it('switched off ones mean nothing', () => {
    expect(combineFilters([facet('~dstport:123')], '', false)).toBe('');
  });

  it('an empty value is "unknown"', () => {
    const text = combineFilters([facet('source-country-code:')], '', false);
    expect(matches(text, {})).toBe(true);
    expect(matches(text, { 'source-country-code': 'DE' })).toBe(false);
  });

  it('join the typed filter without changing its meaning', () => {
    const text = combineFilters([facet('action:REJECT')], 'dstport = 22 or dstport = 3389', false);
    expect(matches(text, { action: 'REJECT', dstport: 22 })).toBe(true);
    expect(matches(text, { action: 'ACCEPT', dstport: 3389 })).toBe(false);
  });

  it('never fail to be a filter, whatever someone wrote into the address', () => {
    fc.assert(
      fc.property(fc.array(facets, { maxLength: 5 }), fc.boolean(), (list, hidden) => {
        expect(parseFilter(combineFilters(list, '', hidden)).ok).toBe(true);
      }),
    );
  });
});

it('hiding return traffic keeps what is not known', () => {
  const text = combineFilters([], '', true);
  expect(matches(text, { direction: 'inbound', initiator: 'remote' })).toBe(true);
  expect(matches(text, { direction: 'outbound', initiator: 'remote' })).toBe(false);
  expect(matches(text, { direction: 'inbound', initiator: 'local' })).toBe(false);
  expect(matches(text, { direction: 'outbound', initiator: 'local' })).toBe(true);
  expect(matches(text, { direction: 'inbound', initiator: 'unknown' })).toBe(true);
  expect(matches(text, {})).toBe(true);
});
