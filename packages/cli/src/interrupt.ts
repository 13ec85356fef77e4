/** Ctrl-C while something is written: the first asks to stop at the next safe point, the second ends at once. */
import { CliError, EXIT } from './errors.ts';
import type { Shell } from './shell.ts';

/**
 * Runs work that can be stopped. What was finished before stays; the rest is as if it had never begun.
 *
 * @throws CliError `interrupted` when the work ended because it was asked to
 */
export const interruptible = async <T>(shell: Shell, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController();
  const off = shell.effects.onInterrupt(() => {
    if (controller.signal.aborted) shell.effects.exit(EXIT.interrupted);
    controller.abort();
    void shell.note('\nStopping at the next safe point. Press Ctrl-C again to stop at once; nothing is damaged by it.');
  });
  try {
    const result = await work(controller.signal);
    if (controller.signal.aborted) throw interrupted();
    return result;
  } catch (error) {
    throw controller.signal.aborted ? interrupted() : error;
  } finally {
    off();
  }
};

const interrupted = (): CliError =>
  new CliError('interrupted', 'Stopped before the end.', {
    remedy: 'What was finished is kept. Run the same command again to do the rest.',
    exitCode: EXIT.interrupted,
  });
