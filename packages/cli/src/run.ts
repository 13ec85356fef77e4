/** One call of the command: from the words typed to the exit code. Nothing here knows the real process. */
import { type Command, CommanderError } from 'commander';
import type { Effects } from './effects.ts';
import { type CliError, EXIT, exitCodeOf, formatError, usageError } from './errors.ts';
import { createProgram, nameOf } from './program.ts';
import { Shell, write } from './shell.ts';

/**
 * @param words what follows the name of the command, as in `process.argv.slice(2)`
 * @returns the exit code (see `EXIT`)
 */
export const run = async (words: readonly string[], effects: Effects): Promise<number> => {
  const shell = new Shell(effects, words);
  const leaveWhenUnread = (error: NodeJS.ErrnoException): void => {
    // The reader of stdout has seen enough (`flowfit flows | head`): not worth a word.
    if (error.code === 'EPIPE') effects.exit(shell.exitCode);
  };
  effects.stdout.on('error', leaveWhenUnread);
  const program = createProgram(shell);
  try {
    await program.parseAsync(words, { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    if (isEpipe(error)) return shell.exitCode;
    if (error instanceof CommanderError && isAboutHelp(error)) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const shown = error instanceof CommanderError ? fromCommander(error, commandOf(program, words)) : error;
    const debug = Boolean(effects.env.FLOWFIT_DEBUG);
    await write(effects.stderr, formatError(shown, shell.errorColours, debug));
    return exitCodeOf(shown);
  } finally {
    effects.stdout.off('error', leaveWhenUnread);
  }
};

const isEpipe = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE';

/** Commander has shown help or the version: asked for (exit code 0), or because no command was given. */
const isAboutHelp = ({ code }: CommanderError): boolean =>
  ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);

/**
 * Commander's messages in our shape:
 * `error: unknown option '--form'\n(Did you mean --from?)` -> `unknown option '--form'`, remedy `Did you mean --from?`
 */
const fromCommander = (error: CommanderError, command: Command): CliError => {
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.map((line) => line.replace(/^\((.*)\)$/, '$1')).filter((line) => line !== '');
  return usageError(
    'usage',
    message,
    [...suggestion, `Run "${nameOf(command)} --help" to see what is understood.`].join('\n'),
  );
};

/** The command that the words name, as deep as they are understood. */
const commandOf = (command: Command, words: readonly string[]): Command => {
  for (const [index, word] of words.entries()) {
    const child = command.commands.find((one) => one.name() === word);
    if (child !== undefined) return commandOf(child, words.slice(index + 1));
  }
  return command;
};
