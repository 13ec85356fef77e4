/** What a browser loads before it shows the dashboard: at most 300 KB, compressed, without the map. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';

const BUDGET = 300 * 1000;

const folder = inject('webRoot');

const gzipped = async (path: string): Promise<number> => gzipSync(await readFile(join(folder, path))).length;

it('the first load fits its budget, and the outlines of the map are not part of it', async () => {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const files = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css'))).toBe(true);
  expect(files.filter((file) => file.includes('world-map'))).toEqual([]);
  const sizes = await Promise.all(files.map(gzipped));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET);
});

it('the page loads nothing from elsewhere, and holds neither script nor style of its own', async () => {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/);
});
