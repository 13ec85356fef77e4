/** Groups, rules and findings over HTTP, against what the simulated account says really happened. */
import { analyse } from '@flowfit/lake/analysis';
import { loadDismissals } from '@flowfit/lake/findings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson, makeApp, makeSample, type Sample } from '../../test/sample.ts';
import type { App } from '../context.ts';
import type { FindingsAnswer } from '../contract/findings.ts';
import type { OverviewAnswer } from '../contract/lake.ts';
import type { ExplainAnswer, GroupAnswer, GroupsAnswer, RulesAnswer } from '../contract/rules.ts';
import { renderReport } from '../report/render.ts';

let sample: Sample;
let app: App;

beforeAll(async () => {
  sample = await makeSample({ days: 0.25, features: { changes: false } });
  app = await makeApp(sample.context);
});

afterAll(async () => {
  await app.close();
  await sample.remove();
});

const ask = <Answer>(path: string): Promise<Answer> => getJson<Answer>(app, path);

const post = async (path: string, body: object) =>
  await app.inject({ method: 'POST', url: `/api/v1/${path}`, headers: { host: 'localhost' }, payload: body });

describe('rules', () => {
  it('are never called unused where the truth says that they admitted something', async () => {
    const { rules } = await ask<RulesAnswer>('rules');
    const truth = new Map(sample.account.rules.map((rule) => [rule.ruleId, rule]));
    expect(rules).toHaveLength(truth.size);
    const wrong = rules.filter(({ ruleId, verdict }) => verdict === 'unused' && truth.get(ruleId)?.unused === false);
    expect(wrong).toEqual([]);
    expect(rules.filter(({ verdict }) => verdict === 'used').length).toBeGreaterThan(20);
    expect(rules.filter(({ verdict }) => verdict === 'unused').length).toBeGreaterThan(5);
  });

  it('of one group and verdict are those and no others', async () => {
    const all = (await ask<RulesAnswer>('rules')).rules;
    const some = all.find(({ verdict }) => verdict === 'unused');
    const { rules } = await ask<RulesAnswer>(`rules?group=${some?.groupId}&verdict=unused`);
    expect(rules).toEqual(all.filter(({ groupId, verdict }) => groupId === some?.groupId && verdict === 'unused'));
  });
});

describe('groups', () => {
  it('are active exactly where a rule of theirs may have admitted something', async () => {
    const { groups } = await ask<GroupsAnswer>('groups');
    const { rules } = await ask<RulesAnswer>('rules');
    for (const group of groups) {
      const busy = rules.some(
        ({ groupId, flows, connections }) => groupId === group.groupId && (flows > 0 || connections.possible > 0),
      );
      expect([group.groupId, group.verdict === 'active']).toEqual([group.groupId, busy]);
    }
  });

  it('show what their rules allow beside what was seen, and seen lies within allowed', async () => {
    const { rules } = await ask<RulesAnswer>('rules?verdict=used');
    const rule = rules.find(({ peer, direction }) => peer === '0.0.0.0/0' && direction === 'inbound');
    const answer = await ask<GroupAnswer>(`groups/${rule?.groupId}`);
    const shown = answer.rules.find(({ ruleId }) => ruleId === rule?.ruleId);
    expect(shown?.allowed).toEqual(['0.0.0.0/0']);
    expect(shown?.seenBlocks.length).toBeGreaterThan(0);
    expect(shown?.topPeers.map(({ address }) => address)).toEqual(rule?.peers.top.map(({ address }) => address));
    expect(answer.interfaces).toHaveLength(answer.group.interfaces);
  });

  it('that do not exist are not found', async () => {
    const response = await app.inject({ url: '/api/v1/groups/sg-none', headers: { host: 'localhost' } });
    expect([response.statusCode, response.json().code]).toEqual([404, 'group-unknown']);
  });
});

describe('explain', () => {
  it('says what a rule admitted', async () => {
    const { rules } = await ask<RulesAnswer>('rules?verdict=used');
    const [rule] = rules;
    const answer = await ask<ExplainAnswer>(`explain?rule=${rule?.ruleId}`);
    expect(answer.rules).toEqual([rule]);
    expect(answer.sentences[0]).toContain(rule?.ruleId);
  });

  it('names every rule that admits a connection of the truth', async () => {
    const connection = sample.account.connections.find(
      ({ action, rules, initiator, protocol }) =>
        action === 'ACCEPT' && rules.length > 1 && initiator === 'remote' && protocol === 6,
    );
    if (connection === undefined) throw new Error('no such connection');
    const { interfaceId, servicePort, peerAddress, rules } = connection;
    const answer = await ask<ExplainAnswer>(
      `explain?interface=${interfaceId}&direction=inbound&protocol=tcp&port=${servicePort}&peer=${encodeURIComponent(peerAddress)}`,
    );
    expect(answer.rules.map(({ ruleId }) => ruleId).sort()).toEqual(rules.map(({ ruleId }) => ruleId).sort());
  });

  it.each([
    ['explain', 400, 'explain-what'],
    ['explain?rule=sgr-none', 404, 'rule-unknown'],
    ['explain?interface=eni-none&peer=10.0.0.1', 404, 'interface-unknown'],
  ])('%s: %i %s', async (path, status, code) => {
    const response = await app.inject({ url: `/api/v1/${path}`, headers: { host: 'localhost' } });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });
});

describe('findings', () => {
  it('are dismissed with a reason, restored, and the revision tells', async () => {
    const before = await ask<OverviewAnswer>('overview');
    const [finding] = (await ask<FindingsAnswer>('findings')).findings;
    const id = encodeURIComponent(finding?.id ?? '');
    expect((await post(`findings/${id}/dismiss`, { reason: '  ' })).statusCode).toBe(400);
    expect((await post(`findings/${id}/dismiss`, { reason: 'disaster recovery' })).statusCode).toBe(200);
    const dismissed = (await ask<FindingsAnswer>('findings')).findings.at(-1);
    expect(dismissed).toMatchObject({ id: finding?.id, dismissed: { reason: 'disaster recovery' } });
    expect((await ask<OverviewAnswer>('overview')).revision).not.toBe(before.revision);
    expect((await post(`findings/${id}/restore`, {})).statusCode).toBe(200);
    expect((await ask<FindingsAnswer>('findings')).findings[0]).toEqual(finding);
  });

  it.each(['unusedrule:sgr-1', 'unused-rule:sgr-none', 'unused-rule:'])(
    'that do not exist cannot be dismissed: %s',
    async (id) => {
      const response = await post(`findings/${encodeURIComponent(id)}/dismiss`, { reason: 'x' });
      expect([response.statusCode, response.json().code]).toEqual([404, 'finding-unknown']);
      expect(await loadDismissals(sample.lake)).toEqual([]);
    },
  );

  it('of one window are dismissed there, and restored wherever they are not made', async () => {
    const { from, to } = (await ask<OverviewAnswer>('overview')).window as { from: number; to: number };
    const part = `from=${from}&to=${Math.floor((from + to) / 2 / 3600) * 3600}`;
    const whole = new Set((await ask<FindingsAnswer>('findings')).findings.map(({ id }) => id));
    const own = (await ask<FindingsAnswer>(`findings?${part}`)).findings.find(({ id }) => !whole.has(id));
    const id = encodeURIComponent(own?.id ?? '');
    expect(own).toBeDefined();
    expect((await post(`findings/${id}/dismiss`, { reason: 'x' })).json().code).toBe('finding-unknown');
    expect((await post(`findings/${id}/dismiss?${part}`, { reason: 'x' })).statusCode).toBe(200);
    // Once dismissed it is known, and its reason can be mended.
    expect((await post(`findings/${id}/dismiss`, { reason: 'y' })).statusCode).toBe(200);
    expect((await post(`findings/${id}/restore`, {})).statusCode).toBe(200);
    expect((await post(`findings/${id}/restore`, {})).json().code).toBe('not-dismissed');
    expect(await loadDismissals(sample.lake)).toEqual([]);
  });
});

describe('the report', () => {
  it('as HTML is one file without script, and holds every group, rule and finding', async () => {
    const text = await renderReport(sample.lake, await analyse(sample.lake), { format: 'html', version: '0.0.0' });
    const { groups } = await ask<GroupsAnswer>('groups');
    const { findings } = await ask<FindingsAnswer>('findings');
    expect(text.startsWith('<!doctype html>')).toBe(true);
    expect(text).not.toMatch(/<script|\son\w+=|src=|@import|url\((?!#)/);
    for (const { groupId } of groups) expect(text).toContain(groupId);
    expect(text.match(/<article>/g)).toHaveLength(findings.length);
  });

  it('as Markdown and CSV holds every rule', async () => {
    const { rules } = await ask<RulesAnswer>('rules');
    const csv = await renderReport(sample.lake, await analyse(sample.lake), { format: 'csv', version: '0.0.0' });
    expect(csv.trimEnd().split('\r\n')).toHaveLength(rules.length + 1);
    const markdown = await renderReport(sample.lake, await analyse(sample.lake), {
      format: 'markdown',
      version: '0.0.0',
    });
    expect(markdown).toContain(`## Rules (${rules.length})`);
  });
});
