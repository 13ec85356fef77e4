/** Finding a Java runtime that is new enough, wherever it is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders that hold one installed runtime per entry, with the path from an entry to its home. */
const INSTALL_FOLDERS: readonly { folder: string; home: string }[] = [
  { folder: '/usr/lib/jvm', home: '' },
  { folder: '/Library/Java/JavaVirtualMachines', home: 'Contents/Home' },
  { folder: join(homedir(), '.sdkman/candidates/java'), home: '' },
];

/** Path of a `java` of at least version `minimum`, or null. The runtime of `JAVA_HOME` wins, then `PATH`. */
export function findJava(minimum: number, environment: NodeJS.ProcessEnv = process.env): string | null {
  const home = environment['JAVA_HOME'];
  if (home && (versionOfHome(home) ?? 0) >= minimum) return join(home, 'bin/java');
  if ((versionOnPath() ?? 0) >= minimum) return 'java';
  const best = installedHomes()
    .map((path) => ({ path, version: versionOfHome(path) ?? 0 }))
    .filter(({ version }) => version >= minimum)
    .sort((a, b) => b.version - a.version)[0];
  return best ? join(best.path, 'bin/java') : null;
}

function installedHomes(): string[] {
  return INSTALL_FOLDERS.filter(({ folder }) => existsSync(folder)).flatMap(({ folder, home }) =>
    readdirSync(folder).map((entry) => join(folder, entry, home)),
  );
}

/** Every JDK since 9 has a file `release` that names its version: cheaper than starting it. */
function versionOfHome(home: string): number | null {
  const file = join(home, 'release');
  return existsSync(file) ? majorVersion(readFileSync(file, 'utf8')) : null;
}

function versionOnPath(): number | null {
  // Settings and version go to stderr; without a `java` on the path there is no output at all.
  const { stderr } = spawnSync('java', ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  return majorVersion(stderr ?? '');
}

const majorVersion = (text: string): number | null => {
  const match = /JAVA_VERSION="(\d+)/.exec(text) ?? /java\.version = (\d+)/.exec(text);
  return match ? Number(match[1]) : null;
};
