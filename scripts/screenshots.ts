/**
 * `npm run screenshots`: every page of the web app over a simulated account, light and dark, wide and narrow, into
 * `docs/screenshots/`. The account is the same each time, so that a picture changes only when the app does.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBestGeoDatabase } from '@flowfit/geo/bundled';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import type { GroupsAnswer } from '@flowfit/server/contract/rules';
import { startServer } from '@flowfit/server/start';
import { simulateAccount } from '@flowfit/testkit/account/account';
import { writeAccount } from '@flowfit/testkit/account/write';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { launch } from '../test/browser/chromium.ts';

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

const scratch = await mkdtemp(join(tmpdir(), 'flowfit-screenshots-'));
const geography = openBestGeoDatabase();
try {
  const lake = await openLake(join(scratch, 'lake'), { create: true });
  await fill(lake);
  const webRoot = join(scratch, 'web');
  await build({ root: 'packages/web', logLevel: 'warn', build: { outDir: webRoot, emptyOutDir: true } });
  const { name, buildDate, attribution, link } = geography.info;
  const notice = { name, buildDate, attribution: attribution ?? name, url: link };
  const server = await startServer({
    lake,
    port: 0,
    webRoot,
    version: '0.1.0',
    geography: { locate: geography.locate, notices: [notice] },
  });
  const browser = await launch();
  await mkdir(OUT, { recursive: true });
  for (const [page, path] of await pagesOf(server.url)) await photograph(browser, page, new URL(path, server.url).href);
  await browser.close();
  await server.close();
  lake.close();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function fill(lake: Lake): Promise<void> {
  const account = simulateAccount(ACCOUNT);
  const folder = join(scratch, 'account');
  await writeAccount(account, folder, { format: 'v5' });
  const { records } = await ingest(lake, [join(folder, 'logs')], { snapshots: account.snapshots, geo: geography });
  console.log(`${records.stored.toLocaleString('en')} records of ${account.options.days} days`);
}

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
