import fc from 'fast-check';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { type Column, displayWidth, formatTable, toOneLine } from './table.ts';

const colours = picocolors.createColors(false);
const unlimited = { width: Number.POSITIVE_INFINITY, colours };

interface Row {
  readonly name: string;
  readonly flows: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'name', cell: ({ name }) => name, shrinks: true },
  { heading: 'flows', cell: ({ flows }) => String(flows), align: 'right' },
];

describe('formatTable', () => {
  it('aligns numbers to the right and leaves no blanks at line ends', () => {
    const rows = [
      { name: 'web', flows: 7 },
      { name: 'database', flows: 12345 },
    ];
    expect(formatTable(rows, COLUMNS, unlimited)).toBe(
      ['name      flows', 'web           7', 'database  12345', ''].join('\n'),
    );
  });

  it('counts wide and combining characters as the terminal shows them', () => {
    expect(displayWidth('東京')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(formatTable([{ name: '東京', flows: 1 }], COLUMNS, unlimited)).toBe('name  flows\n東京      1\n');
  });

  it('lets no control character of a name reach the terminal', () => {
    expect(toOneLine('a\nb\u001b[31mc\u202ed\u0007')).toBe('a bc d ');
  });

  it('leaves out what matters least where shrinking does not do', () => {
    const columns: Column<Row>[] = [
      { heading: 'flows', cell: ({ flows }) => String(flows) },
      { heading: 'most', cell: () => 'x'.repeat(10), drops: 2 },
      { heading: 'least', cell: () => 'y'.repeat(10), drops: 1 },
    ];
    const headings = (width: number) =>
      formatTable([{ name: '', flows: 1 }], columns, { width, colours }).split('\n')[0];
    expect([29, 28, 10].map(headings)).toEqual(['flows  most        least', 'flows  most', 'flows']);
  });

  it('property: no line is wider than the terminal as long as columns can give way', () => {
    const row = fc.record({ name: fc.string({ unit: 'grapheme' }), flows: fc.nat(99_999) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.integer({ min: 15, max: 60 }), (rows, width) => {
        const lines = formatTable(rows, COLUMNS, { width, colours }).trimEnd().split('\n');
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
