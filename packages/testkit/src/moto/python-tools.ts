/** Test tools from PyPI, in a virtual environment of our own that is made on first use. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../opensearch-server/cache-folder.ts';
import { UnavailableError } from '../opensearch-server/unavailable.ts';

/** What is installed, pinned; the folder carries a version that changes with this list. */
const REQUIREMENTS = ['moto[server,ec2,s3,firehose,logs]==5.2.5', 'cfn-lint==1.58.0', 'awscli==1.46.3'];
const FOLDER = 'python-moto-5.2.5-cfn-lint-1.58.0-awscli-1.46.3';
const REMEDY = 'install Python 3.9 or newer with venv and pip, and let it reach PyPI once.';

/** Folder of the tools' programs, such as `moto_server`, `cfn-lint` and `aws`. @throws UnavailableError */
export function installPythonTools(cache = cacheFolder()): string {
  const folder = join(cache, FOLDER);
  const done = join(folder, '.complete');
  const programs = join(folder, 'bin');
  if (existsSync(done)) return programs;
  mkdirSync(cache, { recursive: true });
  // A virtual environment cannot be moved: it is made in its place, and whoever comes second waits by failing to lock.
  const lock = `${folder}.lock`;
  acquire(lock, done);
  try {
    if (existsSync(done)) return programs;
    rmSync(folder, { recursive: true, force: true });
    process.stderr.write(`installing moto, cfn-lint and the AWS CLI from PyPI into ${folder}\n`);
    run('python3', ['-m', 'venv', folder]);
    run(join(programs, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...REQUIREMENTS]);
    writeFileSync(`${done}.part`, '');
    renameSync(`${done}.part`, done);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
  return programs;
}

function run(program: string, options: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, options, { encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  throw new UnavailableError(`The Python test tools cannot be installed: ${program}: ${reason}.`, REMEDY);
}

/** Installing takes half a minute; after five the other process is taken for dead. */
function acquire(lock: string, done: string): void {
  for (let second = 0; second < 300; second += 1) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      if (existsSync(done)) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    }
  }
}
