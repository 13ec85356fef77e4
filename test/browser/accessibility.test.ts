/** Every page in both themes: axe finds nothing serious, and nothing sticks out at any width. */
import type { GroupsAnswer } from '@flowfit/server/contract/rules';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, fillWithAccount, launch, openPage, type Stage, settle, stage, withoutChromium } from './harness.ts';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

const PAGES = ['dashboard', 'groups', 'group', 'findings', 'tighten', 'tighten-group'] as const;
const WIDTHS = [360, 390, 768, 1440, 2560];

let browser: Browser;
let demo: Stage;
let paths: Readonly<Record<(typeof PAGES)[number], string>>;

describe.skipIf(withoutChromium)('accessibility', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
    demo = await stage(async (lake, folder) => {
      await fillWithAccount(lake, folder, {
        days: 0.5,
        records: 6000,
        aggregationInterval: 600,
        publicPeers: 'geographic',
      });
    });
    const { groups } = await api<GroupsAnswer>(demo.url, 'groups');
    const busiest = [...groups].sort((a, b) => b.flows - a.flows)[0];
    paths = {
      dashboard: '/?range=all&f=protocol:tcp&f=-dstport:22',
      groups: '/groups',
      group: `/groups/${busiest?.groupId}`,
      findings: '/findings',
      tighten: '/tighten',
      'tighten-group': `/tighten/${busiest?.groupId}`,
    };
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  /** What axe calls serious or critical, one line each. The debugger is not bound by the page's content policy. */
  const seriousOf = async (page: Page): Promise<string[]> => {
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: axe.source });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations))`,
      awaitPromise: true,
    });
    const violations = JSON.parse(String(result.value)) as readonly Violation[];
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  };

  it.each(PAGES)('%s is sound in light and dark, and fits every width', async (name) => {
    const page = await openPage(browser, `${demo.url}${paths[name]}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await seriousOf(page)]).toEqual([colorScheme, []]);
    }
    const session = await page.context().newCDPSession(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 1000 });
      await settle(page);
      const { result } = await session.send('Runtime.evaluate', {
        expression: 'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      });
      expect([width, result.value]).toEqual([width, 0]);
    }
  });

  it('is sound where something is open', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    await page.getByRole('button', { name: /^Time range/ }).click();
    expect(await seriousOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Filter' }).fill('dsport = 1');
    await page.keyboard.press('Escape');
    await page.getByRole('alert').waitFor();
    expect(await seriousOf(page)).toEqual([]);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Record' }).waitFor();
    expect(await seriousOf(page)).toEqual([]);
  });

  it('is sound where a rule is pinned and files are chosen', async () => {
    const page = await openPage(browser, `${demo.url}${paths['tighten-group']}`);
    await page
      .getByRole('button', { name: /^Pin rule/ })
      .first()
      .click();
    await page.getByRole('dialog', { name: /^Pin: rule/ }).waitFor();
    expect(await seriousOf(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Why' }).fill('recovery');
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByRole('region', { name: 'Pins' }).waitFor();
    await settle(page);
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('dialog', { name: 'Download' }).waitFor();
    expect(await seriousOf(page)).toEqual([]);
  });

  it('can be worked with the keyboard alone', async () => {
    const page = await openPage(browser, `${demo.url}/?range=all`);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to content');
    await page.keyboard.press('/');
    expect(await page.locator(':focus').getAttribute('id')).toBe('filter');
    await page.keyboard.type('protocol = udp');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await settle(page);
    expect(new URL(page.url()).searchParams.get('where')).toBe('protocol = udp');
  });

  it('keeps the theme that was chosen', async () => {
    const page = await openPage(browser, `${demo.url}/findings`);
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.reload();
    await settle(page);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });
});
