import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PAGES } from '../scripts/docs/pages.ts';

test.each(PAGES)('$path is up to date: npm run docs', ({ path, render }) => {
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(render());
});
