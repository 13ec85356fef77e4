import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANGE, CONTEXT, ruleOf } from '../../test/change-example.ts';
import { type ChangeSet, NO_CHANGE } from '../change/change-set.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import type { PatchContext } from './model.ts';
import { patchesOf } from './patch.ts';
import { quote } from './shell-text.ts';

const bash = (script: string, environment: Record<string, string> = {}) =>
  spawnSync('bash', ['-c', script], { encoding: 'utf8', env: { ...process.env, ...environment } });

const textOf = (name: string, change: ChangeSet, context: PatchContext): string =>
  patchesOf(change, context, ['aws-cli']).find((file) => file.name === name)!.text;

const changeOf = (before: readonly SecurityGroupRule[], after: readonly SecurityGroupRule[]): ChangeSet => ({
  ...NO_CHANGE,
  groups: [{ groupId: 'sg-a', groupName: 'a', vpcId: null, before, after, fate: 'changed' }],
});

const broad = ruleOf('sg-a', 'inbound tcp 22 from 0.0.0.0/0', 'sgr-1');

describe('the scripts', () => {
  it('take any text as data', () => {
    const texts = fc.sample(
      fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', '!', '*', ' ', 'é') }),
      200,
    );
    const { stdout } = bash(`printf '%s\\0' ${texts.map(quote).join(' ')}`);
    expect(stdout.split('\0').slice(0, -1)).toEqual(texts);
  });

  it.each(['apply.sh', 'rollback.sh'])('%s runs no name and no description', (name) => {
    const { status, stdout, stderr } = bash(textOf(name, CHANGE, CONTEXT), { FLOWFIT_DRY_RUN: '1' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).toMatch(/^aws --region eu-west-1 ec2 (authorize|revoke)-security-group-ingress --group-id sg-0/);
    }
  });

  it('leave the Region to the configuration where it is not known', () => {
    const text = textOf('apply.sh', changeOf([broad], []), { ...CONTEXT, region: null, accountId: null });
    const { stdout } = bash(text, { FLOWFIT_DRY_RUN: '1' });
    expect(stdout).toBe('aws ec2 revoke-security-group-ingress --group-id sg-a --security-group-rule-ids sgr-1 \n');
    expect(text).toContain('for account (not known), Region (not known).');
  });

  it('revoke by what a rule says where it has no id of AWS', () => {
    const text = textOf('apply.sh', changeOf([{ ...broad, id: 'rule-0123456789abcdef' }], []), CONTEXT);
    const { stdout } = bash(text, { FLOWFIT_DRY_RUN: '1' });
    expect(stdout).toContain(' --ip-permissions ');
    expect(stdout).not.toContain('rule-ids');
    expect(text).not.toContain('describe-security-group-rules');
  });

  it('list what they do not do', () => {
    const [group] = changeOf([broad], []).groups;
    const change: ChangeSet = {
      groups: [{ ...group!, groupId: 'sg-b', fate: 'deleted' }],
      interfaces: [{ interfaceId: 'eni-1', added: ['sg-c'], removed: [] }],
      prefixLists: [{ prefixListId: 'pl-1', before: [], after: [] }],
    };
    const text = textOf('apply.sh', change, CONTEXT);
    expect(text).toContain(
      [
        '# Not in this patch:',
        '#   Group sg-b is to be deleted: do that where the group is defined.',
        '#   The groups of interface eni-1 change: do that where the interface is defined.',
        '#   The entries of prefix list pl-1 change: do that where the list is defined.',
      ].join('\n'),
    );
    expect(bash(text, { FLOWFIT_DRY_RUN: '1' })).toMatchObject({ status: 0, stdout: '' });
  });

  it('say where old and new rules do not fit together', () => {
    const after = [ruleOf('sg-a', 'inbound tcp 22 from 192.0.2.0/24', null)];
    const text = textOf('apply.sh', changeOf([broad], after), { ...CONTEXT, rulesPerGroup: 1 });
    expect(text).toContain('and no order avoids that. Raise the quota for the time of the change');
  });

  it('are not written for a rule that cannot be read', () => {
    const odd: SecurityGroupRule = { ...broad, peer: { kind: 'cidr', cidr: '10.0.0.0/40' } };
    expect(() => textOf('apply.sh', changeOf([odd], []), CONTEXT)).toThrow(
      'Rule sgr-1 of group sg-a cannot be written: "10.0.0.0/40" is no CIDR. Correct it where the rules come from.',
    );
  });
});
