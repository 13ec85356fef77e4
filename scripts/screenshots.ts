/**
 * `npm run screenshots`: every page of the web app over a simulated account, light and dark, wide and narrow, into
 * `docs/screenshots/`. The account is the same each time, so that a picture changes only when the app does.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupsAnswer } from '@flowfit/server/contract/rules';
import type { Browser, Page } from 'playwright-core';
import { launch } from '../test/browser/chromium.ts';
import { serveAccount } from '../test/browser/serve-account.ts';

const ACCOUNT = {
  seed: 1,
  days: 10,
  records: 300_000,
  interfaces: 60,
  aggregationInterval: 600,
  publicPeers: 'geographic',
} as const;
const OUT = 'docs/screenshots';
const THEMES = ['light', 'dark'] as const;

/** `height`: no picture is taller, as nobody reads on. */
const SIZES = [
  { width: 1440, height: 2110 },
  { width: 390, height: 1600 },
] as const;

const { url, records, close } = await serveAccount(ACCOUNT);
console.log(`${records.toLocaleString('en')} records`);
const browser = await launch();
await mkdir(OUT, { recursive: true });
for (const [page, path] of await pagesOf(url)) await photograph(browser, page, new URL(path, url).href);
await browser.close();
await close();

/** The group whose rules tell the most: the one with most traffic of those with an unused rule. */
async function pagesOf(url: string): Promise<readonly (readonly [page: string, path: string])[]> {
  const response = await fetch(new URL('/api/v1/groups', url));
  const { groups } = (await response.json()) as GroupsAnswer;
  const [group] = groups.filter(({ rules }) => rules.unused > 0).sort((a, b) => b.flows - a.flows);
  return [
    ['dashboard', '/?range=week'],
    ['groups', '/groups'],
    ['group', `/groups/${group?.groupId}`],
    ['findings', '/findings'],
    ['tighten', '/tighten'],
    ['tighten-group', `/tighten/${group?.groupId}`],
  ];
}

async function photograph(browser: Browser, name: string, url: string): Promise<void> {
  for (const { width, height } of SIZES) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(url);
      await settle(page);
      // As tall as the page, so that what comes into sight late is there as well.
      const content = await page.locator('#app > div').boundingBox();
      await page.setViewportSize({ width, height: Math.min(height, Math.ceil(content?.height ?? height)) });
      await settle(page);
      const path = join(OUT, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path });
      console.log(path);
      await context.close();
    }
  }
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  while ((await page.locator('[aria-busy="true"], .skeleton').count()) > 0) await page.waitForTimeout(50);
  await page.waitForTimeout(400);
}
