/** What the documentation says of the repository holds: links lead somewhere, scripts exist, filters can be read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseFilter } from '@flowfit/core/filter/parse';
import { describe, expect, it } from 'vitest';

const pages = ['README.md', ...markdownBelow('docs')].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function markdownBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name));
}

describe.each(pages)('$path', ({ path, text }) => {
  it('links to files that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(dirname(path), target)))).toEqual([]);
  });

  it('shows filters that the language reads', () => {
    const filters = [...text.matchAll(/--where (?:'([^']*)'|"([^"]*)")/g)].map(
      ([, single, double]) => single ?? double!,
    );
    const wrong = filters.flatMap((filter) => {
      const parsed = parseFilter(filter);
      return parsed.ok ? [] : [`${filter}: ${parsed.error.message}`];
    });
    expect(wrong).toEqual([]);
  });

  it('names scripts of the repository', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([a-z-]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

it('CI runs the test command of the README', () => {
  const command = 'npm ci && npm test';
  expect(readFileSync('README.md', 'utf8')).toContain(command);
  expect(readFileSync('.ci/run', 'utf8').trimEnd().split('\n').at(-1)).toBe(command);
});
