/**
 * Holds every package of the lockfile against the licence allow-list (`licence-policy.mjs`) and NOTICE against the
 * packages that ship. `--write` brings NOTICE up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isAllowed } from './lib/licence-expression.mjs';
import { dependencyClosure, readLockfile } from './lib/lockfile.mjs';
import {
  BUILD_TOOLS,
  BUNDLED_FROM,
  DATA_ATTRIBUTIONS,
  JUDGED,
  SHIPPED_LICENCES,
  TOOL_LICENCES,
} from './licence-policy.mjs';

const locked = readLockfile('package-lock.json');
const shipped = shippedPackages();
const problems = [...licenceProblems(), ...noticeProblems()];

for (const problem of problems) console.error(problem);
console.log(`${locked.size} packages, ${shipped.length} of them ship, ${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;

/** Third-party packages that reach users, sorted by name and version. */
function shippedPackages() {
  const workspaces = [...locked.values()].filter((p) => p.workspace);
  const roots = workspaces.map((workspace) => ({ from: workspace.path, names: shippedNames(workspace) }));
  return [...dependencyClosure(locked, roots).values()]
    .filter((p) => !p.workspace)
    .sort((a, b) => `${a.name} ${a.version}`.localeCompare(`${b.name} ${b.version}`, 'en'));
}

function shippedNames({ path, dependencies, optionalDependencies, devDependencies }) {
  const bundled = BUNDLED_FROM.includes(path)
    ? Object.keys(devDependencies).filter((name) => !name.startsWith('@types/') && !BUILD_TOOLS.includes(name))
    : [];
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...bundled];
}

function licenceProblems() {
  const ships = new Set(shipped.map(({ path }) => path));
  const tools = [...SHIPPED_LICENCES, ...TOOL_LICENCES];
  return [...locked.values()]
    .filter((p) => !p.workspace && JUDGED[p.name] === undefined)
    .filter((p) => !isAllowed(p.licence, ships.has(p.path) ? SHIPPED_LICENCES : tools))
    .map((p) => `${p.name}@${p.version} (${p.path}): licence ${p.licence ?? 'unknown'} is not on the allow-list`);
}

function noticeProblems() {
  const names = new Set(shipped.map(({ name }) => name));
  const stale = DATA_ATTRIBUTIONS.filter((a) => !names.has(a.package)).map(
    (a) => `licence-policy.mjs attributes ${a.package}, which no longer ships`,
  );
  const unnamed = shipped
    .filter(({ name }) => /-mmdb$|-atlas$/.test(name) && !DATA_ATTRIBUTIONS.some((a) => a.package === name))
    .map(({ name }) => `${name} looks like data and has no attribution in licence-policy.mjs`);
  const notice = renderNotice();
  if (process.argv.includes('--write')) writeFileSync('NOTICE', notice);
  const current = readFileSync('NOTICE', 'utf8') === notice;
  return [...stale, ...unnamed, ...(current ? [] : ['NOTICE is out of date: node scripts/licences.mjs --write'])];
}

function renderNotice() {
  const licences = [...new Set(shipped.map(licenceOf))].sort((a, b) => a.localeCompare(b, 'en'));
  const namesUnder = (licence) => new Set(shipped.filter((p) => licenceOf(p) === licence).map((p) => `  ${p.name}`));
  const lists = licences.map((licence) => [licence, ...namesUnder(licence)].join('\n'));
  return [
    'Flowfit\nCopyright 2026 The Flowfit authors\n',
    'Licensed under the Apache License, Version 2.0 (see LICENSE).\n',
    '== Data ==\n',
    ...DATA_ATTRIBUTIONS.map(({ text }) => `${text.join('\n')}\n`),
    '== Third-party software, by licence ==\n',
    'Bundled into, installed with, or deployed from this project. The texts of the bundled ones are in',
    'dist/THIRD-PARTY-LICENCES.txt of the published package; those of the others come with them.\n',
    `${lists.join('\n\n')}\n`,
  ].join('\n');
}

function licenceOf({ name, licence }) {
  return JUDGED[name]?.licence ?? licence.replace(/^\((.*)\)$/, '$1');
}
