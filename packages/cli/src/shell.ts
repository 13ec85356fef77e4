/** What every command is given: where to write, in which colours, and the options that all commands share. */
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types';
import type { Effects, Output } from './effects.ts';
import { EXIT } from './errors.ts';
import { readSize } from './options/size.ts';
import { escapeAllButStyles, escapeControls } from './output/control-characters.ts';

/** Adds one command to the program. */
export type Registration = (program: Command, shell: Shell) => void;

/** Options of the program, understood before and after the name of the command. */
export interface GlobalOptions {
  readonly temp?: string;
  readonly tempLimit?: string;
  readonly lake?: string;
  readonly json?: boolean;
}

export class Shell {
  readonly effects: Effects;
  /** What was typed after the name of the program. */
  readonly words: readonly string[];
  /** Colours for stdout, and for stderr: plain functions where none are wanted. */
  readonly colours: Colors;
  readonly errorColours: Colors;
  /** A command that is done, but not happy, sets this. */
  exitCode: number = EXIT.done;

  constructor(effects: Effects, words: readonly string[] = []) {
    this.effects = effects;
    this.words = words;
    this.colours = coloursFor(effects.stdout, effects);
    this.errorColours = coloursFor(effects.stderr, effects);
  }

  /** Columns that a table may take; without limit where stdout is no terminal. */
  get width(): number {
    const { isTTY, columns } = this.effects.stdout;
    return isTTY === true && columns !== undefined && columns > 0 ? columns : Number.POSITIVE_INFINITY;
  }

  /** Writes to stdout, ending the last line, and waits until the reader has room for more. */
  print(text: string): Promise<void> {
    return this.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** Writes to stdout as it is, but for control characters. */
  write(text: string): Promise<void> {
    return write(this.effects.stdout, this.#shown(text, this.colours));
  }

  /** The one document of `--json`. */
  printJson(document: unknown): Promise<void> {
    const isForEyes = this.effects.stdout.isTTY === true;
    return this.print(JSON.stringify(document, null, isForEyes ? 2 : undefined));
  }

  /** A remark on stderr: never part of what a program reads. */
  note(text: string): Promise<void> {
    return write(this.effects.stderr, `${this.#shown(text, this.errorColours)}\n`);
  }

  #shown(text: string, { isColorSupported }: Colors): string {
    return isColorSupported ? escapeAllButStyles(text) : escapeControls(text);
  }

  /** Directory of the lake: `--lake`, else $FLOWFIT_LAKE, else ./flowfit-lake. */
  lakeDir({ lake }: GlobalOptions): string {
    return this.path(lake ?? (this.effects.env.FLOWFIT_LAKE || 'flowfit-lake'));
  }

  /** Folder for what does not fit into memory: `--temp`, else $FLOWFIT_TEMP, else the system's. */
  spillTo({ temp }: GlobalOptions): string | undefined {
    const folder = temp ?? (this.effects.env.FLOWFIT_TEMP || undefined);
    return folder === undefined ? undefined : this.path(folder);
  }

  /** Bytes that may be there: `--temp-limit`, else $FLOWFIT_TEMP_LIMIT, else what the lake thinks fit. */
  spillLimit({ tempLimit }: GlobalOptions): number | undefined {
    const text = tempLimit ?? (this.effects.env.FLOWFIT_TEMP_LIMIT || undefined);
    return text === undefined
      ? undefined
      : readSize(text, tempLimit === undefined ? '$FLOWFIT_TEMP_LIMIT' : '--temp-limit');
  }

  path(text: string): string {
    return resolve(this.effects.cwd, text);
  }

  /** A path as people would type it here. */
  shownPath(path: string): string {
    const short = relative(this.effects.cwd, path);
    return short === '' || short.startsWith('..') ? path : short;
  }
}

export const write = (output: Output, text: string): Promise<void> =>
  new Promise((done, fail) => {
    output.write(text, (error) => (error ? fail(error) : done()));
  });

/** https://no-color.org, and FORCE_COLOR for pipes into pagers. */
const coloursFor = (output: Output, { env }: Effects): Colors => {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const wanted = forced || (output.isTTY === true && env.TERM !== 'dumb');
  return picocolors.createColors(wanted && !env.NO_COLOR);
};
