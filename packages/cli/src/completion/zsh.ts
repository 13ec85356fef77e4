import { type CommandNode, flatten, type OptionNode } from './tree.ts';

/** One function for each command, made of \`_arguments\` and \`_describe\`. */
export const zshScript = (tree: CommandNode): string =>
  ['#compdef flowfit', ...flatten(tree).map(functionOf), 'compdef _flowfit flowfit 2>/dev/null'].join('\n');

const functionOf = (node: CommandNode): string => {
  const { commands, options, operands, takesPaths } = node;
  const specs = options.flatMap(optionSpecs);
  if (commands.length > 0) {
    return [
      `${nameOf(node)}() {`,
      '  local -a commands; local context state line',
      `  commands=(${commands.map((child) => quote(`${child.path.at(-1)}:${child.description}`)).join(' ')})`,
      `  _arguments -C ${specs.join(' ')} '1: :->command' '*:: :->rest'`,
      '  case $state in',
      "    command) _describe 'command' commands ;;",
      '    rest) case $words[1] in',
      ...commands.map((child) => `      ${child.path.at(-1)}) ${nameOf(child)} ;;`),
      '    esac ;;',
      '  esac',
      '}',
    ].join('\n');
  }
  if (operands.length > 0) specs.push(quote(`1: :(${operands.join(' ')})`));
  else if (takesPaths) specs.push(quote('*:path:_files'));
  return `${nameOf(node)}() {\n  _arguments ${specs.join(' ')}\n}`;
};

const nameOf = ({ path }: CommandNode): string => ['_flowfit', ...path].join('_').replaceAll('-', '_');

const optionSpecs = ({ flags, description, takesValue, choices }: OptionNode): string[] =>
  flags.map((flag) => {
    const text = description.replace(/[[\]:]/g, '\\$&');
    const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files';
    return quote(`${flag}[${text}]${takesValue ? value : ''}`);
  });

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
