/** The reference page of the command line, from the command tree itself. */
import type { Command } from 'commander';
import { EXIT } from './errors.ts';
import { allCommands, createProgram, nameOf } from './program.ts';
import { Shell } from './shell.ts';
import { silentEffects } from './silent-effects.ts';

export interface CommandReference {
  /** `flowfit inventory add` */
  readonly name: string;
  readonly summary: string;
  /** Help as it is printed, 100 columns wide. */
  readonly help: string;
}

/** The program first, then its commands in their order. */
export const commandReferences = (): readonly CommandReference[] =>
  allCommands(createProgram(new Shell(silentEffects()))).map((command) => ({
    name: nameOf(command),
    summary: command.summary() || command.description(),
    help: helpOf(command),
  }));

/** Exit codes with their meaning, in order. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.done, 'Done.'],
  [EXIT.failed, 'Failed. The message on stderr names the place and the remedy.'],
  [EXIT.usage, 'The command was called in a way that cannot be meant: an unknown command or option, a wrong value.'],
  [
    EXIT.notAsItShouldBe,
    'Done, but the thing asked about is not as it should be, such as rejected lines with `ingest --strict`.',
  ],
  [EXIT.interrupted, 'Stopped by Ctrl-C. What was finished is kept.'],
];

/** With the examples below it, which `helpInformation` leaves out. */
const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return text.trim();
};
