/**
 * core is pure: every one of its modules bundles for a browser with nothing left outside. esbuild fails on Node's
 * modules when the platform is a browser, and `packages: 'external'` shows every import of a package.
 */
import { build } from 'esbuild';
import { filesBelow } from './lib/files.mjs';

const entryPoints = filesBelow('packages/core/src', (name) => /\.ts$/.test(name) && !/\.test\.ts$/.test(name));
const { metafile } = await build({
  entryPoints,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2023',
  packages: 'external',
  outdir: 'unused',
  logLevel: 'error',
});

const foreign = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
  imports
    .filter(({ external, path: to }) => external || !to.startsWith('packages/core/src/'))
    .map((i) => [path, i.path]),
);
for (const [from, to] of foreign) console.error(`${from} imports ${to}`);
console.log(`${entryPoints.length} modules of core bundle for a browser, ${foreign.length} foreign imports`);
if (foreign.length > 0 || entryPoints.length === 0) process.exitCode = 1;
