/**
 * The lockfile installs anywhere, and the same everywhere: every dependency of every locked package is locked itself,
 * also the binaries of other platforms (which npm drops when it rewrites a lockfile beside an installed tree, and
 * `npm ci` then refuses); every package is held to its contents; and no entry names the place it came from.
 */
import { lockfileProblems, readLockfile } from './lib/lockfile.mjs';

const problems = lockfileProblems('package-lock.json');
for (const problem of problems) console.error(problem);
console.log(`${readLockfile('package-lock.json').size} packages locked, ${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;
