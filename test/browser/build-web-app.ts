/**
 * The web app as it ships, built once for all browser tests, which find it by `inject('webRoot')`. Vitest runs this
 * before the first of them, and not at all without any.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly webRoot: string;
  }
}

let outDir: string;

export const setup = async (project: TestProject): Promise<void> => {
  outDir = await mkdtemp(join(tmpdir(), 'flowfit-web-'));
  const before = process.env['NODE_ENV'];
  // Vitest's own would make it a development build.
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root: 'packages/web', logLevel: 'error', build: { outDir, emptyOutDir: true } });
  } finally {
    process.env['NODE_ENV'] = before;
  }
  project.provide('webRoot', outDir);
};

export const teardown = async (): Promise<void> => await rm(outDir, { recursive: true, force: true });
