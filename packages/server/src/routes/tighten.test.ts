import { createHash } from 'node:crypto';
import { analyse } from '@flowfit/lake/analysis';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp, makeSample, type Sample } from '../../test/sample.ts';
import type { App } from '../context.ts';
import type { GroupAnswer } from '../contract/rules.ts';
import {
  type Choices,
  TIGHTEN_FILES,
  type TightenAnswer,
  type TightenGroupAnswer,
  type TightenPin,
  type TightenReplayAnswer,
} from '../contract/tighten.ts';
import { renderReport } from '../report/render.ts';

let sample: Sample;
let app: App;
let answer: TightenAnswer;
let choices: Choices;

beforeAll(async () => {
  sample = await makeSample({ days: 2, records: 6000, aggregationInterval: 600 });
  app = await makeApp(sample.context);
  answer = await post<TightenAnswer>('tighten', { pins: [] });
  choices = answer.groups
    .filter(({ status }) => status === 'change')
    .map(({ groupId, rules }) => ({ groupId, rules: rules.proposed }));
});

afterAll(async () => {
  await app.close();
  await sample.remove();
});

const send = async (path: string, body: object) =>
  await app.inject({ method: 'POST', url: `/api/v1/${path}`, headers: { host: 'localhost' }, payload: body });

const post = async <Answer>(path: string, body: object): Promise<Answer> => {
  const response = await send(path, body);
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${response.body}`);
  return response.json<Answer>();
};

const groupAnswer = async (id: string, pins: readonly TightenPin[] = []) =>
  await post<TightenGroupAnswer>(`tighten/groups/${id}`, { pins });

const rulesAt = (one: TightenGroupAnswer, index = one.chosen) =>
  one.curve[index]?.proposed.map((rule) => one.rules[rule]) ?? [];

describe('a recommendation', () => {
  it('for all groups says the same as the one for each of them', async () => {
    expect(choices.length).toBeGreaterThan(3);
    for (const { groupId, status, why, openness, rules } of answer.groups) {
      const one = await groupAnswer(groupId);
      const point = one.curve[one.chosen];
      expect([one.status, one.why, one.now, point?.openness, point?.rules]).toEqual([
        status,
        why,
        openness.now,
        openness.proposed,
        rules.proposed,
      ]);
    }
  });

  it('has a curve that ascends by rules, is never more open with more of them, and names its rules', async () => {
    for (const { groupId } of choices) {
      const one = await groupAnswer(groupId);
      expect(one.curve.length).toBeGreaterThan(0);
      for (const [index, point] of one.curve.entries()) {
        expect(rulesAt(one, index).filter((rule) => rule !== undefined)).toHaveLength(point.rules);
        const before = one.curve[index - 1];
        if (before === undefined) continue;
        expect(point.rules).toBeGreaterThan(before.rules);
        expect(point.openness.ipv4).toBeLessThanOrEqual(before.openness.ipv4);
        expect(point.openness.ipv6).toBeLessThanOrEqual(before.openness.ipv6);
      }
    }
  });

  it('accounts for every rule of today: it stays, others stand for it, or it is removed', async () => {
    for (const { groupId } of choices) {
      const one = await groupAnswer(groupId);
      const { rules } = await app
        .inject({ url: `/api/v1/groups/${groupId}`, headers: { host: 'localhost' } })
        .then((response) => response.json<GroupAnswer>());
      const named = new Set([...rulesAt(one).flatMap((rule) => rule?.from ?? []), ...one.removed.map((r) => r.ruleId)]);
      expect(rules.map(({ ruleId }) => ruleId).filter((id) => !named.has(id))).toEqual([]);
    }
  });

  it('keeps what is pinned', async () => {
    for (const { groupId } of choices.slice(0, 3)) {
      const [removed] = (await groupAnswer(groupId)).removed;
      if (removed === undefined) continue;
      const { ruleId } = removed;
      const pinned = await groupAnswer(groupId, [{ kind: 'rule', ruleId, reason: 'recovery', expires: null }]);
      for (const [index] of pinned.curve.entries()) {
        expect(rulesAt(pinned, index).some((rule) => rule?.ruleId === ruleId)).toBe(true);
      }
    }
  });

  it('without traffic leaves everything as it is, and says why', async () => {
    const poor = await makeSample({ days: 0.01, records: 20 });
    const server = await makeApp(poor.context);
    const response = await server.inject({
      method: 'POST',
      url: '/api/v1/tighten',
      headers: { host: 'localhost' },
      payload: { pins: [] },
    });
    const { groups } = response.json<TightenAnswer>();
    expect(new Set(groups.map(({ status }) => status))).toEqual(new Set(['no-evidence']));
    expect(groups.every(({ rules, openness }) => rules.now === rules.proposed && openness.now.ipv4 >= 0)).toBe(true);
    expect(groups[0]?.why).toContain('minutes long');
    await server.close();
    await poor.remove();
  });
});

describe('the replay of all suggestions together', () => {
  it('cuts nothing, and tells what each new rule would have admitted', async () => {
    const replay = await post<TightenReplayAnswer>('tighten/replay', { pins: [], choices });
    expect(replay.connections.cut).toBe(0);
    expect(replay.cut).toEqual([]);
    expect(replay.connections.kept).toBeGreaterThan(100);
    const proposed = (await Promise.all(choices.map(({ groupId }) => groupAnswer(groupId)))).flatMap((one) =>
      rulesAt(one),
    );
    expect(Object.keys(replay.traffic).sort()).toEqual([...new Set(proposed.map((rule) => rule?.ruleId))].sort());
    const used = proposed.filter((rule) => rule?.exists === false && replay.traffic[rule.ruleId]?.connections);
    expect(used.length).toBeGreaterThan(3);
    for (const rule of used) {
      const traffic = replay.traffic[rule?.ruleId ?? ''];
      expect(traffic?.peers).toBeGreaterThan(0);
      expect(traffic?.seenBlocks.length).toBeGreaterThan(0);
    }
  });
});

describe('files', { timeout: 60_000 }, () => {
  const fileOf = async (kind: string) => {
    const response = await send(`tighten/files/${kind}`, { pins: [], choices });
    const [, name] = /^attachment; filename="([^"]+)"$/.exec(String(response.headers['content-disposition'])) ?? [];
    return { status: response.statusCode, name, content: response.rawPayload };
  };

  it.each(TIGHTEN_FILES)('%s is made, the same each time', async (kind) => {
    const [first, second] = [await fileOf(kind), await fileOf(kind)];
    expect(first.status).toBe(200);
    expect(first.content.length).toBeGreaterThan(200);
    // A certificate says when it was made.
    if (kind !== 'certificate' && kind !== 'bundle') expect(second).toEqual(first);
  });

  it('scripts are the change and its rollback, for the groups that change and no others', async () => {
    for (const name of ['apply', 'rollback']) {
      const { name: shown, content } = await fileOf(name);
      const text = content.toString();
      expect(shown).toBe(`${name}.sh`);
      for (const { groupId } of choices) expect(text).toContain(groupId);
      const others = answer.groups.filter(({ status }) => status !== 'change');
      expect(others.filter(({ groupId }) => text.includes(`  ${groupId} (`))).toEqual([]);
    }
  });

  it('a bundle holds the certificate and the connections that it names', async () => {
    const { name, content } = await fileOf('bundle');
    expect(name).toBe('flowfit-bundle.zip');
    const files = unzipSync(content);
    expect(Object.keys(files).sort()).toEqual(['flowfit-bundle.parquet', 'flowfit-certificate.json']);
    const { predicate } = JSON.parse(strFromU8(files['flowfit-certificate.json'] as Uint8Array));
    const parquet = files['flowfit-bundle.parquet'] as Uint8Array;
    expect(predicate.bundle).toEqual({
      bytes: parquet.length,
      sha256: createHash('sha256').update(parquet).digest('hex'),
    });
    expect(predicate.connections.cut).toBe(0);
    expect(predicate.product).toEqual({ name: 'flowfit', version: '0.0.0' });
  });
});

describe('the report', () => {
  it.each(['html', 'markdown'] as const)(
    'as %s has every group that could be tighter, before and after',
    async (format) => {
      const text = await renderReport(sample.lake, await analyse(sample.lake), { format, version: '0.0.0' });
      expect(text).toContain(`Tighten (${choices.length})`);
      const { removed, ...one } = await groupAnswer(choices[0]?.groupId ?? '');
      expect(text).toContain(one.groupId);
      for (const { because } of removed) expect(text).toContain(because);
    },
  );
});

describe('what is wrong with a question is said', () => {
  const pin = (more: object) => [{ kind: 'rule', ruleId: 'sgr-none', reason: 'x', expires: null, ...more }];

  it.each([
    ['tighten/groups/sg-none', { pins: [] }, 404, 'group-unknown'],
    ['tighten/replay', { pins: [], choices: [{ groupId: 'sg-none', rules: 1 }] }, 404, 'group-unknown'],
    ['tighten/replay', { pins: [], choices: [] }, 400, 'request-invalid'],
    ['tighten/files/pdf', { pins: [], choices: [{ groupId: 'sg-none', rules: 1 }] }, 400, 'request-invalid'],
    ['tighten', { pins: pin({}) }, 422, 'keep-unknown'],
    ['tighten', { pins: pin({ reason: ' ' }) }, 400, 'request-invalid'],
    ['tighten', { pins: pin({ expires: 'soon' }) }, 400, 'request-invalid'],
    ['tighten?from=20&to=10', { pins: [] }, 400, 'window-invalid'],
  ])('%s %j: %i %s', async (path, body, status, code) => {
    const response = await send(path, body);
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });

  it('a pin that has expired, and a point that the curve does not have', async () => {
    const [group] = choices;
    const expired = { kind: 'cidr', cidr: '10.0.0.0/8', groupId: group?.groupId, reason: 'x', expires: '2020-01-31' };
    expect((await send('tighten', { pins: [expired] })).json().code).toBe('keep-expired');
    const gone = await send('tighten/replay', { pins: [], choices: [{ groupId: group?.groupId, rules: 9999 }] });
    expect([gone.statusCode, gone.json().code]).toEqual([409, 'point-gone']);
  });
});
