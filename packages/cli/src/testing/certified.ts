/** A lake of two days, and certificates of replays over it: for tests of what holds and what does not. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { type CliResult, runCli } from './run-cli.ts';

export const HOUR = 3600;
export const BEGIN = Date.parse('2026-06-01T00:00:00Z') / 1000;
const LAYOUT =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags flow-direction log-status';

/** A connection that its first packet's flags tell. */
export const connection = (
  hour: number,
  id: string,
  ends: [string, string],
  ports: [number, number],
  action: string,
) => {
  const start = BEGIN + hour * HOUR + 60;
  const flags = action === 'ACCEPT' ? 3 : 2;
  return `${id} ${ends[0]} ${ends[1]} ${ports[0]} ${ports[1]} 6 10 1000 ${start} ${start + 60} ${action} ${flags} ingress OK`;
};

/** Flow records and intervals without traffic of the web server and the database behind it, by day. */
export const linesOfDay = (day: number): string[] =>
  Array.from({ length: 24 }, (_, index) => day * 24 + index).flatMap((hour) => [
    connection(hour, 'eni-web', [`198.51.100.${hour % 4}`, '10.0.0.1'], [50_000 + hour, 443], 'ACCEPT'),
    connection(hour, 'eni-web', ['203.0.113.66', '10.0.0.1'], [40_000 + hour, 22], 'REJECT'),
    ...(hour % 2 === 0 ? [connection(hour, 'eni-db', ['10.0.0.1', '10.0.0.2'], [45_000 + hour, 5432], 'ACCEPT')] : []),
    ...['eni-web', 'eni-db'].map(
      (id) => `${id} - - - - - - - ${BEGIN + hour * HOUR} ${BEGIN + hour * HOUR + 60} - - - NODATA`,
    ),
  ]);

/** The inventory at a time, with these rules of the web server. */
export const state = (
  at: string,
  web: readonly string[] = ['inbound tcp 0-20 from 0.0.0.0/0', 'inbound tcp 443 from 0.0.0.0/0'],
) =>
  inventoryOf(
    {
      groups: { 'sg-web': web, 'sg-db': ['inbound tcp 1024-65535 from 10.0.0.0/8'] },
      interfaces: {
        'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
        'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
      },
    },
    at,
  );

export const CAPTURES = [state('2026-05-31T23:00:00Z'), state('2026-06-03T01:00:00Z')];

export const DAYS = [linesOfDay(0), linesOfDay(1)];

/** The group of the web server as describe-security-group-rules answers, with one rule. */
const rulesAnswer = (port: number, cidr: string): string =>
  JSON.stringify({
    SecurityGroupRules: [
      {
        SecurityGroupRuleId: 'sgr-new',
        GroupId: 'sg-web',
        IsEgress: false,
        IpProtocol: 'tcp',
        FromPort: port,
        ToPort: port,
        CidrIpv4: cidr,
        Description: '',
      },
    ],
  });

export interface Verification {
  readonly code: number;
  /** Parts that do not hold. */
  readonly wrong: readonly string[];
  /** Parts that were not checked. */
  readonly open: readonly string[];
  /** Of what does not hold. */
  readonly details: string;
  readonly stderr: string;
}

/** A folder with the lake `lake`, the rules `rules.json` (which cut nothing) and `cutting.json`, and what is made of them. */
export class CertifiedFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<CertifiedFolder> {
    const folder = new CertifiedFolder(await mkdtemp(join(tmpdir(), 'flowfit-certificate-')));
    await folder.makeLake('lake', DAYS, 2);
    await folder.write('rules.json', rulesAnswer(443, '198.51.100.0/24'));
    await folder.write('cutting.json', rulesAnswer(80, '0.0.0.0/0'));
    return folder;
  }

  /** With two keys, `change.json` and its bundle, and `signed.json`, signed with `team.key`. */
  static async makeSigned(): Promise<CertifiedFolder> {
    const folder = await CertifiedFolder.make();
    const made = [
      await folder.flowfit('keygen', 'team.key'),
      await folder.flowfit('keygen', 'other.key'),
      await folder.replay('rules.json', '--certificate', 'change.json', '--bundle', 'change.parquet'),
      await folder.replay('rules.json', `--certificate=${folder.at('signed.json')}`, '--sign-with', 'team.key'),
    ];
    const failed = made.find(({ code }) => code !== 0);
    if (failed !== undefined) throw new Error(failed.stderr);
    return folder;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeFile(this.at(name), content);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  /** @param together files of each ingest */
  async makeLake(
    name: string,
    files: readonly (readonly string[])[],
    together: number,
    captures = CAPTURES,
  ): Promise<void> {
    const lake = await openLake(this.at(name), { create: true, threads: 1 });
    const names = files.map((_, index) => `${name}-${index}.log`);
    for (const [index, lines] of files.entries()) {
      await this.write(names[index] as string, `${[LAYOUT, ...lines].join('\n')}\n`);
    }
    const paths = names.map((one) => this.at(one));
    for (let first = 0; first < paths.length; first += together) {
      await ingest(lake, paths.slice(first, first + together), { snapshots: captures });
    }
    lake.close();
  }

  flowfit(...words: string[]): Promise<CliResult> {
    return runCli(words, { cwd: this.path });
  }

  /** Replays over the lake and writes a certificate. */
  replay(rules: string, ...words: string[]): Promise<CliResult> {
    return this.flowfit('replay', '--lake', 'lake', '--rules', rules, ...words);
  }

  async verify(...words: string[]): Promise<Verification> {
    const { code, stdout, stderr } = await this.flowfit('verify', ...words, '--json');
    const { checks = [] } = (stdout === '' ? {} : JSON.parse(stdout)) as {
      checks?: { what: string; holds: boolean | null; detail: string }[];
    };
    const those = (holds: boolean | null) => checks.filter((check) => check.holds === holds);
    return {
      code,
      wrong: those(false).map(({ what }) => what),
      open: those(null).map(({ what }) => what),
      details: those(false)
        .map(({ detail }) => detail)
        .join('\n'),
      stderr,
    };
  }
}
