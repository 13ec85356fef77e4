/**
 * An error that a person can act on: the message names the place and the remedy, the code is stable, so that programs
 * and docs may rely on it. Everything else that is thrown is a defect.
 */
export class FlowfitError extends Error {
  override readonly name: string = 'FlowfitError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
