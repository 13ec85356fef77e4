/** Writes the reference pages that derive from the code: `npm run docs`. `test/reference-pages.test.ts` checks them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PAGES } from './docs/pages.ts';

for (const { path, render } of PAGES) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, render());
  console.log(path);
}
