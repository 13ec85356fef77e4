/**
 * The lockfile installs anywhere: every dependency of every locked package is locked itself, also the binaries of other
 * platforms (which npm drops when it rewrites a lockfile beside an installed tree, and `npm ci` then refuses), and no
 * entry names the registry it came from.
 */
import { readFileSync } from 'node:fs';
import { readLockfile, resolveUpwards } from './lib/lockfile.mjs';

const locked = readLockfile('package-lock.json');
const workspaces = new Set([...locked.values()].filter((p) => p.workspace).map((p) => p.name));

const missing = [...locked.values()].flatMap((from) =>
  Object.keys({ ...from.dependencies, ...from.optionalDependencies })
    .filter((name) => !workspaces.has(name) && !resolveUpwards(locked, from.path, name))
    .map((name) => `${from.name}@${from.version} needs ${name}, which is not in the lockfile`),
);
const registries = readFileSync('package-lock.json', 'utf8').match(/"resolved": "https?:[^"]*"/g) ?? [];

for (const problem of [...missing, ...registries]) console.error(problem);
console.log(`${locked.size} packages locked, ${missing.length} missing, ${registries.length} tied to a registry`);
if (missing.length + registries.length > 0) process.exitCode = 1;
