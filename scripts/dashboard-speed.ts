/**
 * How long the dashboard takes from a click until every panel but the records has its new numbers, through a real
 * browser: `npx tsx scripts/dashboard-speed.ts [SIZE] [FOLDER]`, SIZE such as 10M, which it is unless told. The lake is
 * generated once and kept in FOLDER. Prints a table for bench/README.md.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBestGeoDatabase } from '@flowfit/geo/bundled';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { startServer } from '@flowfit/server/start';
import { simulateAccount } from '@flowfit/testkit/account/account';
import { writeAccount } from '@flowfit/testkit/account/write';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { launch } from '../test/browser/chromium.ts';

/** Lists to click through, and how far down. */
const LISTS = ['Security groups', 'Service ports', 'Source addresses', 'Interfaces', 'Protocols', 'Directions'];
const ROWS = 5;
const SELF = fileURLToPath(import.meta.url);
/**
 * A script that waits until no panel is busy. What was clicked is drawn in the first frame, what that asks for by the
 * second. Records are read from the flows themselves and come when they come.
 */
const SETTLED = `(async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const isBusy = () => [...document.querySelectorAll('section[aria-busy="true"]')].some((panel) => !/^Records/.test(panel.querySelector('h2')?.textContent ?? ''));
  await frame();
  do await frame(); while (isBusy());
})()`;

async function measure(): Promise<void> {
  const folder = chosen ?? join(tmpdir(), 'flowfit-bench', `dashboard-${size}`);
  await makeLake(folder, recordsOf(size));
  await build({ root: 'packages/web', logLevel: 'warn', build: { outDir: join(folder, 'web'), emptyOutDir: true } });
  const server = fork(SELF, [size, folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const begun = performance.now();
  const { url } = await answerOf<{ url: string }>(server);
  const { records } = (await (await fetch(`${url}api/v1/overview`)).json()) as { records: { stored: number } };
  server.send('loaded');
  const { table } = await answerOf<{ table: string }>(server);
  const loaded = performance.now() - begun;
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  try {
    const first = await firstLoad(page, url);
    const before = await usageOf(server);
    const clicks = await clickThrough(page);
    const after = await usageOf(server);
    const at = (share: number): string =>
      milliseconds(clicks[Math.min(clicks.length - 1, Math.floor(share * clicks.length))] ?? 0);
    console.log(
      `\n${records.stored.toLocaleString('en')} records, ${clicks.length} clicks; ${table}\n\n| | |\n|---|--:|`,
    );
    const rows = {
      'first load with all panels': milliseconds(first),
      'a click, p50': at(0.5),
      'a click, p95': at(0.95),
      'a click, longest': at(1),
      'processor time of the server per refresh': milliseconds((after.cpu - before.cpu) / (2 * clicks.length)),
      'from the start until the conversations are in memory': milliseconds(loaded),
      'memory of the server, now and at most': `${mebibytes(after.rss)}, ${mebibytes(after.peak)}`,
    };
    for (const [name, value] of Object.entries(rows)) console.log(`| ${name} | ${value} |`);
  } finally {
    await browser.close();
    server.kill();
  }
}

/** `10M`, `500k`, or a number. */
function recordsOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([kM]?)$/.exec(text) ?? [];
  if (digits === '') throw new Error(`"${text}" is no size. Write one such as 10M.`);
  return Number(digits) * { '': 1, k: 1e3, M: 1e6 }[unit as '' | 'k' | 'M'];
}

/** Half a lake is not taken for one: it gets its name when it is whole. */
async function makeLake(folder: string, records: number): Promise<void> {
  if (existsSync(join(folder, 'lake'))) return;
  const part = join(folder, 'part');
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const account = simulateAccount({ days: 14, records, publicPeers: 'geographic', truth: 'summary' });
  await writeAccount(account, join(part, 'account'), { format: 'v5', parallelFiles: 4 });
  const lake = await openLake(join(part, 'lake'), { create: true });
  await ingest(lake, [join(part, 'account/logs')], { snapshots: account.snapshots, geo: openBestGeoDatabase() });
  lake.close();
  await rename(join(part, 'lake'), join(folder, 'lake'));
  await rm(part, { recursive: true });
}

/** In a process of its own, so that its memory and time are its own. */
async function serve(folder: string): Promise<void> {
  const lake = await openLake(join(folder, 'lake'));
  const { locate, info } = openBestGeoDatabase();
  const { name, buildDate, attribution, link } = info;
  const notices = [{ name, buildDate, attribution: attribution ?? name, url: link }];
  const webRoot = join(folder, 'web');
  const server = await startServer({ lake, port: 0, webRoot, version: '0.1.0', geography: { locate, notices } });
  process.on('message', async (question) => {
    if (question === 'loaded') process.send?.({ table: tableText(await server.loaded()) });
    else process.send?.({ cpu: cpuMilliseconds(), rss: process.memoryUsage().rss });
  });
  process.send?.({ url: server.url });
}

function tableText(table: { readonly rows: number; readonly bytes: number } | null): string {
  if (table === null) return 'nothing in memory';
  return `${table.rows.toLocaleString('en')} conversations in ${mebibytes(table.bytes)}`;
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const [answer] = await once(child, 'message');
  return answer as Answer;
}

interface Usage {
  readonly cpu: number;
  readonly rss: number;
  readonly peak: number;
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  child.send('usage');
  const usage = await answerOf<Omit<Usage, 'peak'>>(child);
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  return { ...usage, peak: Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1024 };
}

async function firstLoad(page: Page, url: string): Promise<number> {
  const begun = performance.now();
  await page.goto(new URL('/?range=all', url).href);
  await page.locator('[data-figure="flows"][data-value]').waitFor();
  await page.evaluate(SETTLED);
  return performance.now() - begun;
}

async function clickThrough(page: Page): Promise<number[]> {
  const clicks: number[] = [];
  for (const list of LISTS) {
    for (let row = 1; row <= ROWS; row++) {
      const took = await timed(page, `ul[aria-label="${list}"] > li:nth-child(${row}) button`);
      if (took === null) continue;
      clicks.push(took);
      await timed(page, 'button[aria-label^="Remove filter: "]');
    }
  }
  return clicks.sort((a, b) => a - b);
}

/** Milliseconds in the page, from the click until what came of it is painted; null where there is no such button. */
async function timed(page: Page, selector: string): Promise<number | null> {
  return await page.evaluate<number | null>(`(async () => {
    const button = document.querySelector(${JSON.stringify(selector)});
    if (button === null) return null;
    const begun = performance.now();
    button.click();
    await ${SETTLED};
    return performance.now() - begun;
  })()`);
}

function milliseconds(value: number): string {
  return `${Math.round(value).toLocaleString('en')} ms`;
}

function mebibytes(value: number): string {
  return `${Math.round(value / 2 ** 20).toLocaleString('en')} MiB`;
}

const [size = '10M', chosen] = process.argv.slice(2);
if (process.send === undefined) await measure();
else await serve(chosen ?? '');
