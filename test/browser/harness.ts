/** What browser tests share: a server over a lake, and pages of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { findBundledDatabases } from '@flowfit/geo/bundled';
import { openGeoDatabase } from '@flowfit/geo/database';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import { type RunningServer, startServer } from '@flowfit/server/start';
import { type CollectedAccount, simulateAccount } from '@flowfit/testkit/account/account';
import { FORMATS } from '@flowfit/testkit/account/encode';
import type { AccountOptions } from '@flowfit/testkit/account/options';
import type { Browser, Page, Request } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import { findChromium } from './chromium.ts';

export { launch } from './chromium.ts';

/** Whether the tests are left out: nobody has to have a Chromium, except in CI. */
export const withoutChromium = findChromium() === undefined && process.env['CI'] === undefined;

if (withoutChromium) {
  process.stderr.write(
    'Browser tests are skipped: there is no Chromium. Install one, or name it with CHROMIUM=PATH.\n',
  );
}

export interface Stage {
  readonly lake: Lake;
  readonly server: RunningServer;
  /** Without a slash at the end. */
  readonly url: string;
  readonly webRoot: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** Serves the web app over a lake that `fill` puts something into. */
export const stage = async (fill: (lake: Lake, folder: string) => Promise<void>): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-browser-'));
  const webRoot = inject('webRoot');
  const lake = await openLake(join(folder, 'lake'), { create: true });
  await fill(lake, folder);
  const database = countries();
  const { name, buildDate, attribution, link } = database.info;
  const server = await startServer({
    lake,
    port: 0,
    webRoot,
    version: '0.0.0',
    geography: {
      locate: database.locate,
      notices: [{ name, buildDate, attribution: attribution ?? name, url: link }],
    },
  });
  return {
    lake,
    server,
    url: server.url.replace(/\/$/, ''),
    webRoot,
    folder,
    close: async () => {
      await server.close();
      lake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The database that is always installed, so that results do not depend on optional ones. */
export const countries = () => {
  const bundled = findBundledDatabases().find(({ level }) => level === 'country');
  if (bundled === undefined) throw new Error('The country database is not installed: run npm ci');
  return openGeoDatabase(bundled.paths, bundled);
};

/** Simulates an account and ingests its logs and inventory. */
export const fillWithAccount = async (
  lake: Lake,
  folder: string,
  options: AccountOptions,
): Promise<CollectedAccount> => {
  const simulated = simulateAccount(options);
  const account = simulated.collect('v5');
  await ingestLines(lake, folder, account.lines, simulated.snapshots);
  return account;
};

export const ingestLines = async (
  lake: Lake,
  folder: string,
  lines: readonly string[],
  snapshots: readonly InventorySnapshot[],
): Promise<void> => {
  const path = join(folder, `flow-${lines.length}.log`);
  await writeFile(path, [FORMATS.v5.join(' '), ...lines, ''].join('\n'));
  await ingest(lake, [path], { snapshots, geo: countries() });
};

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A page that fails its test on any script error, refused resource or violated content policy. */
export const openPage = async (
  browser: Browser,
  url: string,
  { width = 1440, height = 1000, colorScheme = 'light' }: OpenOptions = {},
): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  watchQuestions(page);
  await page.goto(url);
  await settle(page);
  return page;
};

/** Questions to the API that are not answered yet. The lake is asked for news again and again: that is none of them. */
const questionsOf = new WeakMap<Page, Set<Request>>();

const watchQuestions = (page: Page): void => {
  const open = new Set<Request>();
  questionsOf.set(page, open);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/') && pathname !== '/api/v1/overview') open.add(request);
  });
  const close = (request: Request): void => void open.delete(request);
  page.on('requestfinished', close);
  page.on('requestfailed', close);
};

/**
 * Waits until the page has taken in what was done to it, and is no longer asking or loading. The page asks within the
 * two frames that follow: what was clicked is drawn in the first, what that asks for by the second.
 */
export const settle = async (page: Page): Promise<void> => {
  await page.locator('main').waitFor();
  const asked = questionsOf.get(page);
  for (let quiet = false; !quiet; ) {
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const loading = await page.locator('[aria-busy="true"], .skeleton').count();
    quiet = loading === 0 && asked?.size === 0;
  }
};

/** Asks again until the answer is as expected: machines may be slow, pages take their time. */
export const eventually = <Answer>(read: () => Promise<Answer>) => expect.poll(read, { timeout: 30_000 });

/** The API as the page asks it. */
export const api = async <Answer>(url: string, path: string): Promise<Answer> => {
  const response = await fetch(`${url}/api/v1/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
};
