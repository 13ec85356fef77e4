/** What browser tests share: the system's Chromium, the built web app, and a server over a lake. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { findBundledDatabases } from '@flowfit/geo/bundled';
import { openGeoDatabase } from '@flowfit/geo/database';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import { type RunningServer, startServer } from '@flowfit/server/start';
import { type CollectedAccount, simulateAccount } from '@flowfit/testkit/account/account';
import { FORMATS } from '@flowfit/testkit/account/encode';
import type { AccountOptions } from '@flowfit/testkit/account/options';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { expect, onTestFinished } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Path of a Chromium; undefined without one. `CHROMIUM` names another. */
export const findChromium = (): string | undefined => {
  const chosen = process.env['CHROMIUM'];
  const places = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(chosen === undefined ? [] : [chosen]), ...places].find((path) => existsSync(path));
};

/** Whether the tests are left out: nobody has to have a Chromium, except in CI. */
export const withoutChromium = findChromium() === undefined && process.env['CI'] === undefined;

if (withoutChromium) {
  process.stderr.write(
    'Browser tests are skipped: there is no Chromium. Install one, or name it with CHROMIUM=PATH.\n',
  );
}

export const launch = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('CI needs a Chromium for the browser tests: apt-get install chromium');
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
};

export interface Stage {
  readonly lake: Lake;
  readonly server: RunningServer;
  /** Without a slash at the end. */
  readonly url: string;
  readonly webRoot: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** Builds the web app as it ships and serves it over a lake that `fill` puts something into. */
export const stage = async (fill: (lake: Lake, folder: string) => Promise<void>): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-browser-'));
  const webRoot = join(folder, 'web');
  await build({ root: 'packages/web', logLevel: 'error', build: { outDir: webRoot, emptyOutDir: true } });
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
  await page.goto(url);
  await settle(page);
  return page;
};

/**
 * Waits until nothing on the page is loading any more, seen twice: between a click and the first sign of loading a page
 * is quiet as well.
 */
export const settle = async (page: Page): Promise<void> => {
  await page.locator('main').waitFor();
  for (let quiet = 0; quiet < 2; ) {
    const loading = await page.locator('[aria-busy="true"], .skeleton').count();
    quiet = loading === 0 ? quiet + 1 : 0;
    await page.waitForTimeout(60);
  }
};

/** The API as the page asks it. */
export const api = async <Answer>(url: string, path: string): Promise<Answer> => {
  const response = await fetch(`${url}/api/v1/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
};
