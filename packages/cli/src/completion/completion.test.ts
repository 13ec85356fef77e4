/** Completion scripts are run by the shells they are for, where these are installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { toTree } from './tree.ts';
import { zshScript } from './zsh.ts';

const sample = (): Command => {
  const program = new Command('flowfit').option('--lake <dir>', "the lake's directory");
  program
    .command('top')
    .summary('frequent [values]: of a field')
    .argument('<field>', 'a field')
    .option('--limit <n>', 'how many');
  const inventory = program.command('inventory').summary('captures');
  inventory.command('add').argument('<path...>', 'files').option('--strict', 'be strict');
  inventory.command('show').addOption(new Option('--order <order>', 'order').choices(['newest', 'oldest']));
  return program;
};

const tree = toTree(sample());
const folder = mkdtempSync(join(tmpdir(), 'flowfit-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;
const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe.skipIf(!isInstalled('bash'))('bash', () => {
  const script = put('flowfit.bash', bashScript(tree));

  /** What is offered for the last of the words. */
  const offered = (...words: string[]): string[] => {
    const line = ['flowfit', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `source ${script}; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _flowfit; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { encoding: 'utf8', cwd: folder });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  };

  it('offers commands, then what the command takes', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['top', 'inventory', '--lake']));
    expect(offered('inventory', '')).toEqual(expect.arrayContaining(['add', 'show', '--lake']));
    expect(offered('inventory', 'add', '--s')).toEqual(['--strict']);
    expect(offered('top', 'dstp')).toEqual(['dstport']);
  });

  it('offers the values of an option, and files where a path is asked for', () => {
    expect(offered('inventory', 'show', '--order', '')).toEqual(['newest', 'oldest']);
    expect(offered('inventory', 'add', 'flowfit.b')).toEqual(['flowfit.bash']);
    expect(offered('--lake', 'flowfit.b')).toEqual(['flowfit.bash']);
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  it('reads the script', () => {
    const { status, stderr } = spawnSync('zsh', ['-n', put('_flowfit', zshScript(tree))], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe.skipIf(!isInstalled('fish'))('fish', () => {
  it('reads the script', () => {
    const { status, stderr } = spawnSync('fish', ['-n', put('flowfit.fish', fishScript(tree))], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

it('escapes what shells would read into descriptions', () => {
  expect(zshScript(tree)).toContain("'--lake[the lake'\\''s directory]:value:_files'");
  expect(zshScript(tree)).toContain('top:frequent [values]: of a field');
  expect(fishScript(tree)).toContain("-l lake -r -F -d 'the lake\\'s directory'");
});
