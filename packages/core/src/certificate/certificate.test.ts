/** The statement and what is said against it, without any lake: each forged part is named. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../analysis/example-account.ts';
import { changeBetween } from '../change/change-set.ts';
import { type Check, checkEvidence, checkStatement, checkToday } from './compare.ts';
import type { Sha256 } from './digest.ts';
import { preAuthenticationEncoding } from './envelope.ts';
import {
  documentText,
  kindOf,
  type ReplayPredicate,
  ruleSetDigests,
  type Statement,
  toStatement,
} from './statement.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();

const account = (rules: readonly string[]) =>
  inventoryOf({
    groups: { 'sg-web': rules, 'sg-db': ['inbound tcp 5432 from sg-web'] },
    interfaces: { 'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] } },
  });

const today = account(['inbound tcp 0-65535 from 0.0.0.0/0']);
const change = changeBetween(today, account(['inbound tcp 443 from 0.0.0.0/0']));
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const PREDICATE: ReplayPredicate = {
  product: { name: 'flowfit', version: '0.1.0' },
  created: '2026-06-30T12:00:00Z',
  command: ['replay', '--rules', 'rules.json', '--certificate', 'change.json'],
  window: { from: '2026-06-01T00:00:00Z', to: '2026-06-03T00:00:00Z' },
  change,
  ruleSets: ruleSetDigests(change, sha256),
  objects: [
    { name: 'a.log.gz', bytes: 10, sha256: digest('a') },
    { name: 'b.log.gz', bytes: 12, sha256: digest('b') },
  ],
  captures: [{ capturedAt: '2026-06-01T00:00:00Z', sha256: digest('capture') }],
  conversations: {
    count: 3,
    root: digest('all'),
    days: [
      { day: '2026-06-01', count: 1, sha256: digest('first') },
      { day: '2026-06-02', count: 2, sha256: digest('second') },
    ],
  },
  coverage: {
    logsBegin: '2026-06-01T00:00:00Z',
    tellsSilence: true,
    interfaces: [{ interfaceId: 'eni-1', observedSeconds: 3600, gaps: [], skipped: [], trafficType: 'ALL' }],
  },
  connections: { kept: 12, cut: 0, newlyAdmitted: 0, unknown: 1, notToday: 0 },
  bundle: null,
};

const failing = (checks: readonly Check[]): Check[] => checks.filter(({ holds }) => holds === false);
const statement = toStatement(PREDICATE, sha256);

describe('a statement', () => {
  it('holds as it was made', () => {
    const read = JSON.parse(documentText(statement)) as Statement;
    expect(failing(checkStatement(read, sha256))).toEqual([]);
    expect(documentText(read)).toBe(documentText(statement));
    expect(failing([checkToday(read.predicate.change, today, sha256)])).toEqual([]);
  });

  it('names its subjects once', () => {
    expect(statement.subject.map(({ name }) => name)).toEqual([
      'rules after: sg-web',
      'rules before: sg-web',
      'change',
      'conversations',
      'predicate',
    ]);
  });

  it.each<[string, Partial<ReplayPredicate>, string]>([
    ['another time', { created: '2026-06-30T12:00:01Z' }, 'predicate'],
    ['another count', { connections: { ...PREDICATE.connections, unknown: 0 } }, 'predicate'],
    ['another window', { window: { from: '2026-06-03T00:00:00Z', to: '2026-06-01T00:00:00Z' } }, 'window'],
    [
      'another change',
      { change: { ...change, interfaces: [{ interfaceId: 'eni-1', added: [], removed: [] }] } },
      'change',
    ],
    ['no rule sets', { ruleSets: [] }, 'rule sets'],
    ['another root', { conversations: { ...PREDICATE.conversations, root: digest('other') } }, 'subjects'],
  ])('with %s does not hold, and says where', (_, part, what) => {
    const forged = { ...statement, predicate: { ...PREDICATE, ...part } };
    expect(failing(checkStatement(forged, sha256)).map((one) => one.what)).toContain(what);
  });

  it('with a subject more, less or twice does not hold', () => {
    const [first, ...others] = statement.subject;
    for (const subject of [others, [...statement.subject, first!], [...others, first!]]) {
      expect(failing(checkStatement({ ...statement, subject }, sha256))).not.toEqual([]);
    }
  });
});

describe('evidence', () => {
  it('that is the same holds', () => {
    expect(failing(checkEvidence(PREDICATE, PREDICATE, 'the lake'))).toEqual([]);
  });

  it('that is more holds, and says so', () => {
    const more = { ...PREDICATE, objects: [...PREDICATE.objects, { name: 'c', bytes: 1, sha256: digest('c') }] };
    const [objects] = checkEvidence(PREDICATE, more, 'the lake');
    expect(objects).toEqual({ what: 'objects', holds: true, detail: '2, all in the lake; the lake has 1 more' });
  });

  it.each<[string, Partial<ReplayPredicate>, string, string]>([
    ['an object less', { objects: PREDICATE.objects.slice(1) }, 'objects', 'a.log.gz'],
    ['none of the objects', { objects: [] }, 'objects', 'another lake'],
    ['another capture', { captures: [] }, 'captures', 'another lake'],
    [
      'another day',
      { conversations: { ...PREDICATE.conversations, root: digest('x'), days: PREDICATE.conversations.days.slice(1) } },
      'conversations',
      'days that differ: 2026-06-01',
    ],
    ['another count', { conversations: { ...PREDICATE.conversations, count: 4 } }, 'conversations', 'count: '],
    ['no interface', { coverage: { ...PREDICATE.coverage, interfaces: [] } }, 'coverage', 'eni-1'],
    ['more gaps', { coverage: { ...PREDICATE.coverage, tellsSilence: false } }, 'coverage', 'tellsSilence'],
    [
      'earlier logs',
      { coverage: { ...PREDICATE.coverage, logsBegin: '2026-05-01T00:00:00Z' } },
      'coverage',
      'logsBegin',
    ],
    [
      'a cut',
      { connections: { ...PREDICATE.connections, cut: 1 } },
      'replay',
      'cut: the certificate says 0, the lake gives 1',
    ],
  ])('with %s does not hold, and says where', (_, part, what, detail) => {
    const [fault, ...others] = failing(checkEvidence(PREDICATE, { ...PREDICATE, ...part }, 'the lake'));
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ what, detail: expect.stringContaining(detail) as string });
  });

  it('of other rules today does not hold', () => {
    const other = account(['inbound tcp 0-1024 from 0.0.0.0/0']);
    expect(checkToday(change, other, sha256)).toMatchObject({
      holds: false,
      detail: 'sg-web has other rules than the change begins with',
    });
  });
});

it('knows newer statements and envelopes', () => {
  expect(kindOf(statement)).toBe('statement');
  expect(kindOf({ ...statement, predicateType: 'https://flowfit.dev/replay/v2' })).toBe('newer');
  expect(kindOf({ payload: '', payloadType: 'application/vnd.in-toto+json', signatures: [] })).toBe('envelope');
  expect(kindOf({ ...statement, predicateType: 'https://slsa.dev/provenance/v1' })).toBe('other');
  expect(kindOf([])).toBe('other');
});

it('encodes what is signed as the example of DSSE does', () => {
  const encoded = preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  expect(Buffer.from(encoded).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});
