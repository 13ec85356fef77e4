/** Effects that do nothing: for building the command tree without running it. */
import { Readable, Writable } from 'node:stream';
import type { Effects } from './effects.ts';

export const silentEffects = (): Effects => ({
  stdin: Readable.from([]),
  stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
  stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
  env: {},
  cwd: process.cwd(),
  now: () => new Date(),
  sleep: async () => undefined,
  onInterrupt: () => () => undefined,
  exit: (code) => {
    throw new Error(`exit ${code}`);
  },
});
