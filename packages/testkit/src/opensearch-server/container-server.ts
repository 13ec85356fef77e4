/** OpenSearch in a container: the official image with security off, bound to loopback. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPENSEARCH_VERSION } from './assemble.ts';
import type { OpenSearchServer } from './server.ts';

const ENGINES = ['docker', 'podman'] as const;
const IMAGE = `docker.io/opensearchproject/opensearch:${OPENSEARCH_VERSION}`;

/** The container engine that answers, or null. */
export function findContainerEngine(): string | null {
  return ENGINES.find((engine) => spawnSync(engine, ['info'], { stdio: 'ignore' }).status === 0) ?? null;
}

/** Starts a container; resolves when the server answers. */
export async function startContainerOpenSearch(engine: string): Promise<OpenSearchServer> {
  const environment = [
    'discovery.type=single-node',
    'DISABLE_SECURITY_PLUGIN=true',
    'OPENSEARCH_JAVA_OPTS=-Xms1g -Xmx1g',
  ];
  // A port that the engine chooses changes when the container is started again, so we choose.
  const port = await freePort();
  const id = run(engine, [
    'run',
    '-d',
    '-p',
    `127.0.0.1:${port}:9200`,
    ...environment.flatMap((variable) => ['-e', variable]),
    IMAGE,
  ]);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return {
    url,
    kill: async () => void run(engine, ['kill', id]),
    start: async () => {
      run(engine, ['start', id]);
      await answers(url);
    },
    stop: async () => void run(engine, ['rm', '-f', '-v', id]),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function run(engine: string, options: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(engine, options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${engine} ${options[0]}: ${stderr}`);
  return stdout.trim();
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(1_000);
  }
  throw new Error(`OpenSearch at ${url} did not answer within two minutes`);
}
