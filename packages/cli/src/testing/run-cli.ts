/** Runs the command inside the test's process, with a terminal made of strings. */
import { Readable, Writable } from 'node:stream';
import type { Effects, Output } from '../effects.ts';
import { run } from '../run.ts';
import { silentEffects } from '../silent-effects.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSetting {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly now?: Date;
  /** Columns of the terminal that stdout is; without, stdout is a pipe. */
  readonly columns?: number;
  /** Ctrl-C is pressed when it aborts. */
  readonly interrupt?: AbortSignal;
  /** Sees stdout as it comes. */
  readonly onStdout?: (text: string) => void;
}

/** @example await runCli(['top', 'srcaddr', '--lake', dir]) */
export const runCli = async (words: readonly string[], setting: CliSetting = {}): Promise<CliResult> => {
  const stdout = collect(setting.columns, setting.onStdout);
  const stderr = collect(undefined);
  const effects: Effects = {
    ...silentEffects(),
    stdin: Readable.from(setting.stdin === undefined ? [] : [Buffer.from(setting.stdin)]),
    stdout: stdout.output,
    stderr: stderr.output,
    env: setting.env ?? {},
    cwd: setting.cwd ?? process.cwd(),
    now: () => setting.now ?? new Date('2026-06-30T12:00:00Z'),
    onInterrupt: (listener) => {
      setting.interrupt?.addEventListener('abort', listener);
      return () => setting.interrupt?.removeEventListener('abort', listener);
    },
  };
  const code = await run(words, effects);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
};

const collect = (
  columns: number | undefined,
  onText: (text: string) => void = () => undefined,
): { output: Output; text: () => string } => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      onText(chunk.toString('utf8'));
      done();
    },
  });
  const output = columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns });
  return { output, text: () => Buffer.concat(chunks).toString('utf8') };
};
