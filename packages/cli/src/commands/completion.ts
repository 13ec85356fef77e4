/** `flowfit completion`: scripts for shells, made from the command tree itself. */
import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { toTree } from '../completion/tree.ts';
import { zshScript } from '../completion/zsh.ts';
import { examples } from '../help.ts';
import type { Registration } from '../shell.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const completionCommand: Registration = (program, shell) => {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script that completes commands, options and the names of fields.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      examples(
        ['source <(flowfit completion bash)', 'bash, for this session; put the line into ~/.bashrc to keep it'],
        ['flowfit completion zsh > "${fpath[1]}/_flowfit"', 'zsh'],
        ['flowfit completion fish > ~/.config/fish/completions/flowfit.fish', 'fish'],
      ),
    )
    .action((name: keyof typeof SCRIPTS, _options: unknown, command: Command) =>
      shell.print(SCRIPTS[name](toTree(command.parent as Command))),
    );
};
