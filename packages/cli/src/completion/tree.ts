/** What a completion script needs to know of the command tree. */
import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { Argument, Command, Option } from 'commander';

export interface OptionNode {
  /** `--from`, or `-h` and `--help`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** The only values there are; empty where anything goes. */
  readonly choices: readonly string[];
}

export interface CommandNode {
  /** Words after `flowfit`: `[]` for the program, `['inventory', 'add']`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly CommandNode[];
  readonly options: readonly OptionNode[];
  /** Known values of the first operand: shells, fields. */
  readonly operands: readonly string[];
  /** An operand is a file or a directory. */
  readonly takesPaths: boolean;
}

export const toTree = (program: Command): CommandNode => toNode(program, [], []);

const toNode = (command: Command, path: readonly string[], inherited: readonly OptionNode[]): CommandNode => {
  const help = command.createHelp();
  const own = help.visibleOptions(command).map(toOption);
  const [first] = command.registeredArguments;
  return {
    path,
    description: command.summary() || command.description(),
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map((child) => toNode(child, [...path, child.name()], path.length === 0 ? own : inherited)),
    options: [...own, ...inherited.filter(({ flags }) => !own.some((option) => option.flags.includes(flags[0] ?? '')))],
    operands: first === undefined ? [] : operandsOf(first),
    takesPaths: command.registeredArguments.some((argument) => argument.name() === 'path'),
  };
};

const toOption = (option: Option): OptionNode => ({
  flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
  description: option.description,
  takesValue: option.required || option.optional,
  choices: option.argChoices ?? [],
});

const operandsOf = (argument: Argument): readonly string[] => {
  if (argument.argChoices !== undefined) return argument.argChoices;
  return argument.name() === 'field' ? [...FIELDS, ...ADDED_FIELDS].map(({ name }) => name) : [];
};

/** The node and all below it. */
export const flatten = (node: CommandNode): readonly CommandNode[] => [node, ...node.commands.flatMap(flatten)];
