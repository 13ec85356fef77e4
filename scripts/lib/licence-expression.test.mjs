import { expect, test } from 'vitest';
import { isAllowed } from './licence-expression.mjs';

const allowed = ['MIT', 'ISC'];

test.each(['MIT', 'MIT OR GPL-3.0-only', '(GPL-3.0-only OR MIT)', 'MIT AND ISC', 'GPL-3.0-only OR MIT AND ISC'])(
  '%s leaves an allowed choice',
  (expression) => expect(isAllowed(expression, allowed)).toBe(true),
);

test.each([
  undefined,
  '',
  'GPL-3.0-only',
  'MIT AND GPL-3.0-only',
  '(MIT OR ISC) AND GPL-3.0-only',
  'SEE LICENSE IN FILE (MIT)',
  'MIT OR',
  '(MIT',
  'MIT ISC',
])('%s does not', (expression) => expect(isAllowed(expression, allowed)).toBe(false));
