import { expect, test } from 'vitest';
import { packagesOf, renderLicenceTexts } from './third-party.mjs';

test('finds the packages that modules belong to, and nothing of the workspace', () => {
  const modules = [
    'packages/core/src/net/address.ts',
    'node_modules/fast-check/lib/fast-check.js',
    '/checkout/node_modules/no-such-package/index.js',
    'node_modules/@biomejs/biome/bin/biome',
    'node_modules\\fast-check\\lib\\other.js',
    '\0vite/preload-helper.js',
  ];
  expect(packagesOf(modules)).toEqual(['node_modules/@biomejs/biome', 'node_modules/fast-check']);
});

test('gives name, version, licence and its text', () => {
  const text = renderLicenceTexts(['node_modules/fast-check']);
  expect(text).toMatch(/^fast-check \d+\.\d+\.\d+ \(MIT\)\n-+\n\nMIT License\n/);
  expect(text).toContain('Copyright (c)');
});
