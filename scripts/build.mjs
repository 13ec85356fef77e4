/**
 * Builds what is published: the command (`packages/cli/dist/main.mjs`), the web app beside it (`dist/web`), the licence
 * texts of what went into both, and copies of the files at the root that belong into the package. Runs on `npm ci`
 * (script `prepare`) and before `npm pack`, so it is quick and can be repeated at will.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packagesOf, renderLicenceTexts } from './lib/third-party.mjs';

/** Binaries, data files and what finds its own files: installed as dependencies of the published package. */
const NOT_BUNDLED = ['@duckdb/node-api', '@ip-location-db/*', 'tinypool'];

const DIST = 'packages/cli/dist';

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
writeAside(`${DIST}/THIRD-PARTY-LICENCES.txt`, renderLicenceTexts(packagesOf(bundled)));
for (const name of ['LICENSE', 'NOTICE', 'README.md']) {
  if (existsSync(name)) copyFileSync(name, `packages/cli/${name}`);
}

/** Paths of the modules that went into the command. */
async function buildCommand() {
  // Split at dynamic imports, so that a command loads what it needs alone. All files lie in one folder: what they find
  // relative to `import.meta.url` does not depend on the chunk they came into.
  const { outputFiles, metafile } = await build({
    entryPoints: { main: 'packages/cli/src/main.ts', 'read-worker': 'packages/lake/src/ingest/workers/read-worker.ts' },
    outdir: DIST,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
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
  replaceBundle(new Map(outputFiles.map(({ path, contents }) => [basename(path), contents])));
  return Object.keys(metafile.inputs);
}

/** Chunks first, then the entry that names them, then the removal of chunks that nothing names any more. */
function replaceBundle(files) {
  const names = [...files.keys()].filter((name) => name !== 'main.mjs');
  for (const name of [...names, 'main.mjs']) writeAside(`${DIST}/${name}`, files.get(name));
  const stale = readdirSync(DIST).filter((name) => name.endsWith('.mjs') && !files.has(name));
  for (const name of stale) rmSync(`${DIST}/${name}`, { force: true });
  const size = [...files.values()].reduce((sum, contents) => sum + contents.length, 0);
  console.log(`build: ${DIST}/main.mjs and ${names.length} chunks, ${Math.round(size / 1024)} KiB`);
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
  console.log(`build: ${DIST}/web, ${chunks.length} files`);
  return chunks.flatMap((chunk) => chunk.moduleIds ?? []);
}

/** Written aside and renamed: a command that runs meanwhile reads the old file or the new one, never a half. */
function writeAside(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, content);
  renameSync(aside, path);
}
