/** The system's Chromium: nothing is downloaded for it. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Path of a Chromium; undefined without one. `CHROMIUM` names another. */
export const findChromium = (): string | undefined => {
  const chosen = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(chosen === undefined ? [] : [chosen]), ...places].find((path) => existsSync(path));
};

/** Quiet and reproducible: no update, no sync, no request of the browser's own; a fresh profile each time. */
export const launch = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('There is no Chromium. Install one (apt-get install chromium), or name it with CHROMIUM=PATH.');
  }
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
