import { defineConfig } from 'vitest/config';

/**
 * One configuration for the whole workspace: packages export their TypeScript source through the workspace links, so
 * that no alias and no build is needed. Tests that start processes or install packages live under `test/e2e` and set
 * their own time limits.
 */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'packages/*/test/**/*.test.{ts,tsx}',
      'test/**/*.test.ts',
      'scripts/**/*.test.mjs',
    ],
    setupFiles: ['scripts/lib/vitest-setup.mjs'],
    environment: 'node',
    // A hang must not stall CI, and a loaded 2-core machine must not fail a sound test: never a measure of speed.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.{ts,tsx}'],
      exclude: ['**/*.test.{ts,tsx}'],
      reportsDirectory: 'coverage',
    },
  },
});
