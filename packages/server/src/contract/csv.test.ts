import { expect, it } from 'vitest';
import { toCsvLine } from './csv.ts';

it('quotes what CSV gives a meaning to', () => {
  expect(toCsvLine(['a', 'b,c', 'say "x"', 'two\nlines', 5])).toBe('a,"b,c","say ""x""","two\nlines",5\r\n');
});

it('lets no cell run as a formula, and leaves numbers alone', () => {
  expect(toCsvLine(['=1+1', '+x', '-x', '@x', -5, '-1'])).toBe("'=1+1,'+x,'-x,'@x,-5,-1\r\n");
});
