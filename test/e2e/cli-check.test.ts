/**
 * `flowfit check` over one small account, in every format, as golden files: a web server that the public and a partner
 * use and that is scanned, and a database behind it. Names and descriptions try to be markup.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planOf } from '../../packages/core/test/plans.ts';
import { expectCliGolden, runInFolder } from './cli-golden.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: unknown): void =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

const HOSTILE = 'db | `x` <b>@team</b> #1 \u001b[31m::error::%0A & "quoted" www.example.com';

/** With the tags of a CloudFormation stack, and a name that nobody should have given. */
const account = (capturedAt: string): InventorySnapshot => {
  const some = inventoryOf(
    {
      groups: {
        'sg-db': ['inbound tcp 5432 from sg-web'],
        'sg-web': [
          'inbound tcp 443 from 0.0.0.0/0',
          'inbound tcp 8443 from 198.51.100.0/24',
          'outbound all to 0.0.0.0/0',
        ],
      },
      interfaces: {
        'eni-db': { groups: ['sg-db'], addresses: ['10.0.2.9'] },
        'eni-web': { groups: ['sg-web'], addresses: ['10.0.1.5'] },
      },
    },
    capturedAt,
  );
  return {
    ...some,
    groups: some.groups.map((group) => ({
      ...group,
      tags: {
        'aws:cloudformation:stack-name': 'shop',
        'aws:cloudformation:logical-id': group.id === 'sg-db' ? 'DbGroup' : 'WebGroup',
      },
    })),
    interfaces: some.interfaces.map((one) => ({ ...one, name: one.id === 'eni-db' ? HOSTILE : 'web-1' })),
  };
};

const LAYOUT =
  'account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags flow-direction log-status';
const BEGIN = Date.parse('2026-06-01T00:00:00Z') / 1000;

const connection = (hour: number, id: string, from: string, to: string, ports: [number, number], action = 'ACCEPT') => {
  const start = BEGIN + hour * 3600 + 60;
  const line = (a: string, b: string, p: number, q: number, flags: number, way: string) =>
    `111122223333 ${id} ${a} ${b} ${p} ${q} 6 10 1000 ${start} ${start + 60} ${action} ${flags} ${way} OK`;
  const request = line(from, to, ports[0], ports[1], action === 'ACCEPT' ? 3 : 2, 'ingress');
  return action === 'ACCEPT' ? [request, line(to, from, ports[1], ports[0], 19, 'egress')] : [request];
};

const RULE = { security_group_id: 'sg-web', ip_protocol: 'tcp' };
const PARTNER = { ...RULE, id: 'sgr-web-2', from_port: 8443, to_port: 8443, cidr_ipv4: '198.51.100.0/24' };
const SSH = { ...RULE, from_port: 22, to_port: 22, cidr_ipv4: '0.0.0.0/0' };
const DB = { id: 'sg-db', name: 'db', owner_id: '111122223333', vpc_id: 'vpc-1' };

/** Cuts the partner and the database, opens SSH, and has parts that nobody can judge. */
const BAD = planOf([
  { address: 'module.web.aws_vpc_security_group_ingress_rule.partner["a,b"]', before: PARTNER },
  { address: 'module.web.aws_vpc_security_group_ingress_rule.ssh', after: SSH },
  {
    address: 'aws_security_group.db',
    before: {
      ...DB,
      ingress: [{ from_port: 5432, to_port: 5432, protocol: 'tcp', security_groups: ['sg-web'], self: false }],
    },
    after: { ...DB, ingress: [] },
  },
  { address: 'aws_security_group_vpc_association.new', after: { security_group_id: 'sg-db', vpc_id: 'vpc-2' } },
  { address: 'aws_instance.new', after: { vpc_security_group_ids: ['sg-web'] } },
  { address: 'aws_s3_bucket.logs', after: { bucket: 'logs' } },
]);

const GOOD = planOf([
  {
    address: 'aws_vpc_security_group_ingress_rule.db',
    after: { ...SSH, ...{ from_port: 9, to_port: 9, cidr_ipv4: '10.0.0.0/8' } },
  },
]);

/** The web group loses its partner; the database's group is as it was. */
const TEMPLATE = `
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Office: { Type: String, Default: 198.51.100.0/25 }
Resources:
  WebGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }
        - { IpProtocol: tcp, FromPort: 8443, ToPort: 8443, CidrIp: !Ref Office }
  DbGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: db }
  FromWeb:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !GetAtt DbGroup.GroupId
      IpProtocol: tcp
      FromPort: 5432
      ToPort: 5432
      SourceSecurityGroupId: !Ref WebGroup
`;

beforeAll(async () => {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const lines = hours.flatMap((hour) => [
    ...connection(hour, 'eni-web', `192.0.2.${hour % 4}`, '10.0.1.5', [50_000 + hour, 443]),
    ...connection(hour, 'eni-web', `198.51.100.${hour % 2 === 0 ? 7 : 200}`, '10.0.1.5', [51_000 + hour, 8443]),
    ...connection(hour, 'eni-web', `203.0.113.${hour % 8}`, '10.0.1.5', [40_000 + hour, 22], 'REJECT'),
    ...connection(hour, 'eni-db', '10.0.1.5', '10.0.2.9', [45_000 + hour, 5432]),
  ]);
  put('flow.log', `${[LAYOUT, ...lines].join('\n')}\n`);
  put('bad.json', BAD);
  put('good.json', GOOD);
  put('template.yaml', TEMPLATE);
  const lake = await openLake(join(folder, 'lake'), { create: true });
  const snapshots = [account('2026-05-31T23:00:00Z'), account('2026-06-02T01:00:00Z')];
  await ingest(lake, [join(folder, 'flow.log')], { snapshots });
  lake.close();
});

describe('a plan that cuts', () => {
  it.each(['table', 'json', 'sarif', 'junit', 'github', 'markdown'])('as %s', async (format) => {
    const words = ['check', '--plan', 'bad.json', '--format', format];
    expect((await expectCliGolden(folder, `check-${format}`, words)).code).toBe(3);
  });

  it('writes to a file', async () => {
    const { code, stdout, stderr } = await runInFolder(folder, [
      ...['check', '--plan', 'bad.json', '--format', 'sarif', '--output', 'out.sarif'],
    ]);
    expect([code, stdout, stderr]).toEqual([3, '', 'Wrote out.sarif.\n']);
    expect(JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8')).version).toBe('2.1.0');
  });
});

describe('a plan that cuts nothing', () => {
  it('passes', async () => {
    expect((await expectCliGolden(folder, 'check-passes', ['check', '--plan', 'good.json'])).code).toBe(0);
  });

  it('fails where --fail-on names what it does otherwise', async () => {
    put('open.json', planOf([{ address: 'aws_vpc_security_group_ingress_rule.ssh', after: SSH }]));
    const codeFor = async (...words: string[]) =>
      (await runInFolder(folder, ['check', '--plan', 'open.json', ...words])).code;
    expect([
      await codeFor(),
      await codeFor('--fail-on', 'open'),
      await codeFor('--fail-on', 'cut,scanned'),
      await codeFor('--fail-on', 'unknown'),
    ]).toEqual([0, 3, 3, 0]);
  });
});

describe('CloudFormation', () => {
  it('reads a template in YAML', async () => {
    expect((await expectCliGolden(folder, 'check-template', ['check', '--plan', 'template.yaml'])).code).toBe(3);
  });
});

describe('plans that cannot be read', () => {
  it.each([
    ['check-cut-off', JSON.stringify(BAD).slice(0, 600)],
    ['check-no-json', 'resource "aws_security_group" "web" {\n  name = "web"\n}\n'],
    ['check-binary', 'PK\u0003\u0004\u0014'],
    ['check-empty', ''],
    ['check-state', JSON.stringify({ format_version: '1.0', terraform_version: '1.9.0', values: { root_module: {} } })],
    ['check-newer', JSON.stringify({ ...BAD, format_version: '2.0' })],
    [
      'check-other-account',
      JSON.stringify(
        planOf([{ address: 'aws_security_group.x', before: { ...DB, id: 'sg-x', owner_id: '444455556666' } }]),
      ),
    ],
  ])('%s', async (name, text) => {
    put('plan.json', text);
    expect((await expectCliGolden(folder, name, ['check', '--plan', 'plan.json'])).code).toBe(1);
  });

  it('such as one that is not there', async () => {
    expect((await expectCliGolden(folder, 'check-missing', ['check', '--plan', 'nowhere.json'])).code).toBe(1);
  });

  it('and calls that cannot be meant', async () => {
    expect(
      (await expectCliGolden(folder, 'check-bad-kind', ['check', '--plan', 'bad.json', '--fail-on', 'cut,oops'])).code,
    ).toBe(2);
    const both = ['check', '--plan', 'bad.json', '--json', '--format', 'sarif'];
    expect((await expectCliGolden(folder, 'check-two-formats', both)).code).toBe(2);
  });
});

const PLANS = resolve('../shared/testdata/plans');

describe.skipIf(!existsSync(PLANS))('real plans (skipped where the test data is not there)', () => {
  it('of new resources alone cut nothing', async () => {
    const words = ['check', '--plan', join(PLANS, 'many-resources.json'), '--json'];
    const { code, stdout } = await runInFolder(folder, words);
    const { counts, ignored, unseen, findings, replay } = JSON.parse(stdout);
    expect([code, counts.cut]).toEqual([0, 0]);
    expect(replay.change.groups).toEqual(['plan:aws_security_group.default', 'plan:aws_security_group.web-node']);
    expect(ignored.aws_s3_bucket).toBe(6);
    expect(unseen.aws_instance).toBe(2);
    expect(
      findings.map(({ kind, addresses }: { kind: string; addresses: string[] }) => `${kind} ${addresses}`),
    ).toEqual(['open aws_security_group.web-node', 'open aws_security_group.web-node']);
  });
});

describe('SARIF', () => {
  it('is of version 2.1.0 as far as readers ask', async () => {
    const { stdout } = await runInFolder(folder, ['check', '--plan', 'bad.json', '--format', 'sarif']);
    const { version, runs } = JSON.parse(stdout);
    expect([version, runs.length]).toEqual(['2.1.0', 1]);
    const [{ tool, results, invocations }] = runs;
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(invocations[0].executionSuccessful).toBe(true);
    expect(results).not.toHaveLength(0);
    for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of results) {
      expect(ids[ruleIndex]).toBe(ruleId);
      expect(['error', 'warning', 'note']).toContain(level);
      expect(message.text).not.toBe('');
      expect(locations[0].physicalLocation.artifactLocation.uri).toBe('bad.json');
      expect(locations[0].logicalLocations[0].fullyQualifiedName).not.toBe('');
      expect(partialFingerprints['flowfit/v1']).toMatch(/^(cut|open|scanned|admitted|unknown):/);
    }
  });
});

describe('names that try to be more', () => {
  const shown = async (format: string) =>
    (await runInFolder(folder, ['check', '--plan', 'bad.json', '--format', format])).stdout;

  it('call nobody and are no markup in Markdown', async () => {
    const text = await shown('markdown');
    expect(text).not.toMatch(/@team|<b>|`x`|www\.example|#1\b(?!;)/);
    // Every row of a table has as many cells as its heading.
    for (const table of text.split('\n\n').filter((part) => part.startsWith('|'))) {
      const counts = table.split('\n').map((line) => line.split('|').length);
      expect(new Set(counts).size).toBe(1);
    }
  });

  it('begin no workflow command', async () => {
    const lines = (await shown('github')).trimEnd().split('\n');
    for (const line of lines)
      expect(line).toMatch(/^::(error|warning|notice) title=[^:,\r\n]*(,file=[^:,]*)?::[^\r\n]*$/);
    expect(lines.join('')).not.toContain('%0A & ');
  });

  it('end no element of XML', async () => {
    const text = await shown('junit');
    expect(text).not.toMatch(/<b>|\u001b/);
    const tags = [...text.matchAll(/<(\/?)([a-z-]+)[^>]*?(\/?)>/g)].filter(([, , , empty]) => empty !== '/');
    const open: string[] = [];
    for (const [, closes, name = ''] of tags) {
      if (closes === '/') expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});
