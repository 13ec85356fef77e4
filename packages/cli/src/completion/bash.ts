import { type CommandNode, flatten } from './tree.ts';

/**
 * Walks the words before the cursor down the tree, then offers what the command reached knows. Works with the bash 3.2
 * of macOS: no associative arrays, no bash-completion package.
 */
export const bashScript = (tree: CommandNode): string => `# bash completion for flowfit
_flowfit() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${flatten(tree)
  .filter(({ path }) => path.length > 0)
  .map(({ path }) => `      ${quote(pathBefore(path))}) path=${quote(` ${path.join(' ')}`)} ;;`)
  .join('\n')}
    esac
  done
  local words="" files=""
  case "$path" in
${flatten(tree).map(casesOf).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ -n "$files" && "$word" != -* ]]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}
complete -o filenames -o bashdefault -F _flowfit flowfit`;

/** What \`"$path \${word}"\` is when the last word of the path has been typed. */
const pathBefore = (path: readonly string[]): string => ` ${path.join(' ')}`;

const casesOf = (node: CommandNode): string => {
  const { path, commands, options, operands, takesPaths } = node;
  const words = [...commands.map((child) => child.path.at(-1)), ...operands, ...options.flatMap(({ flags }) => flags)];
  const valued = options.filter(({ takesValue }) => takesValue);
  const values = valued.map(({ flags, choices }) => {
    const offer = choices.length > 0 ? `words=${quote(choices.join(' '))}` : 'files=1';
    return `        ${flags.map(quote).join('|')}) ${offer} ;;`;
  });
  const otherwise = `words=${quote(words.join(' '))}${takesPaths ? ' files=1' : ''}`;
  return [
    `    ${quote(path.length === 0 ? '' : pathBefore(path))})`,
    '      case "$previous" in',
    ...values,
    `        *) ${otherwise} ;;`,
    '      esac ;;',
  ].join('\n');
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
