import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the files below `directory` whose name passes, sorted, with forward slashes. */
export const filesBelow = (directory, passes) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && passes(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).replaceAll('\\', '/'))
    .sort();
