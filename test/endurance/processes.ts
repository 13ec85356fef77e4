/** Real processes of Flowfit, bundled once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import type { Job, Word } from './actor.ts';

/** CommonJS packages inside the ES module ask for `require` and the two path variables. */
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it said, in order. */
  readonly said: readonly (readonly [word: Word, value: number])[];
}

export interface Actor {
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
  /** @throws Error when it ends before */
  heard(word: Word): Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

export class Stage {
  /** Where its processes spill. */
  readonly temporary: string;
  readonly #program: string;
  readonly #living = new Set<ChildProcess>();

  private constructor(program: string, temporary: string) {
    this.#program = program;
    this.temporary = temporary;
  }

  static async build(folder: string): Promise<Stage> {
    const outdir = join(folder, 'program');
    await build({
      entryPoints: [resolve(import.meta.dirname, 'actor.ts')],
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      external: ['@duckdb/*', '@ip-location-db/*'],
      banner: { js: BANNER },
      logLevel: 'error',
    });
    symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    return new Stage(join(outdir, 'actor.mjs'), temporary);
  }

  /** @param before a command that starts the process, such as `unshare` */
  start(job: Job, before: readonly string[] = []): Actor {
    const [command = '', ...words] = [...before, process.execPath, this.#program, JSON.stringify(job)];
    const env = { ...process.env, TMPDIR: this.temporary, NO_COLOR: '1' };
    const child = spawn(command, words, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.#living.add(child);
    const texts = [1, 2, 3].map(() => '');
    const said: [Word, number][] = [];
    const listeners = new Set<() => void>();
    for (const descriptor of [1, 2, 3]) {
      (child.stdio[descriptor] as Readable).setEncoding('utf8').on('data', (text: string) => {
        texts[descriptor - 1] += text;
        if (descriptor !== 3) return;
        const lines = (texts[2] ?? '').split('\n');
        texts[2] = lines.pop() ?? '';
        for (const line of lines) said.push([line.split(' ')[0] as Word, Number(line.split(' ')[1])]);
        for (const listener of listeners) listener();
      });
    }
    const ended = once(child, 'close').then(([code, signal]): Ended => {
      this.#living.delete(child);
      return { code, signal, stdout: texts[0] ?? '', stderr: texts[1] ?? '', said };
    });
    const heard = (word: Word): Promise<number> =>
      new Promise((done, fail) => {
        const look = (): void => {
          const found = said.find(([one]) => one === word);
          if (found === undefined) return;
          listeners.delete(look);
          done(found[1]);
        };
        listeners.add(look);
        look();
        void ended.then(({ stderr }) => fail(new Error(`ended before it said "${word}": ${stderr}`)));
      });
    return { pid: child.pid, ended, heard, kill: (signal) => void child.kill(signal) };
  }

  /** Ends what is left, for whoever stops half-way. */
  close(): void {
    for (const child of this.#living) child.kill('SIGKILL');
  }
}
