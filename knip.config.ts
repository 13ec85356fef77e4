import { readdirSync } from 'node:fs';
import type { KnipConfig } from 'knip';

const isSource = (name: string) => /\.tsx?$/.test(name);

/** A package whose source is still to come declares dependencies that nothing uses yet. */
const isEmpty = (name: string) =>
  !readdirSync(`packages/${name}/src`, { recursive: true, encoding: 'utf8' }).some(isSource);

/** Found at run time by name, or named where knip does not look. */
const USED_BY_NAME: Readonly<Record<string, readonly string[]>> = {
  // Installed with the published package, which carries the bundle of the lake and of geo.
  cli: ['@duckdb/node-api', '@ip-location-db/.+', 'tinypool'],
  geo: ['@ip-location-db/.+'],
  // Imported by style sheets.
  web: ['tailwindcss'],
};

/** Programs that a workspace starts where the machine has them. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  cli: ['fish'],
  lake: ['mkfifo', 'mount', 'umount'],
  testkit: ['java', 'mvn'],
};

/** Handlers are named by path, in the infrastructure. */
const isNamedByPath = (name: string) => name === 'lambdas';

const packages = Object.fromEntries(
  readdirSync('packages').map((name) => [
    `packages/${name}`,
    {
      entry: ['src/**/*.test.{ts,tsx}', 'test/**/*.{ts,tsx}', ...(name === 'cli' ? ['src/main.ts'] : [])],
      project: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}'],
      includeEntryExports: !isNamedByPath(name),
      ignoreBinaries: [...(PROGRAMS[name] ?? [])],
      ignoreDependencies: isEmpty(name) ? ['.+'] : [...(USED_BY_NAME[name] ?? [])],
    },
  ]),
);

/**
 * Internal packages export their source file by file, so that every file is an entry; `includeEntryExports` still asks
 * each export for a user somewhere in the workspace.
 */
const config: KnipConfig = {
  includeEntryExports: true,
  ignoreExportsUsedInFile: true,
  workspaces: {
    '.': {
      entry: [
        'scripts/*.{mjs,ts}',
        'scripts/**/*.test.mjs',
        'test/**/*.test.ts',
        'bench/*.ts',
        'bench/*/{measure,cold}.ts',
        '.dependency-cruiser.mjs',
      ],
      project: ['scripts/**', 'test/**/*.ts', 'bench/**/*.ts'],
      // Tests, benchmarks and scripts use the workspace as a whole; browser tests come with the web app.
      ignoreDependencies: [
        '@flowfit/.+',
        '@duckdb/node-api',
        'picocolors',
        ...(isEmpty('web') ? ['axe-core', 'playwright-core'] : []),
      ],
      ignoreBinaries: ['flowfit'],
    },
    ...packages,
  },
};

export default config;
