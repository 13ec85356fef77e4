/** One OpenSearch process of our own, on loopback, that can be killed and started again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OpenSearchServer } from './server.ts';
import { UnavailableError } from './unavailable.ts';

/** The runner takes the port above the base, or the next free one, and refuses ports from 9300 on. */
const FIRST_BASE_PORT = 9200;
const BASE_PORTS = 80;
const ATTEMPTS = 3;

/** Starts the server of `jars` with `java`; resolves when it answers. */
export async function startLocalOpenSearch(java: string, jars: string): Promise<OpenSearchServer> {
  const data = mkdtempSync(join(tmpdir(), 'flowfit-opensearch-'));
  const first = await launchSomewhere(java, jars, data);
  let { child } = first;
  const { port } = first;

  const kill = async () => exited(child, 'SIGKILL');
  return {
    url: `http://127.0.0.1:${port}`,
    kill,
    start: async () => {
      child = launch(java, jars, data, port - 1);
      const again = await portOf(child);
      if (again !== port) throw new Error(`OpenSearch came back on port ${again} instead of ${port}`);
    },
    stop: async () => {
      await exited(child, 'SIGTERM');
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Two servers that start at the same moment may find the same port free: then one of them ends, and tries another. */
async function launchSomewhere(java: string, jars: string, data: string) {
  for (let attempt = 1; ; attempt += 1) {
    const child = launch(java, jars, data, FIRST_BASE_PORT + ((process.pid * 7 + attempt * 13) % BASE_PORTS));
    try {
      return { child, port: await portOf(child) };
    } catch (error) {
      if (attempt === ATTEMPTS || error instanceof UnavailableError) throw error;
    }
  }
}

function launch(java: string, jars: string, data: string, basePort: number): ChildProcess {
  const options = [
    '-basePath',
    data,
    '-numOfNode',
    '1',
    '-clusterName',
    'flowfit-test',
    '-baseHttpPort',
    `${basePort}`,
  ];
  const child = spawn(
    java,
    [
      '-Xms1g',
      '-Xmx1g',
      '--enable-native-access=ALL-UNNAMED',
      '-cp',
      join(jars, '*'),
      'org.codelibs.opensearch.runner.OpenSearchRunner',
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // A test run that dies must not leave a server behind.
  const cleanUp = () => child.kill('SIGKILL');
  process.once('exit', cleanUp);
  child.once('exit', () => process.off('exit', cleanUp));
  return child;
}

/** The port stands in the log line of the HTTP transport, followed by `started`. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let port = 0;
    const tail: string[] = [];
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      const found = /HttpServerTransport.*publish_address \{[^}]*:(\d+)\}/.exec(line);
      if (found) port = Number(found[1]);
      if (port && line.endsWith('started')) resolve(port);
    });
    child.once('error', (error) => reject(new UnavailableError('OpenSearch did not start.', error.message)));
    child.once('exit', (code) => reject(new Error(`OpenSearch ended with ${code}:\n${tail.join('\n')}`)));
  });
}

function exited(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
