/**
 * What one does on the dashboard, through a real browser: the numbers on the page are those of the API, and those of
 * the API are those of the simulated account.
 */
import type { FlowsAnswer } from '@flowfit/server/contract/records';
import type { SummaryAnswer, TopAnswer } from '@flowfit/server/contract/traffic';
import type { CollectedAccount } from '@flowfit/testkit/account/account';
import { FORMATS } from '@flowfit/testkit/account/encode';
import type { Browser, Page } from 'playwright-core';
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

/** Of an element in the page, what a test reads. */
interface Attributed {
  getAttribute(name: string): string | null;
}

const START = Date.parse('2026-06-01T00:00:00Z') / 1000;
const DAY = 86_400;

let browser: Browser;
let demo: Stage;
let account: CollectedAccount;

describe.skipIf(withoutChromium)('the dashboard', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
    demo = await stage(async (lake, folder) => {
      account = await fillWithAccount(lake, folder, {
        start: START,
        days: 9,
        records: 40_000,
        aggregationInterval: 600,
        publicPeers: 'geographic',
      });
    });
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  /** OK records of the account, as text by field. */
  const records = () =>
    account.lines
      .map((line) => Object.fromEntries(line.split(' ').map((value, index) => [FORMATS.v5[index] ?? '', value])))
      .filter((record) => record['log-status'] === 'OK');

  const figure = async (page: Page, name: string): Promise<number> =>
    Number(await page.locator(`[data-figure="${name}"]`).getAttribute('data-value'));

  /** Values and amounts of a list, in its order. */
  const rowsOf = async (page: Page, title: string): Promise<[string, number][]> => {
    const rows = page.getByRole('list', { name: title }).getByRole('listitem');
    return await rows.evaluateAll((items) =>
      (items as unknown as readonly Attributed[]).map((item) => [
        item.getAttribute('data-value') ?? '',
        Number(item.getAttribute('data-amount')),
      ]),
    );
  };

  it('shows the week to date: its figures are those of the API, and those of the account', async () => {
    const page = await openPage(browser, demo.url);
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: 'Week to date' }).click();
    await settle(page);
    expect(new URL(page.url()).searchParams.get('range')).toBe('week');

    // 2026-06-08 is the Monday of the week that the account ends in.
    const from = START + 7 * DAY;
    const { current, previous } = await api<SummaryAnswer>(demo.url, `summary?from=${from}&to=${START + 10 * DAY}`);
    const inWeek = records().filter(({ start }) => Number(start) >= from);
    expect(current.flows).toBe(inWeek.length);
    expect(current.bytes).toBe(inWeek.reduce((bytes, record) => bytes + Number(record['bytes']), 0));
    expect(current.rejected).toBe(inWeek.filter(({ action }) => action === 'REJECT').length);
    expect(previous).not.toBeNull();
    for (const name of ['flows', 'bytes', 'accepted', 'rejected', 'groups', 'interfaces'] as const) {
      expect(await figure(page, name)).toBe(current[name]);
    }
  });

  it('lists what the API lists, and links keep their filters when the page is loaded again', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    const { rows } = await api<TopAnswer>(demo.url, 'top?field=security-group-ids&limit=100');
    expect(await rowsOf(page, 'Security groups')).toEqual(rows.map(({ value, flows }) => [String(value ?? ''), flows]));
    await page.getByRole('list', { name: 'Protocols' }).getByRole('button', { name: 'udp' }).first().click();
    await settle(page);
    const flows = await figure(page, 'flows');
    expect(flows).toBe(records().filter(({ protocol }) => protocol === '17').length);
    await page.reload();
    await settle(page);
    await eventually(() => figure(page, 'flows')).toBe(flows);
    await page.goBack();
    await settle(page);
    await eventually(() => figure(page, 'flows')).toBe(records().length);
  });

  it('keeps co-attached groups in sight when one is clicked, and explains why', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    // A group of an interface that has others as well, with traffic of its own.
    const id =
      account.connections.find(({ groupIds, records }) => groupIds.length > 1 && records > 0)?.groupIds[0] ?? '';
    const row = page.getByRole('list', { name: 'Security groups' }).locator(`[data-value="${id}"]`);
    await row.getByRole('button').first().click();
    await settle(page);
    const rows = await rowsOf(page, 'Security groups');
    const shared = await api<TopAnswer>(
      demo.url,
      `top?field=security-group-ids&limit=100&where=${encodeURIComponent(`security-group-ids = ${id}`)}`,
    );
    expect(rows).toEqual(shared.rows.map(({ value, flows }) => [String(value ?? ''), flows]));
    expect(rows.length).toBeGreaterThan(1);
    const note = page.locator('[data-note="shared-records"]');
    expect(await note.textContent()).toBe(
      `${rows.length - 1} more ${rows.length === 2 ? 'group shares' : 'groups share'} these records: a record belongs to every group of its interface.`,
    );
    // No group can have more of these records than the selected one.
    expect(Math.max(...rows.map(([, flows]) => flows))).toBe(rows.find(([value]) => value === id)?.[1]);
  });

  it('reverses a filter: a click on port 123 shows it alone, the second leaves it out', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    const all = await figure(page, 'flows');
    const port = page
      .getByRole('list', { name: 'Service ports' })
      .locator('[data-value="123"]')
      .getByRole('button')
      .first();
    await port.click();
    await settle(page);
    const alone = await figure(page, 'flows');
    const { current } = await api<SummaryAnswer>(demo.url, `summary?where=${encodeURIComponent('service-port = 123')}`);
    expect(alone).toBe(current.flows);
    expect(alone).toBeGreaterThan(0);
    await port.click();
    await settle(page);
    expect(await page.locator('[data-facet]').getAttribute('data-facet')).toBe('service-port is not 123');
    await eventually(() => figure(page, 'flows')).toBe(all - alone);
    expect((await rowsOf(page, 'Service ports')).map(([value]) => value)).not.toContain('123');

    // The chip switches it off, reverses it, and takes it away.
    await page.getByRole('checkbox', { name: /^Use filter/ }).uncheck();
    await settle(page);
    await eventually(() => figure(page, 'flows')).toBe(all);
    await page.getByRole('checkbox', { name: /^Use filter/ }).check();
    await page.getByRole('button', { name: /^Reverse filter/ }).click();
    await settle(page);
    await eventually(() => figure(page, 'flows')).toBe(alone);
    await page.getByRole('button', { name: /^Remove filter/ }).click();
    await settle(page);
    await eventually(() => figure(page, 'flows')).toBe(all);
  });

  it('hides return traffic with one switch', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    await page.getByRole('switch', { name: 'Hide return traffic' }).click();
    await settle(page);
    const directions = Object.fromEntries(await rowsOf(page, 'Directions'));
    const known = async (where: string) =>
      (await api<SummaryAnswer>(demo.url, `summary?where=${encodeURIComponent(where)}`)).current.flows;
    expect(directions['inbound']).toBe(await known('direction = inbound and not initiator = local'));
    expect(directions['outbound']).toBe(await known('direction = outbound and not initiator = remote'));
    expect(new URL(page.url()).searchParams.get('replies')).toBe('hidden');
  });

  it('completes the filter language, shows errors where they are, and filters', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    const box = page.getByRole('combobox', { name: 'Filter' });
    await box.focus();
    await page.keyboard.type('dstp');
    await settle(page);
    expect(await page.getByRole('option').first().textContent()).toMatch(/^dstport/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await box.inputValue()).toBe('dstport ');
    await page.keyboard.type('in (443, 5432)');
    await page.keyboard.press('Enter');
    await settle(page);
    await eventually(() => figure(page, 'flows')).toBe(
      records().filter(({ dstport }) => dstport === '443' || dstport === '5432').length,
    );
    await box.fill('dsport = 443');
    await page.keyboard.press('Escape');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('dstport');
    expect(await page.getByRole('alert').textContent()).toContain('column 1');
  });

  it('zooms by dragging over the histogram and by the keyboard, and out again', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    const histogram = page.getByRole('group', { name: /^Traffic over time/ });
    const box = await histogram.boundingBox();
    if (box === null) throw new Error('no histogram');
    await page.mouse.move(box.x + box.width * 0.4, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 80, { steps: 5 });
    await page.mouse.up();
    await settle(page);
    const zoomed = new URL(page.url()).searchParams.get('range') ?? '';
    const [from, to] = zoomed.split('-').map(Number) as [number, number];
    expect(to - from).toBeLessThan(3 * DAY);
    await eventually(() => figure(page, 'flows')).toBe(
      records().filter(({ start }) => Number(start) >= from && Number(start) < to).length,
    );
    await page.keyboard.press('-');
    await settle(page);
    const [wideFrom, wideTo] = (new URL(page.url()).searchParams.get('range') ?? '').split('-').map(Number) as [
      number,
      number,
    ];
    expect([wideFrom < from, wideTo > to]).toEqual([true, true]);

    await histogram.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await settle(page);
    const byKeys = new URL(page.url()).searchParams.get('range') ?? '';
    expect(Number(byKeys.split('-')[0])).toBeLessThanOrEqual(wideFrom);
  });

  it('shows every field of a record, and scrolls through more than one page of them', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    const grid = page.getByRole('grid', { name: 'Flow records' });
    const { flows } = await api<FlowsAnswer>(demo.url, 'flows?limit=1');
    await grid.focus();
    await page.keyboard.press('Enter');
    const detail = page.getByRole('dialog', { name: 'Record' });
    await detail.waitFor();
    expect(await detail.locator('dt').allTextContents()).toEqual(Object.keys(flows[0] ?? {}));
    await page.keyboard.press('Escape');
    // Rows of the second page come while the first is being scrolled through.
    const active = grid.locator('[data-active="true"]');
    await eventually(async () => {
      await page.keyboard.press('PageDown');
      return (await active.count()) === 0 ? 0 : Number(await active.getAttribute('aria-rowindex'));
    }).toBeGreaterThan(250);
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(records().length + 1));
    // Only what is in sight exists.
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
  });

  it('exports what the filters leave', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all&f=protocol:udp`);
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^CSV/ }).click(),
    ]);
    const stream = await download.createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(download.suggestedFilename()).toBe('flows.csv');
    expect(text.trimEnd().split('\r\n')).toHaveLength(records().filter(({ protocol }) => protocol === '17').length + 1);
  });

  it('keeps views by name', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all&f=protocol:udp`);
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('UDP <b>only</b>');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.goto(`${demo.url}/`);
    await settle(page);
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('button', { name: 'UDP <b>only</b>', exact: true }).click();
    await settle(page);
    expect(new URL(page.url()).search).toContain('f=protocol');
  });
});
