/** Every change of a certificate, its envelope, its bundle or the lake is found, and its place named. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import {
  documentText,
  type ReplayPredicate,
  ruleSetDigests,
  type Statement,
  toStatement,
} from '@flowfit/core/certificate/statement';
import type { ChangeSet } from '@flowfit/core/change/change-set';
import { sha256 } from '@flowfit/lake/certificate/lines';
import { Database } from '@flowfit/lake/database';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEGIN, CAPTURES, CertifiedFolder, connection, DAYS, HOUR, linesOfDay, state } from '../testing/certified.ts';

let folder: CertifiedFolder;
let statement: Statement;
const at = (name: string): string => folder.at(name);
const verify = (...words: string[]) => folder.verify(...words);

beforeAll(async () => {
  folder = await CertifiedFolder.makeSigned();
  statement = JSON.parse(await readFile(at('change.json'), 'utf8')) as Statement;
});
afterAll(() => folder.remove());

/** A certificate of which a part was changed; `forged` = by somebody who computes its digests anew. */
const withPart = async (part: (predicate: ReplayPredicate) => Partial<ReplayPredicate>, forged: boolean) => {
  const predicate = { ...statement.predicate, ...part(statement.predicate) };
  const text = documentText(forged ? toStatement(predicate, sha256) : { ...statement, predicate });
  await writeFile(at('mutated.json'), text);
  return 'mutated.json';
};

type Part = (predicate: ReplayPredicate) => Partial<ReplayPredicate>;
const flip = (digest: string): string => `${digest[0] === '0' ? '1' : '0'}${digest.slice(1)}`;
const changeRules =
  (
    side: 'before' | 'after',
    rules: (group: ChangeSet['groups'][number]) => Partial<ChangeSet['groups'][number]['before'][number]>,
  ): Part =>
  ({ change }) => {
    const groups = change.groups.map((group) => ({
      ...group,
      [side]: group[side].map((rule) => ({ ...rule, ...rules(group) })),
    }));
    const changed = { ...change, groups };
    return { change: changed, ruleSets: ruleSetDigests(changed, sha256) };
  };

describe('a changed statement', () => {
  it.each<[string, Part, string]>([
    ['the time it was made', () => ({ created: '2026-06-30T12:00:01Z' }), 'predicate'],
    ['the command', ({ command }) => ({ command: [...command, '--where'] }), 'predicate'],
    ['the version', () => ({ product: { name: 'flowfit', version: '0.1.1' } }), 'predicate'],
    ['a count', ({ connections }) => ({ connections: { ...connections, kept: 71 } }), 'predicate'],
    [
      'the name of an object',
      ({ objects }) => ({ objects: objects.map((one) => ({ ...one, name: 'x' })) }),
      'predicate',
    ],
    ['a rule set', ({ ruleSets }) => ({ ruleSets: ruleSets.map((one) => ({ ...one, after: null })) }), 'rule sets'],
    ['the change', ({ change }) => ({ change: { ...change, groups: [] } }), 'change'],
    ['the bundle', () => ({ bundle: null }), 'predicate'],
  ])('%s: fails without any lake', async (_, part, what) => {
    const { code, wrong } = await verify(await withPart(part, false));
    expect(code).toBe(3);
    expect(wrong).toContain(what);
  });

  it.each<[string, Part, string, string]>([
    [
      'kept',
      ({ connections }) => ({ connections: { ...connections, kept: 73 } }),
      'replay',
      'kept: the certificate says 73',
    ],
    [
      'cut',
      ({ connections }) => ({ connections: { ...connections, cut: 1 } }),
      'replay',
      'cut: the certificate says 1',
    ],
    ['unknown', ({ connections }) => ({ connections: { ...connections, unknown: 1 } }), 'replay', 'unknown: '],
    ['window', ({ window }) => ({ window: { ...window, to: '2026-06-02T00:00:00Z' } }), 'conversations', '2026-06-02'],
    [
      'root',
      ({ conversations: all }) => ({ conversations: { ...all, root: flip(all.root) } }),
      'conversations',
      'root: ',
    ],
    ['count', ({ conversations: all }) => ({ conversations: { ...all, count: 1 } }), 'conversations', 'count: '],
    [
      'day',
      ({ conversations: all }) => ({
        conversations: {
          ...all,
          days: all.days.map((one, index) => (index === 1 ? { ...one, sha256: flip(one.sha256) } : one)),
        },
      }),
      'conversations',
      'days that differ: 2026-06-02',
    ],
    [
      'object',
      ({ objects }) => ({ objects: objects.map((one) => ({ ...one, sha256: flip(one.sha256) })) }),
      'objects',
      'another lake',
    ],
    ['size', ({ objects }) => ({ objects: objects.map((one) => ({ ...one, bytes: 1 })) }), 'objects', 'another size'],
    [
      'capture',
      ({ captures }) => ({
        captures: captures.map((one, i) => (i === 0 ? { ...one, sha256: flip(one.sha256) } : one)),
      }),
      'captures',
      '2026-05-31T23:00:00Z',
    ],
    [
      'coverage',
      ({ coverage }) => ({
        coverage: { ...coverage, interfaces: coverage.interfaces.map((one) => ({ ...one, observedSeconds: 1 })) },
      }),
      'coverage',
      'eni-web: observedSeconds',
    ],
    [
      'begin of the logs',
      ({ coverage }) => ({ coverage: { ...coverage, logsBegin: '2026-06-01T00:00:01Z' } }),
      'coverage',
      'logsBegin',
    ],
    ['rules before', changeRules('before', () => ({ toPort: 21 })), 'state before', 'sg-web has other rules'],
    ['rules after', changeRules('after', () => ({ fromPort: 444, toPort: 444 })), 'replay', 'cut: '],
  ])('%s: fails on the lake, also with digests made anew', async (_, part, what, detail) => {
    const { code, wrong, details } = await verify(await withPart(part, true), '--lake', 'lake');
    expect(code).toBe(3);
    expect(wrong).toContain(what);
    expect(details).toContain(detail);
  });

  it('by a byte, anywhere: fails', { timeout: 120_000 }, async () => {
    const bytes = await readFile(at('change.json'));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
        const mutated = Buffer.from(bytes);
        mutated[place] = (mutated[place] as number) ^ mask;
        await writeFile(at('mutated.json'), mutated);
        const { code, wrong, stderr } = await verify('mutated.json');
        expect(code === 3 ? wrong.length > 0 : code === 1 && stderr.startsWith('error[certificate-')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('with a byte more: fails, and names the line', async () => {
    await writeFile(at('mutated.json'), `${await readFile(at('change.json'), 'utf8')}\n`);
    expect(await verify('mutated.json')).toMatchObject({
      code: 3,
      wrong: ['form'],
      details: expect.stringMatching(/^line \d+ of mutated\.json/) as string,
    });
  });
});

describe('a changed envelope', () => {
  const envelope = async () =>
    JSON.parse(await readFile(at('signed.json'), 'utf8')) as {
      payload: string;
      payloadType: string;
      signatures: { keyid: string; sig: string }[];
    };
  const mutate = async (change: object) => {
    await writeFile(at('mutated.json'), documentText({ ...(await envelope()), ...change }));
    return await verify('mutated.json', '--key', 'team.key.pub');
  };

  it('signature, id and payload: fails', async () => {
    const { payload, signatures } = await envelope();
    const [{ keyid, sig }] = signatures as [{ keyid: string; sig: string }];
    const otherSig = Buffer.from(sig, 'base64');
    otherSig[3] = (otherSig[3] as number) ^ 1;
    const other = Buffer.from(payload, 'base64').toString().replace('"kept": 72', '"kept": 73');
    expect((await mutate({ signatures: [{ keyid, sig: otherSig.toString('base64') }] })).wrong).toEqual(['signature']);
    expect((await mutate({ signatures: [{ keyid: flip(keyid), sig }] })).wrong).toEqual(['signature']);
    expect((await mutate({ payload: Buffer.from(other).toString('base64') })).wrong).toEqual([
      'signature',
      'predicate',
    ]);
    expect((await mutate({ payloadType: 'application/json' })).stderr).toContain('error[certificate-invalid]');
    expect((await mutate({ signatures: [] })).stderr).toContain('signatures must NOT have fewer than 1 items');
  });

  it('another key, or none where one is asked for: fails', async () => {
    const { code, wrong, details } = await verify('signed.json', '--key', 'other.key.pub');
    expect([code, wrong]).toEqual([3, ['signature']]);
    expect(details).toContain('did not sign this text');
    expect((await verify('change.json', '--key', 'team.key.pub')).wrong).toEqual(['signature']);
  });
});

describe('changed evidence', () => {
  it('a record less: fails, and names the day', async () => {
    await folder.makeLake('less', [DAYS[0]!, DAYS[1]!.slice(5)], 2);
    const { code, wrong, details } = await verify('change.json', '--lake', 'less');
    expect(code).toBe(3);
    expect(wrong).toEqual(expect.arrayContaining(['objects', 'conversations', 'replay']));
    expect(details).toContain('lake-1.log');
    expect(details).toContain('days that differ: 2026-06-02');
  });

  it('a record more in the window: fails, though all objects are there', async () => {
    const extra = connection(30, 'eni-web', ['198.51.100.77', '10.0.0.1'], [60_000, 443], 'ACCEPT');
    await folder.makeLake('more', [...DAYS, [extra]], 3);
    const { code, wrong, details } = await verify('change.json', '--lake', 'more');
    expect([code, wrong]).toEqual([3, ['conversations', 'replay']]);
    expect(details).toContain('count: the certificate says 120, the lake has 121');
  });

  it('other rules in a capture: fails', async () => {
    await folder.makeLake('rules', DAYS, 2, [
      CAPTURES[0]!,
      state('2026-06-03T01:00:00Z', ['inbound tcp 443 from 0.0.0.0/0']),
    ]);
    const { code, wrong, details } = await verify('change.json', '--lake', 'rules');
    expect(code).toBe(3);
    expect(wrong).toContain('captures');
    expect(details).toContain('2026-06-03T01:00:00Z');
  });

  it('another lake: fails, and says which to name', async () => {
    await folder.makeLake('elsewhere', [linesOfDay(9)], 1, [state('2026-06-09T00:00:00Z', [])]);
    const { code, details } = await verify('change.json', '--lake', 'elsewhere');
    expect(code).toBe(3);
    expect(details).toContain('none of the 2 of the certificate is in the lake. It is another lake');
  });

  it('any byte of the bundle: fails', { timeout: 120_000 }, async () => {
    const { size } = await stat(at('change.parquet'));
    await fc.assert(
      fc.asyncProperty(fc.nat(size - 1), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
        const bytes = await readFile(at('change.parquet'));
        bytes[place] = (bytes[place] as number) ^ mask;
        await writeFile(at('mutated.parquet'), bytes);
        const { code, wrong } = await verify('change.json', '--bundle', 'mutated.parquet');
        expect(code).toBe(3);
        expect(wrong).toContain('bundle');
      }),
      { numRuns: 8 },
    );
  });

  it('a conversation, a capture or coverage less in the bundle: fails, whatever the digest of the file', async () => {
    const db = await Database.open({});
    const cut = async (condition: string) => {
      await db.run(
        `COPY (SELECT * FROM read_parquet('${at('change.parquet')}') WHERE NOT (${condition})) TO '${at('cut.parquet')}' (FORMAT parquet)`,
      );
      return (await verify('change.json', '--bundle', 'cut.parquet')).wrong;
    };
    const day = BEGIN + 24 * HOUR;
    expect(await cut(`part = 'conversation' AND hour = ${day}`)).toEqual(
      expect.arrayContaining(['bundle', 'conversations', 'replay']),
    );
    expect(await cut(`part = 'capture' AND document LIKE '%2026-05-31%'`)).toContain('captures');
    expect(await cut(`part = 'coverage' AND hour = ${day + HOUR} AND interface_id = 'eni-db'`)).toContain('coverage');
    db.close();
  });
});
