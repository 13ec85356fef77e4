/**
 * Builds what is published: the command (`packages/cli/dist/main.mjs`), the web app beside it (`dist/web`), the licence
 * texts of what went into both, and copies of the files at the root that belong into the package. Runs on `npm ci`
 * (script `prepare`) and before `npm pack`, so it is quick and can be repeated at will.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packagesOf, renderLicenceTexts } from './lib/third-party.mjs';

/** Binaries and data files: installed as dependencies of the published package. */
const NOT_BUNDLED = ['@duckdb/node-api', '@ip-location-db/*'];

/** CommonJS packages inside the ES module ask for `require` and the two path variables. */
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const bundled = [...(await buildCommand()), ...(await buildWebApp())];
if (bundled.length > 0) {
  writeAside('packages/cli/dist/THIRD-PARTY-LICENCES.txt', renderLicenceTexts(packagesOf(bundled)));
}

for (const name of ['LICENSE', 'NOTICE', 'README.md']) {
  if (existsSync(name)) copyFileSync(name, `packages/cli/${name}`);
}

/** Paths of the modules that went into the command. */
async function buildCommand() {
  const entry = 'packages/cli/src/main.ts';
  if (!existsSync(entry)) {
    console.log(`build: ${entry} is not there yet, the command is skipped`);
    return [];
  }
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outfile: 'packages/cli/dist/main.mjs',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: NOT_BUNDLED,
    banner: { js: BANNER },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const [bundle] = outputFiles;
  writeAside('packages/cli/dist/main.mjs', bundle.contents);
  console.log(`build: packages/cli/dist/main.mjs, ${Math.round(bundle.contents.length / 1024)} KiB`);
  return Object.keys(metafile.inputs);
}

/** Ids of the modules that went into the web app. */
async function buildWebApp() {
  if (!existsSync('packages/web/vite.config.ts')) return [];
  const { build: buildWithVite } = await import('vite');
  const result = await buildWithVite({
    root: 'packages/web',
    logLevel: 'warn',
    build: { outDir: '../cli/dist/web', emptyOutDir: true },
  });
  const chunks = [result].flat().flatMap(({ output }) => output);
  console.log(`build: packages/cli/dist/web, ${chunks.length} files`);
  return chunks.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** Written aside and renamed: a command that runs meanwhile reads the old file or the new one, never a half. */
function writeAside(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, content);
  renameSync(aside, path);
}
