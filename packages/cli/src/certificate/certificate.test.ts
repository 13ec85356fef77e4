/** Certificates from end to end: what they say, that they hold, and what is no certificate. */
import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { STATEMENT_SCHEMA } from '@flowfit/core/certificate/schema';
import { documentText, type Statement } from '@flowfit/core/certificate/statement';
import { changeBetween } from '@flowfit/core/change/change-set';
import { certify } from '@flowfit/lake/certificate/certify';
import { openLake } from '@flowfit/lake/lake';
import { replayLake } from '@flowfit/lake/replay';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEGIN, CAPTURES, CertifiedFolder, connection, DAYS, linesOfDay, state } from '../testing/certified.ts';

let folder: CertifiedFolder;
let statement: Statement;
const at = (name: string): string => folder.at(name);
const verify = (...words: string[]) => folder.verify(...words);

beforeAll(async () => {
  folder = await CertifiedFolder.makeSigned();
  statement = JSON.parse(await readFile(at('change.json'), 'utf8')) as Statement;
});
afterAll(() => folder.remove());

describe('a certificate', () => {
  it('says what was replayed, fits its schema, and holds on its lake', async () => {
    const { predicate } = statement;
    expect(predicate.connections).toEqual({ kept: 72, cut: 0, newlyAdmitted: 0, unknown: 0, notToday: 0 });
    const command = ['replay', '--lake', 'lake', '--rules', 'rules.json', '--certificate', 'change.json'];
    expect(predicate.command).toEqual([...command, '--bundle', 'change.parquet']);
    const signed = await readFile(at('signed.json'), 'utf8');
    const payload = Buffer.from((JSON.parse(signed) as { payload: string }).payload, 'base64').toString();
    expect(payload).not.toContain(folder.path);
    expect((JSON.parse(payload) as Statement).predicate.command).toContain('--certificate=signed.json');
    expect(predicate.conversations).toMatchObject({ count: 120, days: [{ count: 60 }, { count: 60 }] });
    expect(predicate.objects).toHaveLength(2);
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(STATEMENT_SCHEMA);
    expect(validate(statement), JSON.stringify(validate.errors)).toBe(true);
    expect(await verify('change.json', '--lake', 'lake')).toMatchObject({
      code: 0,
      wrong: [],
      open: ['signature', 'made'],
    });
  });

  it('holds on a lake of the same files in another order and in other batches', async () => {
    await folder.makeLake('again', [...DAYS].reverse(), 1);
    expect(await verify('change.json', '--lake', 'again')).toMatchObject({ code: 0, wrong: [] });
  });

  it('holds by its bundle, without a lake', async () => {
    const { code, wrong, open } = await verify('change.json', '--bundle', 'change.parquet');
    expect([code, wrong]).toEqual([0, []]);
    expect(open).toEqual(['signature', 'made', 'objects']);
    const both = await verify('change.json', '--bundle', 'change.parquet', '--lake', 'lake');
    expect(both).toMatchObject({ code: 0, wrong: [], open: ['signature', 'made', 'objects (bundle)'] });
  });

  it('holds as far as it can be checked where there is neither', async () => {
    const { code, wrong, open } = await verify('change.json');
    expect([code, wrong]).toEqual([0, []]);
    expect(open).toContain('conversations');
    expect((await verify('change.json', '--lake', 'nowhere')).stderr).toContain('error[lake-missing]');
  });

  it('holds on a lake that has had earlier and later logs and captures since', async () => {
    await folder.makeLake('later', [linesOfDay(-3), ...DAYS, linesOfDay(3)], 4, [
      ...CAPTURES,
      state('2026-06-05T00:00:00Z', []),
    ]);
    const { stdout } = await folder.flowfit('verify', 'change.json', '--lake', 'later', '--json');
    const { holds, checks } = JSON.parse(stdout) as { holds: boolean; checks: { what: string; detail: string }[] };
    expect([holds, checks.filter(({ what }) => ['objects', 'captures'].includes(what))]).toMatchObject([
      true,
      [
        { detail: expect.stringContaining('2 more') as string },
        { detail: expect.stringContaining('1 more') as string },
      ],
    ]);
  });

  it('that is signed holds with its key', async () => {
    const checked = await verify('signed.json', '--lake', 'lake', '--key', 'team.key.pub');
    expect(checked).toMatchObject({ code: 0, wrong: [], open: ['made'] });
    expect((await verify('signed.json', '--lake', 'lake')).open).toEqual(['signature', 'made']);
  });

  it('of groups, interfaces and prefix lists fits its schema, and holds', async () => {
    const today = inventoryOf({
      groups: { 'sg-web': ['inbound tcp 443 from pl-office'], 'sg-old': ['outbound all from sg-web'] },
      interfaces: { 'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] } },
      prefixLists: { 'pl-office': ['203.0.113.0/24'], 'pl-empty': null },
    });
    const other = inventoryOf({
      groups: { 'sg-web': ['inbound icmp from 2001:db8::/32'], 'sg-new': ['inbound tcp 443 from sg-web'] },
      interfaces: { 'eni-web': { groups: ['sg-new'], addresses: ['10.0.0.1'] } },
      prefixLists: { 'pl-office': ['203.0.113.0/25'], 'pl-empty': ['192.0.2.0/24'] },
    });
    const change = changeBetween(today, other);
    expect([change.groups.length, change.interfaces.length, change.prefixLists.length]).toEqual([3, 1, 2]);
    await folder.makeLake('lists', DAYS, 2, [{ ...today, capturedAt: '2026-05-31T23:00:00Z' }]);
    const lake = await openLake(at('lists'));
    const { replay, window } = await replayLake(lake, {}, change);
    const making = { version: '0.1.0', command: ['replay'], bundle: at('lists.parquet') };
    await folder.write('lists.json', documentText(await certify(lake, { window, change, replay }, making)));
    lake.close();
    expect(await verify('lists.json', '--lake', 'lists')).toMatchObject({ code: 0, wrong: [] });
    expect(await verify('lists.json', '--bundle', 'lists.parquet')).toMatchObject({ code: 0, wrong: [] });
  });

  it('of a change that cuts says so, and holds', async () => {
    expect((await folder.replay('cutting.json', '--certificate', 'cuts.json')).code).toBe(3);
    const cuts = JSON.parse(await readFile(at('cuts.json'), 'utf8')) as Statement;
    expect(cuts.predicate.connections).toMatchObject({ kept: 24, cut: 48 });
    expect(await verify('cuts.json', '--lake', 'lake')).toMatchObject({ code: 0, wrong: [] });
  });
});

describe('what is no certificate', () => {
  it.each<[string, string, string]>([
    ['no file', '', 'error[certificate-invalid]: nothing.json cannot be read (ENOENT)'],
    ['no JSON', 'hello', 'is no JSON document'],
    ['other JSON', '{"a":1}', 'is no certificate'],
    [
      'half of one',
      '{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://flowfit.dev/replay/v1"}',
      "required property 'subject'",
    ],
    [
      'a newer one',
      '{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://flowfit.dev/replay/v2"}',
      'error[certificate-newer]',
    ],
  ])('%s', async (_, text, message) => {
    if (text !== '') await writeFile(at('nothing.json'), text);
    const { code, stderr } = await verify('nothing.json');
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    await rm(at('nothing.json'), { force: true });
  });

  it('names what it does not know', async () => {
    const predicate = { ...statement.predicate, extra: 1 };
    await writeFile(at('mutated.json'), documentText({ ...statement, predicate }));
    expect((await verify('mutated.json')).stderr).toContain('predicate must NOT have additional properties (extra)');
    const window = { from: '2026-06-01', to: '2026-06-02T00:00:00Z' };
    await writeFile(at('mutated.json'), documentText({ ...statement, predicate: { ...statement.predicate, window } }));
    expect((await verify('mutated.json')).stderr).toContain('predicate.window.from must match pattern');
  });
});

describe('a proof', () => {
  const proveTo = async (name: string, ...words: string[]) => {
    const { code, stdout, stderr } = await folder.flowfit('verify', 'change.json', ...words);
    if (code === 0) await writeFile(at(name), stdout);
    return { code, stderr };
  };

  it('shows that one conversation is among them, without a lake', async () => {
    for (const source of [
      ['--lake', 'lake'],
      ['--bundle', 'change.parquet'],
    ]) {
      expect(await proveTo('proof.json', '--prove', '17', ...source)).toEqual({ code: 0, stderr: '' });
      expect(await verify('change.json', '--proof', 'proof.json')).toMatchObject({ code: 0, wrong: [] });
    }
    const proof = JSON.parse(await readFile(at('proof.json'), 'utf8')) as { line: string; index: number };
    await writeFile(at('proof.json'), JSON.stringify({ ...proof, line: proof.line.replace('ACCEPT', 'REJECT') }));
    expect(await verify('change.json', '--proof', 'proof.json')).toMatchObject({ code: 3, wrong: ['proof'] });
    await writeFile(at('proof.json'), JSON.stringify({ ...proof, path: ['xy'] }));
    expect((await verify('change.json', '--proof', 'proof.json')).stderr).toContain('error[proof-invalid]');
  });

  it('finds a conversation by what it says', async () => {
    const text = `"hour":${BEGIN},"initiator":"remote","initiator_method":"tcp-flags","interface_id":"eni-db"`;
    expect((await proveTo('proof.json', '--lake', 'lake', '--prove', text)).code).toBe(0);
    expect((await proveTo('x', '--lake', 'lake', '--prove', 'eni-db')).stderr).toMatch(
      /conversation-ambiguous.*\n.*by its number/,
    );
    expect((await proveTo('x', '--lake', 'lake', '--prove', 'eni-none')).stderr).toContain('conversation-unknown');
    expect((await proveTo('x', '--lake', 'lake', '--prove', '120')).stderr).toContain('There is no conversation 120');
    const extra = connection(30, 'eni-web', ['198.51.100.77', '10.0.0.1'], [60_000, 443], 'ACCEPT');
    await folder.makeLake('more', [...DAYS, [extra]], 3);
    const other = await proveTo('x', '--lake', 'more', '--prove', '0');
    expect(other.stderr).toContain('error[certificate-other-conversations]');
  });
});

describe('keys', () => {
  it('are for their owner alone, and never written over', async () => {
    expect((await stat(at('team.key'))).mode & 0o777).toBe(0o600);
    const { code, stderr } = await folder.flowfit('keygen', 'team.key');
    expect([code, stderr]).toEqual([1, expect.stringContaining('error[key-exists]')]);
    await copyFile(at('team.key.pub'), at('alone.key.pub'));
    expect((await folder.flowfit('keygen', 'alone.key')).stderr).toContain('error[key-exists]');
    await expect(stat(at('alone.key'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that are none are refused', async () => {
    await writeFile(at('bad.key'), 'hello');
    for (const key of ['bad.key', 'nowhere.pub', 'team.key']) {
      expect((await verify('signed.json', '--key', key)).stderr).toContain('error[key-invalid]');
    }
    const { code, stdout, stderr } = await folder.replay(
      'rules.json',
      '--certificate',
      'x.json',
      '--sign-with',
      'team.key.pub',
    );
    // Before the replay, which takes long.
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('error[key-invalid]')]);
    const without = await folder.replay('rules.json', '--sign-with', 'team.key');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('error[certificate-needed]')]);
  });
});
