/**
 * A Lambda function as it is deployed: its bundled file, loaded in a fresh process, given events and asked for answers.
 * Event and answer travel as JSON, as they do through the Lambda runtime.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

/** The function threw, or ended: what Lambda reports as a function error. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

export interface FunctionProcess {
  /** @throws FunctionError with what the function threw. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** What it wrote: log lines and metrics, as CloudWatch would get them. */
  readonly output: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Stands in for the Lambda runtime: one event after the other, each answered before the next. */
const RUNTIME = `
const { handler } = await import(process.env.FLOWFIT_BUNDLE);
let last = Promise.resolve();
process.on('message', ({ id, event }) => {
  last = last.then(() => handler(event)).then(
    (answer) => process.send({ id, answer: answer ?? null }),
    (error) => process.send({ id, error: String(error && error.stack || error) }),
  );
});
process.send({ ready: true });
`;

interface Answer {
  readonly id?: number;
  readonly ready?: true;
  readonly answer?: unknown;
  readonly error?: string;
}

/** Starts the function of `bundle` with `environment` added to ours; resolves when it is loaded. */
export async function startFunction(bundle: string, environment: NodeJS.ProcessEnv = {}): Promise<FunctionProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', RUNTIME], {
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...environment, FLOWFIT_BUNDLE: pathToFileURL(bundle).href },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  collectLines(child.stdout!, output);
  collectLines(child.stderr!, output);
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;

  await new Promise<void>((resolve, reject) => {
    // `close` comes after the last of its output was read, `exit` need not.
    child.once('close', (code) => {
      const error = new FunctionError(`the function ended with ${code}: ${output.slice(-20).join('\n')}`);
      reject(error);
      for (const { reject: fail } of waiting.values()) fail(error);
      waiting.clear();
    });
    child.on('message', ({ id, ready, answer, error }: Answer) => {
      if (ready) return resolve();
      const asked = waiting.get(id!);
      waiting.delete(id!);
      if (error === undefined) asked?.resolve(answer);
      else asked?.reject(new FunctionError(error));
    });
  });

  return {
    output,
    invoke: (event) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new FunctionError('the function has ended'));
        const id = next;
        next += 1;
        waiting.set(id, { resolve, reject });
        child.send({ id, event });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function collectLines(stream: Readable, lines: string[]): void {
  createInterface({ input: stream }).on('line', (line) => lines.push(line));
}
