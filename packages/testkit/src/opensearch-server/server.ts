/** A real OpenSearch for tests, from the first place that has one. */
import { assembleOpenSearch, OPENSEARCH_REMEDY } from './assemble.ts';
import { findContainerEngine, startContainerOpenSearch } from './container-server.ts';
import { findJava } from './java.ts';
import { startLocalOpenSearch } from './local-server.ts';
import { UnavailableError } from './unavailable.ts';

export interface OpenSearchServer {
  /** Base address; credentials in it where the cluster wants some. */
  readonly url: string;
  /** Takes the server away as a power cut does; its data stays. Absent for a cluster that is not ours. */
  readonly kill?: () => Promise<void>;
  /** Brings it back on the same address and data. */
  readonly start?: () => Promise<void>;
  /** Ends it and removes its data; does nothing to a cluster that is not ours. */
  readonly stop: () => Promise<void>;
}

/** OpenSearch 3.8 does not start below this version. */
const MINIMUM_JAVA = 21;

/**
 * Starts a server, or takes the one that the user names.
 *
 * 1. `OPENSEARCH_URL` (with `OPENSEARCH_USERNAME` and `OPENSEARCH_PASSWORD`): tests there touch only their own indexes.
 * 2. A container engine that answers.
 * 3. Assembled from Maven Central.
 *
 * @throws UnavailableError with the remedy, when there is none.
 */
export async function startOpenSearch(environment: NodeJS.ProcessEnv = process.env): Promise<OpenSearchServer> {
  const named = environment['OPENSEARCH_URL'];
  if (named) return { url: withCredentials(named, environment), stop: async () => undefined };
  const engine = findContainerEngine();
  if (engine) return startContainerOpenSearch(engine);
  const java = findJava(MINIMUM_JAVA, environment);
  if (!java) throw new UnavailableError(`No Java of version ${MINIMUM_JAVA} or newer was found.`, OPENSEARCH_REMEDY);
  return startLocalOpenSearch(java, assembleOpenSearch());
}

function withCredentials(text: string, environment: NodeJS.ProcessEnv): string {
  const url = new URL(text);
  url.username ||= environment['OPENSEARCH_USERNAME'] ?? '';
  url.password ||= environment['OPENSEARCH_PASSWORD'] ?? '';
  return url.href.replace(/\/$/, '');
}
