/** YAML as CloudFormation writes it, and the jobs of the how-to. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../program.ts';
import { Shell } from '../shell.ts';
import { silentEffects } from '../silent-effects.ts';
import { parseTemplate } from './template.ts';

describe('parseTemplate', () => {
  it.each([
    ['!Ref Web', { Ref: 'Web' }],
    ['!GetAtt Web.GroupId', { 'Fn::GetAtt': 'Web.GroupId' }],
    ['!GetAtt [Web, GroupId]', { 'Fn::GetAtt': ['Web', 'GroupId'] }],
    ['!Sub "${Net}.0/24"', { 'Fn::Sub': '${Net}.0/24' }],
    ['!Join ["", [!Ref Net, ".0/24"]]', { 'Fn::Join': ['', [{ Ref: 'Net' }, '.0/24']] }],
    ['!If [IsMain, !Ref A, !Ref "AWS::NoValue"]', { 'Fn::If': ['IsMain', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] }],
    ['!Transform { Name: Macro }', { 'Fn::Transform': { Name: 'Macro' } }],
    ['2010-09-09', '2010-09-09'],
  ])('%s', (text, value) => expect(parseTemplate(`Value: ${text}\n`)).toEqual({ document: { Value: value } }));

  it.each(['a: [1', 'a: b: c', '\tx: 1', 'a: *nowhere'])('says what is wrong with %j', (text) => {
    expect(parseTemplate(text)).toEqual({ fault: expect.stringMatching(/\S/) });
  });

  it('does not let aliases grow without end', () => {
    const levels = Array.from(
      { length: 20 },
      (_, n) => `a${n}: &a${n} [${n === 0 ? '1' : `*a${n - 1}, *a${n - 1}, *a${n - 1}`}]`,
    );
    expect(parseTemplate(levels.join('\n'))).toEqual({ fault: expect.stringContaining('alias') });
  });
});

describe('docs/how-to/gate-terraform-plans.md', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/how-to/gate-terraform-plans.md'), 'utf8');

  it('shows jobs that are YAML', () => {
    const jobs = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => parse(text) as object);
    expect(jobs.map((job) => Object.keys(job))).toEqual([
      ['name', 'on', 'permissions', 'jobs'],
      ['steps'],
      ['plan', 'security-groups'],
    ]);
  });

  it('calls the command with options that it has', () => {
    const program = createProgram(new Shell(silentEffects()));
    const check = program.commands.find((command) => command.name() === 'check');
    const known = check?.options.map(({ long }) => long) ?? [];
    const used = [...page.matchAll(/flowfit check ([^\n|]*)/g)].flatMap(
      ([, words = '']) => words.match(/--[a-z-]+/g) ?? [],
    );
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((option) => !known.includes(option))).toEqual([]);
  });
});
