/** `--log FILE|-` and `--log-level LEVEL`: where a server says what went wrong. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Log, LogLevel } from '@flowfit/server/log';
import { CliError } from '../errors.ts';
import type { Shell } from '../shell.ts';

export interface LogOptions {
  readonly log?: string;
  readonly logLevel?: LogLevel;
}

/**
 * Without a file, a person reads what went wrong on stderr; with one, or with `-` for stderr, a program reads it, one
 * JSON object a line.
 *
 * @throws CliError `log-unwritable`
 */
export const openLog = async (
  shell: Shell,
  { log: file, logLevel: level = 'warn' }: LogOptions,
): Promise<{ readonly log: Log; close(): Promise<void> }> => {
  const toStderr = (text: string): void => void shell.effects.stderr.write(text);
  if (file === undefined || file === '-') {
    const log: Log = { level, form: file === undefined ? 'text' : 'json', write: toStderr };
    return { log, close: async () => undefined };
  }
  const path = shell.path(file);
  // Addresses and filters are nobody else's business.
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  await once(stream, 'open').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('log-unwritable', `The log cannot be written to ${path} (${error.code}).`, {
      remedy: 'Name another file with --log, or "-" for stderr.',
    });
  });
  // A full disk ends the log, not the server.
  stream.on('error', (error) => void shell.note(`The log ${shell.shownPath(path)} ends here: ${error.message}`));
  return {
    log: { level, form: 'json', write: (text) => void stream.write(text) },
    close: () => new Promise((done) => stream.end(done)),
  };
};
