import { expect, it } from 'vitest';
import { toCsvLine } from './csv.ts';

it('quotes what CSV gives a meaning to', () => {
  expect(toCsvLine(['a', 'b,c', 'say "x"', 'two\nlines', 5])).toBe('a,"b,c","say ""x""","two\nlines",5\r\n');
});

it.each([
  ['\n=1+1', `"'\n'=1+1"\r\n`],
  ['\t=1+1', "'\t'=1+1\r\n"],
  [';=1+1', ";'=1+1\r\n"],
  ['a;=1+1', "a;'=1+1\r\n"],
  ['a; "=1+1', `"a; ""'=1+1"\r\n`],
  ['a\n@x', `"a\n'@x"\r\n`],
  ['  =1+1', "  '=1+1\r\n"],
  ['\uFF1D1+1', "'\uFF1D1+1\r\n"],
  ['a;b', 'a;b\r\n'],
  ['a = b', 'a = b\r\n'],
])('finds the formula in %j, as spreadsheets of other countries would', (cell, line) => {
  expect(toCsvLine([cell])).toBe(line);
});

it('lets no cell run as a formula, and leaves numbers alone', () => {
  expect(toCsvLine(['=1+1', '+x', '-x', '@x', -5, '-1'])).toBe("'=1+1,'+x,'-x,'@x,-5,-1\r\n");
});
