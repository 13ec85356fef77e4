import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take minutes begin first: whatever is short fills up the other workers while they run. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number =>
      LONGEST.findIndex((part) => moduleId.replaceAll('\\', '/').includes(part)) + 1 || LONGEST.length + 1;
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

const LONGEST = [
  '/test/truth/',
  '/test/browser/',
  '/aws/test/patch',
  '/lake/src/order',
  '/lake/src/kill',
  '/test/e2e/',
  '/lake/',
];

/**
 * One configuration for the whole workspace: packages export their TypeScript source through the workspace links, so
 * that no alias and no build is needed. Tests that start processes or install packages live under `test/e2e` and set
 * their own time limits. Browser tests are a project of their own for the sake of the web app, which they need built.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'packages/*/test/**/*.test.{ts,tsx}',
            'test/**/*.test.ts',
            'scripts/**/*.test.mjs',
          ],
          exclude: ['**/node_modules/**', 'test/browser/**'],
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], globalSetup: 'test/browser/build-web-app.ts' },
      },
    ],
    // All cores: Vitest would leave one of them to itself, of two.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
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
