/** Before `npm pack` of packages/cli: a fresh build, and the files at the root that belong into the package. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// npm reads the name of the tarball from stdout.
execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
for (const name of ['LICENSE', 'NOTICE', 'README.md']) {
  const file = join(root, name);
  if (existsSync(file)) copyFileSync(file, join(root, 'packages/cli', name));
}
