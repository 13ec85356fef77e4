/** Tightening through a real browser: from a finding to a certificate that `flowfit verify` accepts. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseKeepFile } from '@flowfit/core/recommend/pins';
import { addSnapshot } from '@flowfit/lake/inventory/store';
import type { FindingsAnswer } from '@flowfit/server/contract/findings';
import type { OverviewAnswer } from '@flowfit/server/contract/lake';
import type {
  Choices,
  CurvePointAnswer,
  TightenAnswer,
  TightenGroup,
  TightenGroupAnswer,
  TightenReplayAnswer,
} from '@flowfit/server/contract/tighten';
import { simulateAccount } from '@flowfit/testkit/account/account';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  eventually,
  fillWithAccount,
  launch,
  openPage,
  type Stage,
  settle,
  stage,
  withoutChromium,
} from './harness.ts';

let browser: Browser;
let demo: Stage;
/** As the pages ask: whole hours. */
let window: string;
let groups: readonly TightenGroup[];
let all: readonly TightenGroupAnswer[];
/** The one with the longest curve. */
let answer: TightenGroupAnswer;

const ask = async <Answer>(path: string, body: object): Promise<Answer> => {
  const response = await fetch(`${demo.url}/api/v1/tighten${path}?${window}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
};

const toHour = (seconds: number): number => seconds - (seconds % 3600);

const askGroup = async (id: string): Promise<TightenGroupAnswer> => await ask(`/groups/${id}`, { pins: [] });

/** The command from its source: what is built may be older. */
const flowfit = async (...words: string[]): Promise<string> => {
  const command = ['--import', import.meta.resolve('tsx'), resolve('packages/cli/src/main.ts'), ...words];
  return (await promisify(execFile)(process.execPath, command)).stdout;
};

const handleOf = (page: Page): Locator => page.getByRole('slider', { name: 'Number of rules' });

const pointAt = ({ curve }: TightenGroupAnswer, index: number): CurvePointAnswer => {
  const point = curve[index];
  if (point === undefined) throw new Error(`The curve has no point ${index}.`);
  return point;
};

/** Clicks a file of the menu, and keeps what comes. */
const download = async (page: Page, name: string): Promise<{ readonly path: string; readonly name: string }> => {
  await page.getByRole('button', { name: 'Download' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog', { name: 'Download' }).getByRole('button', { name }).click(),
  ]);
  const path = join(demo.folder, file.suggestedFilename());
  await file.saveAs(path);
  await settle(page);
  return { path, name: file.suggestedFilename() };
};

const proposedIn = async (page: Page): Promise<string[]> => {
  const rows = await page.locator('[data-proposed]').all();
  return (await Promise.all(rows.map(async (row) => (await row.getAttribute('data-proposed')) ?? ''))).sort();
};

const rulesAt = (shown: TightenGroupAnswer, index: number): string[] =>
  pointAt(shown, index)
    .proposed.map((rule) => shown.rules[rule]?.ruleId ?? '')
    .sort();

describe.skipIf(withoutChromium)('the Tighten pages', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
    demo = await stage(async (lake, folder) => {
      await fillWithAccount(lake, folder, { days: 6, records: 30_000, aggregationInterval: 600 });
    });
    const { from, to } = (await api<OverviewAnswer>(demo.url, 'overview')).window;
    window = `from=${toHour(from ?? 0)}&to=${toHour(to ?? 0) + 3600}`;
    groups = (await ask<TightenAnswer>('', { pins: [] })).groups;
    all = await Promise.all(groups.map(({ groupId }) => askGroup(groupId)));
    const [longest] = [...all].sort((a, b) => b.curve.length - a.curve.length);
    if (longest === undefined) throw new Error('The account has no groups.');
    answer = longest;
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it('lead from a finding to a certificate that verifies', async () => {
    const { findings } = await api<FindingsAnswer>(demo.url, 'findings');
    const unused = findings.filter(({ kind }) => kind === 'unused-rule');
    const told = all.find(
      ({ groupId, curve, chosen }) =>
        chosen + 1 < curve.length && unused.some(({ subject }) => subject['groupId'] === groupId),
    );
    const finding = unused.find(({ subject }) => subject['groupId'] === told?.groupId);
    if (finding === undefined || told === undefined) throw new Error('No group has an unused rule and a choice.');
    const page = await openPage(browser, `${demo.url}/findings?kind=unused-rule`);
    await page.getByRole('searchbox', { name: 'Find a finding' }).fill(finding.id);
    const card = page.locator(`[data-finding="${finding.id}"]`);
    await card.getByRole('link', { name: 'Tighten the group' }).click();
    await settle(page);
    const dropped = page.locator(`[data-today="${finding.subject['ruleId']}"]`);
    expect(await dropped.locator('[data-fate]').getAttribute('data-fate')).toBe('dropped');

    await handleOf(page).press('ArrowRight');
    const index = told.chosen + 1;
    await eventually(() => proposedIn(page)).toEqual(rulesAt(told, index));
    await settle(page);
    await eventually(() => page.locator('[data-outcome="cut"]').getAttribute('data-value')).toBe('0');
    const { rules } = pointAt(told, index);
    expect(new URL(page.url()).searchParams.get('rules')).toBe(String(rules));

    const { path } = await download(page, 'Certificate for flowfit verify');
    const { predicate } = JSON.parse(await readFile(path, 'utf8'));
    expect(predicate.change.groups.map(({ groupId }: { groupId: string }) => groupId)).toEqual([told.groupId]);
    expect(predicate.change.groups[0].after).toHaveLength(rules);
    expect(predicate.connections.cut).toBe(0);
    // Fails where it ends with another code than 0.
    await flowfit('verify', path, '--lake', demo.lake.dir);
  });

  it('list every group with what is proposed for it, as the API says it', async () => {
    const page = await openPage(browser, `${demo.url}/tighten`);
    for (const { groupId, status } of groups) {
      const row = page.locator(`[data-group="${groupId}"]`);
      expect([groupId, await row.locator('[data-status]').getAttribute('data-status')]).toEqual([groupId, status]);
    }
    const wanted = groups.filter(({ status }) => status === 'change');
    expect(wanted.length).toBeGreaterThan(3);
    await page.getByRole('radio', { name: /^can be tighter/i }).click();
    await eventually(() => page.locator('[data-group]').count()).toBe(wanted.length);
    await page.getByRole('searchbox', { name: 'Find a group' }).fill(answer.groupId);
    await page.locator(`[data-group="${answer.groupId}"]`).getByRole('link').click();
    await settle(page);
    expect(new URL(page.url()).pathname).toBe(`/tighten/${answer.groupId}`);
  });

  it('give one file for all groups: nothing that was observed is cut by all suggestions together', async () => {
    const choices: Choices = groups
      .filter(({ status }) => status === 'change')
      .map(({ groupId, rules }) => ({ groupId, rules: rules.proposed }));
    const { connections } = await ask<TightenReplayAnswer>('/replay', { pins: [], choices });
    expect(connections.cut).toBe(0);
    expect(connections.kept).toBeGreaterThan(1000);
    const page = await openPage(browser, `${demo.url}/tighten`);
    const { path } = await download(page, 'Recommendation');
    const document = JSON.parse(await readFile(path, 'utf8'));
    expect(document.groups.map(({ groupId }: { groupId: string }) => groupId).sort()).toEqual(
      choices.map(({ groupId }) => groupId).sort(),
    );
    const script = await download(page, 'AWS CLI script');
    expect(script.name).toBe('apply.sh');
    expect(await readFile(script.path, 'utf8')).toContain(answer.groupId);
  });

  it('say of every point what it is: rules, openness and what it would have cut later', async () => {
    const page = await openPage(browser, `${demo.url}/tighten/${answer.groupId}`);
    const handle = handleOf(page);
    await handle.press('Home');
    for (const [index, point] of [...answer.curve.entries()].slice(0, 8)) {
      await eventually(() => handle.inputValue()).toBe(String(point.rules));
      const { connections, of } = point.laterCut;
      expect(await handle.getAttribute('aria-valuetext')).toMatch(
        new RegExp(`^${point.rules} rules?, .* address-port pairs, ${connections} of ${of.toLocaleString('en')} later`),
      );
      expect(await page.locator('[data-figure="rules"]').textContent()).toBe(String(point.rules));
      expect(await proposedIn(page)).toEqual(rulesAt(answer, index));
      await handle.press('ArrowRight');
    }
    await handle.press('End');
    await eventually(() => handle.inputValue()).toBe(String(answer.curve.at(-1)?.rules));
    await page.getByRole('button', { name: 'Suggested' }).click();
    await eventually(() => handle.inputValue()).toBe(String(pointAt(answer, answer.chosen).rules));
    expect(new URL(page.url()).searchParams.get('rules')).toBeNull();
  });

  it('follow the handle within 100 ms, and nothing jumps', async () => {
    const page = await openPage(browser, `${demo.url}/tighten/${answer.groupId}`);
    const handle = handleOf(page);
    const rows = await page.locator('[data-today]').all();
    const places = async () =>
      await Promise.all(
        [handle, ...['[data-why]', '[data-replay]', '[data-later]'].map((name) => page.locator(name)), ...rows].map(
          async (one) => await one.boundingBox(),
        ),
      );
    const before = await places();
    // From the key to the frame that shows what it did.
    await handle.evaluate((element: { addEventListener: (type: string, listener: () => void) => void }) => {
      element.addEventListener('keydown', () => {
        performance.mark('key');
        const { requestAnimationFrame: next } = globalThis as unknown as {
          requestAnimationFrame: (frame: () => void) => void;
        };
        next(() => next(() => performance.measure('shown', 'key')));
      });
    });
    const moves = [...Array.from({ length: 15 }, () => 'ArrowRight'), 'End', 'Home', 'PageUp', 'PageUp', 'ArrowLeft'];
    for (const [done, key] of moves.entries()) {
      await handle.press(key);
      // Not `waitForFunction`: a second look evaluates a string in the page, and its policy forbids that.
      await eventually(() => page.evaluate(`performance.getEntriesByName('shown').length`)).toBe(done + 1);
      expect(await places()).toEqual(before);
    }
    const shown = (await page.evaluate(
      `performance.getEntriesByName('shown').map(({ duration }) => duration).sort((a, b) => a - b)`,
    )) as number[];
    expect(shown).toHaveLength(moves.length);
    // The median: a machine may be busy now and then.
    expect(shown[Math.floor(shown.length / 2)]).toBeLessThan(100);
  });

  it('keep what is pinned with a reason, until it is unpinned', async () => {
    const page = await openPage(browser, `${demo.url}/tighten/${answer.groupId}`);
    const replaced = page
      .locator('[data-today]')
      .filter({ has: page.locator('[data-fate="replaced"]') })
      .first();
    const id = (await replaced.getAttribute('data-today')) ?? '';
    const row = page.locator(`[data-today="${id}"]`);
    await row.getByRole('button', { name: `Pin rule ${id}` }).click();
    const form = page.getByRole('dialog', { name: `Pin: rule ${id}` });
    expect(await form.getByRole('button', { name: 'Pin', exact: true }).isDisabled()).toBe(true);
    await form.getByRole('textbox', { name: 'Why' }).fill('For <b>recovery</b>');
    await form.getByLabel('Until, where it is not for ever').fill('2099-12-31');
    await form.getByRole('button', { name: 'Pin', exact: true }).click();
    await settle(page);
    const fate = row.locator('[data-fate]');
    await eventually(() => fate.getAttribute('data-fate')).toBe('pinned');
    expect(await row.textContent()).toContain('For <b>recovery</b>');
    await page.reload();
    await settle(page);
    expect(await fate.getAttribute('data-fate')).toBe('pinned');

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Keep-file' }).click(),
    ]);
    expect(parseKeepFile(await readFile((await file.path()) ?? '', 'utf8'))).toEqual([
      { kind: 'rule', ruleId: id, reason: 'For <b>recovery</b>', expires: '2099-12-31' },
    ]);
    await page.getByRole('button', { name: 'Unpin' }).click();
    await settle(page);
    await eventually(() => fate.getAttribute('data-fate')).toBe('replaced');
    expect(await page.getByRole('region', { name: 'Pins' }).count()).toBe(0);
  });

  it('say why nothing is recommended where there is too little to go by', async () => {
    const { snapshots } = simulateAccount({ days: 0.125 });
    const poor = await stage(async (lake) => {
      for (const snapshot of snapshots.slice(-1)) await addSnapshot(lake, snapshot);
    });
    const empty = await stage(async () => undefined);
    try {
      const page = await openPage(browser, `${poor.url}/tighten`);
      await page.getByText('There is not enough evidence').waitFor();
      await page.locator('[data-group]').first().getByRole('link').click();
      await settle(page);
      expect(await page.locator('[data-why]').textContent()).toContain('nothing can be recommended');
      expect(await page.getByRole('button', { name: 'Download' }).isDisabled()).toBe(true);
      await page.goto(`${empty.url}/tighten`);
      await page.getByText('The lake has no inventory').waitFor();
    } finally {
      await poor.close();
      await empty.close();
    }
  });
});
