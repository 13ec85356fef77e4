/**
 * Errors as people see them: `error[code]: message`, what to do about it on the next line, no stack. Every error that
 * carries a code in kebab case (those of the lake, of formats, of the filter language and our own) is meant for people;
 * anything else is a fault of the program and says so.
 */
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import type { Colors } from 'picocolors/types';
import { escapeControls } from './output/control-characters.ts';

/** What the process ends with. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but the thing asked about is not as it should be. */
  notAsItShouldBe: 3,
  /** By Ctrl-C: 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

export class CliError extends FlowfitError {
  override readonly name = 'CliError';
  /** One or more lines below the message. */
  readonly remedy: string | null;
  readonly exitCode: number;

  constructor(code: string, message: string, more: { readonly remedy?: string; readonly exitCode?: number } = {}) {
    super(code, message);
    this.remedy = more.remedy ?? null;
    this.exitCode = more.exitCode ?? EXIT.failed;
  }
}

/** The command was called in a way that cannot be meant. */
export const usageError = (code: string, message: string, remedy?: string): CliError =>
  new CliError(code, message, { exitCode: EXIT.usage, ...(remedy === undefined ? {} : { remedy }) });

/** Codes of these errors of other parts come from what the person typed. */
const USAGE_CODES: ReadonlySet<string> = new Set(['format-empty', 'format-bad-name', 'format-duplicate-field']);

export const exitCodeOf = (error: unknown): number => {
  if (error instanceof CliError) return error.exitCode;
  return USAGE_CODES.has(codeOf(error) ?? '') ? EXIT.usage : EXIT.failed;
};

/** Text for stderr, with a line end. `debug` adds the stack. */
export const formatError = (error: unknown, colours: Colors, debug: boolean): string => {
  const code = codeOf(error);
  const lines = [`${colours.red(colours.bold(`error[${code ?? 'internal'}]:`))} ${escapeControls(messageOf(error))}`];
  const remedy = error instanceof CliError ? error.remedy : null;
  if (remedy !== null)
    lines.push(
      ...escapeControls(remedy)
        .split('\n')
        .map((line) => `  ${line}`),
    );
  if (code === null && !debug) {
    lines.push('  This is a fault of Flowfit. Set FLOWFIT_DEBUG=1 to see where it happened, and report it with that.');
  }
  if (debug && error instanceof Error && error.stack !== undefined)
    lines.push(colours.dim(escapeControls(error.stack)));
  return `${lines.join('\n')}\n`;
};

/** The stable code of an error meant for people; null for everything else, system errors such as ENOENT included. */
const codeOf = (error: unknown): string | null => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(error.code) ? error.code : null;
};
