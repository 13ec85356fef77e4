/** The command tree: global options, the commands of the registry, and help as we like it. */
import { Command, Help } from 'commander';
import type { Output } from './effects.ts';
import { COMMANDS } from './registry.ts';
import type { Shell } from './shell.ts';
import { VERSION } from './version.ts';

const DESCRIPTION = 'Fit your security groups to the traffic they really carry.';

const FIRST_STEPS = `
First steps:
  $ flowfit demo                                          a ready example
  $ flowfit ingest ./logs --inventory ./inventory         your own logs
  $ flowfit top srcaddr --where 'action = REJECT'         who knocks in vain
  $ flowfit rules                                         which rules the traffic used

Documentation: docs/tutorial/first-five-minutes.md`;

export const createProgram = (shell: Shell): Command => {
  const program = new Command('flowfit')
    .description(DESCRIPTION)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('--lake <dir>', 'directory of the lake (default: $FLOWFIT_LAKE, else ./flowfit-lake)')
    .option('--temp <dir>', "directory for what does not fit into memory (default: $FLOWFIT_TEMP, else the system's)")
    .option(
      '--temp-limit <size>',
      'most of it at a time, such as 20GB (default: $FLOWFIT_TEMP_LIMIT, else half of what is free)',
    )
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', FIRST_STEPS);
  for (const register of COMMANDS) register(program, shell);
  for (const command of allCommands(program)) dress(command, shell);
  return program;
};

/** The command and everything below it. */
export const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

/** `flowfit inventory add` */
export const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

/** Errors are thrown, not printed: `run.ts` shows all of them in the same way. */
const dress = (command: Command, { effects }: Shell): void => {
  const { stdout, stderr } = effects;
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true, subcommandTerm: new ShortTerms().subcommandTerm })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => helpWidth(stdout),
      getErrHelpWidth: () => helpWidth(stderr),
    });
};

const helpWidth = ({ isTTY, columns }: Output): number => (isTTY === true && columns ? Math.min(columns, 120) : 100);

/** In lists of commands only name and operands, without `[options]`. */
class ShortTerms extends Help {
  override subcommandTerm(command: Command): string {
    const operands = command.registeredArguments.map((argument) => {
      const name = argument.variadic ? `${argument.name()}…` : argument.name();
      return argument.required ? `<${name}>` : `[${name}]`;
    });
    return [command.name(), ...operands].join(' ');
  }
}
