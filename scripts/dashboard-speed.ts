/**
 * How long the dashboard takes from a click until every panel but the records has its new numbers, through a real
 * browser: `npx tsx scripts/dashboard-speed.ts [records]`, ten million unless told. Prints a table for bench/README.md.
 */
import type { Page } from 'playwright-core';
import { launch } from '../test/browser/chromium.ts';
import { serveAccount } from '../test/browser/serve-account.ts';

const wanted = Number(process.argv[2] ?? 10_000_000);
/** Lists to click through, and how far down. */
const LISTS = ['Security groups', 'Service ports', 'Source addresses', 'Interfaces', 'Protocols', 'Directions'];
const ROWS = 5;

const served = await serveAccount({ days: 14, records: wanted, publicPeers: 'geographic', truth: 'summary' });
console.log(`${served.records.toLocaleString('en')} records`);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
const began = performance.now();
await page.goto(new URL('/?range=all', served.url).href);
await page.locator('[data-figure="flows"][data-value]').waitFor();
await settle(page);
console.log(`first load with all panels: ${Math.round(performance.now() - began)} ms`);

const clicks: number[] = [];
for (const list of LISTS) {
  for (let row = 0; row < ROWS; row++) {
    const button = page.getByRole('list', { name: list }).getByRole('listitem').nth(row).getByRole('button').first();
    if ((await button.count()) === 0) continue;
    clicks.push(await timed(page, () => button.click()));
    await page.getByRole('button', { name: /^Remove filter/ }).click();
    await settle(page);
  }
}
clicks.sort((a, b) => a - b);
const at = (share: number): number =>
  Math.round(clicks[Math.min(clicks.length - 1, Math.floor(share * clicks.length))] ?? 0);
console.log(`${clicks.length} clicks: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
await browser.close();
await served.close();

async function timed(page: Page, act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  await settle(page);
  return performance.now() - start;
}

/** Records are read from the flows themselves and come when they come. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(20);
  const busy = page.locator('section[aria-busy="true"]').filter({ hasNot: page.getByRole('grid') });
  while ((await busy.count()) > 0) await page.waitForTimeout(10);
}
