/**
 * A test server cannot be had here. On a developer's machine the tests that need it are skipped, visibly and with the
 * remedy; in CI the same is a failure, so that no test is silently lost.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super(`${what} Remedy: ${remedy}`, options);
  }
}

/** The value of `start`, or null after saying why the tests that need it are skipped. @throws in CI */
export async function orSkip<T>(
  start: () => Promise<T>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<T | null> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof UnavailableError) || environment['CI']) throw error;
    process.stderr.write(`SKIPPED: ${error.message}\n`);
    return null;
  }
}
