/** Whether an error is no object's fault: a full disk. */
export const isOutOfSpace = (error: unknown): boolean =>
  error instanceof Error && /no space left|ENOSPC/i.test(error.message);
