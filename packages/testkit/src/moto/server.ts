/** moto: EC2, S3, CloudWatch Logs and Firehose on loopback, behind the real SDK calls. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installPythonTools } from './python-tools.ts';

export interface MotoServer {
  /** For `AWS_ENDPOINT_URL`, or the `endpoint` of a client. */
  readonly url: string;
  /** What a client needs to talk to it; any credentials do. */
  readonly clientConfiguration: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The same for a process of its own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

const REGION = 'eu-west-1';

/** Starts an empty account. @throws UnavailableError */
export async function startMoto(): Promise<MotoServer> {
  const program = join(installPythonTools(), 'moto_server');
  // Port 0 = one that is free; the server names it in its first lines.
  const child = spawn(program, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const cleanUp = () => child.kill('SIGKILL');
  process.once('exit', cleanUp);
  child.once('exit', () => process.off('exit', cleanUp));
  const url = await addressOf(child);
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  return {
    url,
    clientConfiguration: { endpoint: url, region: REGION, credentials },
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      const [, url] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`moto ended with ${code}`)));
    child.once('error', reject);
  });
}
