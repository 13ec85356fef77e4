/** Where test servers are kept between runs: outside the checkout, so that `npm ci` does not throw them away. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/flowfit`, else `~/.cache/flowfit`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'flowfit');
}
