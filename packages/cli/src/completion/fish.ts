import { type CommandNode, flatten, type OptionNode } from './tree.ts';

/** One `complete` line for each command, option and known operand. */
export const fishScript = (tree: CommandNode): string =>
  ['# fish completion for flowfit', 'complete -c flowfit -f', ...flatten(tree).flatMap(linesOf)].join('\n');

const linesOf = (node: CommandNode): string[] => {
  const when = conditionOf(node);
  return [
    ...node.commands.map((child) => line(when, `-a ${quote(child.path.at(-1) ?? '')} -d ${quote(child.description)}`)),
    ...node.options.map((option) => line(when, optionWords(option))),
    ...(node.operands.length > 0 ? [line(when, `-a ${quote(node.operands.join(' '))}`)] : []),
    ...(node.takesPaths ? [line(when, '-F')] : []),
  ];
};

const line = (when: string, rest: string): string => `complete -c flowfit -n ${quote(when)} ${rest}`;

const conditionOf = ({ path, commands }: CommandNode): string => {
  if (path.length === 0) return '__fish_use_subcommand';
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = commands.map((child) => child.path.at(-1));
  if (below.length > 0) seen.push(`not __fish_seen_subcommand_from ${below.join(' ')}`);
  return seen.join('; and ');
};

const optionWords = ({ flags, description, takesValue, choices }: OptionNode): string => {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ' -r -F';
  return `${names.join(' ')}${takesValue ? value : ''} -d ${quote(description)}`;
};

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
