import { readFileSync } from 'node:fs';

/**
 * One installed package of the lockfile: where it is (`node_modules/a/node_modules/b`, or the folder of a workspace),
 * and what its manifest says of itself.
 *
 * @typedef {{ path: string, name: string, version: string, licence: string | undefined, workspace: boolean,
 *   integrity: string | undefined, resolved: string | undefined, bundled: boolean,
 *   dependencies: Record<string, string>, optionalDependencies: Record<string, string>,
 *   devDependencies: Record<string, string> }} LockedPackage
 */

/** @returns {Map<string, LockedPackage>} by path; links to workspaces are left out, they have their own entry. */
export const readLockfile = (path) => {
  const { packages } = JSON.parse(readFileSync(path, 'utf8'));
  const entries = Object.entries(packages).filter(([at, { link }]) => at !== '' && !link);
  return new Map(entries.map(([at, entry]) => [at, toPackage(at, entry)]));
};

const toPackage = (path, entry) => ({
  path,
  name: entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  version: entry.version,
  licence: entry.license,
  workspace: !path.includes('node_modules/'),
  integrity: entry.integrity,
  resolved: entry.resolved,
  bundled: entry.inBundle === true,
  dependencies: entry.dependencies ?? {},
  optionalDependencies: entry.optionalDependencies ?? {},
  devDependencies: entry.devDependencies ?? {},
});

/**
 * Everything that `roots` need at run time, found as Node would find it: the nearest `node_modules` upwards. Peer
 * dependencies stand in the lockfile as packages of their own, reached through whoever depends on them.
 *
 * @param {Map<string, LockedPackage>} locked
 * @param {readonly { from: string, names: readonly string[] }[]} roots names to resolve from a folder
 */
export const dependencyClosure = (locked, roots) => {
  const byName = new Map([...locked.values()].filter((p) => p.workspace).map((p) => [p.name, p]));
  const found = new Map();
  const queue = roots.flatMap(({ from, names }) => names.map((name) => [from, name]));
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [from, name] = next;
    const target = byName.get(name) ?? resolveUpwards(locked, from, name);
    if (!target || found.has(target.path)) continue;
    found.set(target.path, target);
    const names = [...Object.keys(target.dependencies), ...Object.keys(target.optionalDependencies)];
    queue.push(...names.map((dependency) => [target.path, dependency]));
  }
  return found;
};

/** The package that `name` means to code in the folder `from`; undefined where it is not installed. */
export const resolveUpwards = (locked, from, name) => {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const hit = locked.get(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`);
    if (hit || folder === '') return hit;
  }
};

/**
 * What keeps the lockfile from installing the same everywhere, one line each.
 *
 * @param {string} path
 */
export const lockfileProblems = (path) => {
  const locked = readLockfile(path);
  const workspaces = new Set([...locked.values()].filter((p) => p.workspace).map((p) => p.name));
  return [...locked.values()].flatMap((from) => [
    ...Object.keys({ ...from.dependencies, ...from.optionalDependencies })
      .filter((name) => !workspaces.has(name) && !resolveUpwards(locked, from.path, name))
      .map((name) => `${from.name}@${from.version} needs ${name}, which is not in the lockfile`),
    // What is bundled is held by the package that it comes in.
    ...(from.workspace || from.bundled || from.integrity?.startsWith('sha512-')
      ? []
      : [`${from.path} has no integrity: "npm view ${from.name}@${from.version} dist.integrity" names it`]),
    ...(from.resolved === undefined ? [] : [`${from.path} is tied to ${from.resolved}`]),
  ]);
};
