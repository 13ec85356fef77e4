/** Every command, in the order in which help shows them. A new one is a file in `commands/` and a line here. */
import { completionCommand } from './commands/completion.ts';
import { generateCommand } from './commands/generate.ts';
import type { Registration } from './shell.ts';

export const COMMANDS: readonly Registration[] = [generateCommand, completionCommand];
