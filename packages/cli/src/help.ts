/** Examples below the help of a command: `[what to type, what it is for]`. */
export const examples = (...lines: readonly (readonly [command: string, purpose: string])[]): string =>
  ['', 'Examples:', ...lines.flatMap(([command, purpose]) => [`  # ${purpose}`, `  $ ${command}`])].join('\n');
