import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dependencyClosure, lockfileProblems, readLockfile, resolveUpwards } from './lockfile.mjs';

/** A workspace that depends on another one, two versions of `b`, and an optional binary. */
const LOCKFILE = {
  packages: {
    '': { name: 'root', devDependencies: { tool: '1' } },
    'packages/app': { name: '@x/app', version: '1.0.0', dependencies: { '@x/lib': '1', b: '1' } },
    'packages/lib': { name: '@x/lib', version: '1.0.0', dependencies: { a: '1' }, devDependencies: { tool: '1' } },
    'node_modules/@x/app': { resolved: 'packages/app', link: true },
    'node_modules/@x/lib': { resolved: 'packages/lib', link: true },
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '2' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', license: 'ISC', optionalDependencies: { '@x/binary': '1' } },
    'node_modules/b': { version: '1.0.0', license: '0BSD', dependencies: { a: '1' } },
    'node_modules/@x/binary': { version: '1.0.0', license: 'MIT', optional: true },
    'node_modules/tool': { version: '1.0.0', license: 'MPL-2.0', dev: true },
  },
};

describe('the lockfile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowfit-lockfile-'));
  let locked;

  beforeAll(() => {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(LOCKFILE));
    locked = readLockfile(join(folder, 'package-lock.json'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('names packages by their place and keeps links out', () => {
    expect([...locked.values()].map(({ name, version, workspace }) => [name, version, workspace])).toEqual([
      ['@x/app', '1.0.0', true],
      ['@x/lib', '1.0.0', true],
      ['a', '1.0.0', false],
      ['b', '2.0.0', false],
      ['b', '1.0.0', false],
      ['@x/binary', '1.0.0', false],
      ['tool', '1.0.0', false],
    ]);
  });

  test('resolves a name as Node does, from the nearest folder upwards', () => {
    expect(resolveUpwards(locked, 'node_modules/a', 'b')?.version).toBe('2.0.0');
    expect(resolveUpwards(locked, 'packages/app', 'b')?.version).toBe('1.0.0');
    expect(resolveUpwards(locked, 'packages/app', 'c')).toBeUndefined();
  });

  test('the closure goes through workspaces, cycles and optional packages, not into development', () => {
    const closure = dependencyClosure(locked, [{ from: 'packages/app', names: ['@x/lib'] }]);
    expect([...closure.keys()].sort()).toEqual([
      'node_modules/@x/binary',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'packages/lib',
    ]);
  });

  test('has an integrity for all but what is bundled, names no registry, and lacks nothing', () => {
    const path = join(folder, 'problems.json');
    const entry = { version: '1.0.0', integrity: 'sha512-AAAA' };
    const packages = {
      'packages/app': { name: '@x/app', version: '1.0.0' },
      'node_modules/@x/app': { resolved: 'packages/app', link: true },
      'node_modules/sound': entry,
      'node_modules/sound/node_modules/bundled': { version: '1.0.0', inBundle: true },
      'node_modules/bare': { version: '1.0.0', optional: true, os: ['win32'] },
      'node_modules/weak': { version: '1.0.0', integrity: 'sha1-AAAA' },
      'node_modules/tied': { ...entry, resolved: 'http://registry.example/tied-1.0.0.tgz' },
      'node_modules/needy': { ...entry, optionalDependencies: { binary: '1' } },
    };
    writeFileSync(path, JSON.stringify({ packages }));
    expect(lockfileProblems(path)).toEqual([
      'node_modules/bare has no integrity: "npm view bare@1.0.0 dist.integrity" names it',
      'node_modules/weak has no integrity: "npm view weak@1.0.0 dist.integrity" names it',
      'node_modules/tied is tied to http://registry.example/tied-1.0.0.tgz',
      'needy@1.0.0 needs binary, which is not in the lockfile',
    ]);
  });
});
