/** The scripts of a change, run by the AWS CLI in an emulated account, and its templates under cfn-lint. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import { type ChangeSet, rulesChange } from '@flowfit/core/change/change-set';
import type { InventorySnapshot, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { ruleIdOf } from '@flowfit/core/inventory/rule-id';
import type { PatchContext } from '@flowfit/core/patch/model';
import { patchesOf } from '@flowfit/core/patch/patch';
import { formatRule, parseRule } from '@flowfit/core/security-group/notation';
import { installPythonTools } from '@flowfit/testkit/moto/python-tools';
import { startMoto } from '@flowfit/testkit/moto/server';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHANGE, CONTEXT } from '../../core/test/change-example.ts';
import { captureInventory } from '../src/ec2/capture.ts';
import { createEc2Client } from '../src/ec2/client.ts';

const moto = await orSkip(startMoto);
const tools = moto && installPythonTools();

/** Each test starts many processes of the AWS CLI, half a second each where nothing else runs. */
const TIMEOUT = 300_000;

describe.skipIf(!moto)('a change in an account', { timeout: TIMEOUT }, () => {
  let client: EC2Client;
  let folder: string;
  let web: string;
  let database: string;
  let list: string;

  beforeAll(() => {
    client = createEc2Client(moto!.clientConfiguration);
  });
  afterAll(async () => {
    client.destroy();
    await moto!.stop();
  });

  let made = 0;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowfit-patch-'));
    made += 1;
    const { Vpc } = await client.send(
      new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
    );
    const group = async (GroupName: string) => {
      const input = { GroupName: `${GroupName} ${made}`, Description: GroupName, VpcId: Vpc!.VpcId! };
      return (await client.send(new CreateSecurityGroupCommand(input))).GroupId!;
    };
    [web, database] = [await group("web'; exit 1 #"), await group('data "base" $(exit 1)')];
    const entries = [{ Cidr: '198.51.100.0/24' }];
    const input = { PrefixListName: 'office', MaxEntries: 2, AddressFamily: 'IPv4', Entries: entries };
    list = (await client.send(new CreateManagedPrefixListCommand(input))).PrefixList!.PrefixListId!;
    await inbound(web, [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'SSH $5 {x}' }] },
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Ipv6Ranges: [{ CidrIpv6: '::/0', Description: 'HTTPS' }] },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8090, PrefixListIds: [{ PrefixListId: list }] },
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, UserIdGroupPairs: [{ GroupId: database, Description: 'DNS' }] },
    ]);
    await inbound(database, [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'All' }] }]);
    const out = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: database }] };
    await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: web, IpPermissions: [out] }));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const inbound = (GroupId: string, IpPermissions: IpPermission[]) =>
    client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

  const capture = async (): Promise<InventorySnapshot> => {
    const { snapshot } = await captureInventory(client, { capturedAt: '2026-01-01T00:00:00.000Z' });
    return withRules(snapshot, (rule) => (rule.protocol === 'udp' ? { ...rule, description: 'DNS' } : rule));
  };
  /** The emulator's list of rules lacks the descriptions of references, and it compares them where AWS does not. */
  const withRules = (snapshot: InventorySnapshot, edit: (rule: SecurityGroupRule) => SecurityGroupRule) => ({
    ...snapshot,
    groups: snapshot.groups.map((group) => ({ ...group, rules: group.rules.map(edit) })),
  });

  /** The rules of both groups as EC2 lists them by permission, read without any code of ours. */
  const rulesNow = async (): Promise<string[]> => {
    const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [web, database] }));
    return SecurityGroups!
      .flatMap(({ GroupId, IpPermissions, IpPermissionsEgress }) => [
        ...IpPermissions!.flatMap(peersOf).map((text) => `${nameOf(GroupId)} in ${text}`),
        ...IpPermissionsEgress!.flatMap(peersOf).map((text) => `${nameOf(GroupId)} out ${text}`),
      ])
      .sort();
  };
  const nameOf = (id: string | undefined) =>
    ({ [web]: 'web', [database]: 'database', [list]: 'list' })[id ?? ''] ?? `${id}`;
  const peersOf = (permission: IpPermission): string[] => {
    const { IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds } = permission;
    const service = `${IpProtocol} ${FromPort ?? -1} ${ToPort ?? -1}`;
    return [
      ...(IpRanges ?? []).map(({ CidrIp, Description }) => [CidrIp, Description]),
      ...(Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => [CidrIpv6, Description]),
      ...(UserIdGroupPairs ?? []).map(({ GroupId, Description }) => [nameOf(GroupId), Description]),
      // The emulator forgets the descriptions of rules with prefix lists.
      ...(PrefixListIds ?? []).map(({ PrefixListId }) => [nameOf(PrefixListId), '']),
    ].map(([peer, description]) => `${service} ${peer} ${description ?? ''}`.trimEnd());
  };

  const newRule = (groupId: string, text: string, description = ''): SecurityGroupRule => {
    const rule = { groupId, ...parseRule(text)!, description };
    return { ...rule, id: ruleIdOf(rule) };
  };

  /** Narrows some, drops some, adds one. */
  const planChange = (today: InventorySnapshot): { change: ChangeSet; context: PatchContext } => {
    const rulesOf = (id: string) => today.groups.find((group) => group.id === id)!.rules;
    const find = (groupId: string, start: string) =>
      rulesOf(groupId).find((rule) => formatRule(rule).startsWith(start))!.id;
    const narrowed: [rule: SecurityGroupRule, from: string[]][] = [
      [newRule(web, 'inbound tcp 22 from 192.0.2.0/28'), [find(web, 'inbound tcp 22')]],
      [newRule(web, 'inbound tcp 443 from 2001:db8::/32'), [find(web, 'inbound tcp 443')]],
      [newRule(database, `inbound tcp 5432 from ${web}`), [find(database, 'inbound all')]],
      [newRule(database, `inbound tcp 5433 from ${list}`), [find(database, 'inbound all')]],
      [newRule(database, 'inbound icmp all from 10.0.0.0/24'), [find(database, 'inbound all')]],
      [newRule(web, 'outbound udp 123 to 192.0.2.123/32', "The 'clock'"), []],
    ];
    const dropped = [
      'inbound tcp 22',
      'inbound tcp 443',
      'inbound tcp 8080',
      'inbound udp 53',
      'inbound all',
      'outbound all',
    ];
    const after = (groupId: string) => [
      ...rulesOf(groupId).filter((rule) => !dropped.some((start) => formatRule(rule).startsWith(start))),
      ...narrowed.map(([rule]) => rule).filter((rule) => rule.groupId === groupId),
    ];
    const change = rulesChange(today, new Map([web, database].map((id) => [id, after(id)])));
    const from = new Map(narrowed.map(([rule, ids]) => [rule.id, ids]));
    const context = { region: 'eu-west-1', accountId: '123456789012', generatedBy: 'flowfit 0.1.0', from };
    return { change, context };
  };

  const write = (change: ChangeSet, context: PatchContext) => {
    for (const { name, text } of patchesOf(change, context, ['aws-cli'])) writeFileSync(join(folder, name), text);
  };
  const run = (name: string, environment: Record<string, string> = {}) => {
    const PATH = `${tools}${delimiter}${process.env['PATH']}`;
    const env = { ...process.env, ...moto!.environment, PATH, ...environment };
    const { status, stdout, stderr } = spawnSync('bash', [join(folder, name)], { encoding: 'utf8', env });
    return { status, stdout, stderr };
  };
  const runWell = (name: string) => {
    const result = run(name);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout.endsWith('Done.\n')).toBe(true);
  };

  const ORIGINAL = [
    'database in -1 -1 -1 10.0.0.0/8 All',
    'database out -1 -1 -1 0.0.0.0/0',
    'database out -1 -1 -1 ::/0',
    'web in icmp 8 -1 10.0.0.0/8',
    'web in tcp 22 22 0.0.0.0/0 SSH $5 {x}',
    'web in tcp 443 443 ::/0 HTTPS',
    'web in tcp 8080 8090 list',
    'web in udp 53 53 database DNS',
    'web out -1 -1 -1 0.0.0.0/0',
    'web out -1 -1 -1 ::/0',
    'web out tcp 5432 5432 database',
  ];
  const proposed = (ssh: string, https: string, all: string) => [
    `database in icmp -1 -1 10.0.0.0/24 All (from ${all})`,
    `database in tcp 5432 5432 web All (from ${all})`,
    'database in tcp 5433 5433 list',
    'web in icmp 8 -1 10.0.0.0/8',
    `web in tcp 22 22 192.0.2.0/28 SSH $5 {x} (from ${ssh})`,
    `web in tcp 443 443 2001:db8::/32 HTTPS (from ${https})`,
    'web out tcp 5432 5432 database',
    'web out udp 123 123 192.0.2.123/32 The _clock_',
  ];
  const idsIn = ({ from }: PatchContext) => [...from.values()].flat() as [string, string, string];

  it('is made by the script, undone by the other, and made again', async () => {
    expect(await rulesNow()).toEqual(ORIGINAL);
    const { change, context } = planChange(await capture());
    write(change, context);
    const expected = proposed(...idsIn(context));
    for (const [script, state] of [
      ['apply.sh', expected],
      ['apply.sh', expected],
      ['rollback.sh', ORIGINAL],
      ['rollback.sh', ORIGINAL],
      ['apply.sh', expected],
    ] as const) {
      runWell(script);
      expect(await rulesNow()).toEqual(state);
    }
  });

  it('is made where the inventory has no rule ids', async () => {
    const nameless = withRules(await capture(), (rule) => ({ ...rule, id: ruleIdOf(rule) }));
    const { change, context } = planChange(nameless);
    write(change, context);
    runWell('apply.sh');
    runWell('apply.sh');
    expect(await rulesNow()).toEqual(proposed(...idsIn(context)));
    runWell('rollback.sh');
    expect(await rulesNow()).toEqual(ORIGINAL);
  });
  it('is printed and not made in a dry run', async () => {
    const { change, context } = planChange(await capture());
    write(change, context);
    const { status, stdout } = run('apply.sh', { FLOWFIT_DRY_RUN: '1' });
    expect(status).toBe(0);
    const calls = stdout.trim().split('\n');
    const order = calls.map((call) => /^aws --region eu-west-1 ec2 (authorize|revoke)-security-group-/.exec(call)?.[1]);
    expect(order).toEqual([...Array(3).fill('authorize'), ...Array(4).fill('revoke')]);
    expect(await rulesNow()).toEqual(ORIGINAL);
  });

  it('is not made where a rule was changed after the capture', async () => {
    const { change, context } = planChange(await capture());
    write(change, context);
    const [ssh] = idsIn(context);
    const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 23, ToPort: 23, CidrIpv4: '0.0.0.0/0' };
    const rules = [{ SecurityGroupRuleId: ssh, SecurityGroupRule }];
    await client.send(new ModifySecurityGroupRulesCommand({ GroupId: web, SecurityGroupRules: rules }));
    const before = await rulesNow();
    expect(run('apply.sh')).toMatchObject({
      status: 1,
      stderr:
        `STOPPED: ${web}: ${ssh} has been changed since the capture: capture the inventory and recommend again\n` +
        'Nothing was changed.\n',
    });
    expect(await rulesNow()).toEqual(before);
  });

  it('that fails in the middle says what was done, and can be undone or finished', async () => {
    const { change, context } = planChange(await capture());
    write(change, context);
    const failing = [
      '#!/usr/bin/env bash',
      "case $* in *revoke-security-group-egress*) printf '\\nAn error occurred (Busy)\\n' >&2; exit 254 ;; esac",
      `exec '${join(tools!, 'aws')}' "$@"`,
    ];
    writeFileSync(join(folder, 'aws'), failing.join('\n'), { mode: 0o755 });
    const { status, stderr } = run('apply.sh', { PATH: `${folder}${delimiter}${process.env['PATH']}` });
    expect(status).toBe(1);
    const [stopped, done, ...calls] = stderr.trimEnd().split('\n');
    expect(stopped).toMatch(/^STOPPED: sg-[0-9a-f]+: revoke egress: An error occurred \(Busy\)$/);
    expect(done).toBe('Done before that:');
    expect(calls).toContain(`  ${web}: authorized, egress rules: 1`);
    expect(calls.at(-1)).toBe('rollback.sh undoes it; apply.sh goes on where it stopped.');
    const half = await rulesNow();
    expect(half).toEqual(expect.arrayContaining(proposed(...idsIn(context))));
    expect(half).not.toEqual(proposed(...idsIn(context)));
    runWell('rollback.sh');
    expect(await rulesNow()).toEqual(ORIGINAL);
  });
});

const lint = await orSkip(async () => join(installPythonTools(), 'cfn-lint'));

describe.skipIf(!lint)('cfn-lint', { timeout: TIMEOUT }, () => {
  it('finds no error', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowfit-patch-'));
    try {
      const templates = patchesOf(CHANGE, CONTEXT, ['cloudformation']).filter(
        ({ name }) => !name.includes('resources'),
      );
      const paths = templates.map(({ name, text }) => {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        return path;
      });
      expect(paths.length).toBeGreaterThan(1);
      const { stdout, status } = spawnSync(lint!, paths, { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
