import { expect, it } from 'vitest';
import outlines from 'world-atlas/countries-110m.json';
import { countryCodeOf } from './countries.ts';

/** Shapes without a number of their own: nobody's country code. */
const UNNUMBERED = ['N. Cyprus', 'Somaliland', 'Kosovo'];

it('every numbered country of the map has a code, and the code is of that country', () => {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  const shapes = outlines.objects.countries.geometries as { id?: string; properties: { name: string } }[];
  const unknown = shapes.filter(({ id }) => countryCodeOf(id) === undefined).map(({ properties }) => properties.name);
  expect(unknown.filter((name) => name !== 'Antarctica' && name !== 'Fr. S. Antarctic Lands').sort()).toEqual(
    [...UNNUMBERED].sort(),
  );
  const initials = shapes.flatMap(({ id, properties }) => {
    const code = countryCodeOf(id);
    return code === undefined || names.of(code)?.charAt(0) === properties.name.charAt(0) ? [] : [properties.name];
  });
  // Names that the map and CLDR begin differently.
  expect(initials.sort()).toEqual(['Dem. Rep. Congo', 'Macedonia', 'eSwatini']);
});
