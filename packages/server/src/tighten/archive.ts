/** One download: a file as it is, several as a ZIP archive. The same files make the same bytes. */
import { basename } from 'node:path';
import { zipSync } from 'fflate';

export interface NamedBytes {
  /** Relative path with forward slashes. */
  readonly name: string;
  readonly content: Buffer;
}

export interface Download extends NamedBytes {
  readonly type: string;
}

/** The first time that ZIP knows. */
const EPOCH = '1980-01-02T00:00:00Z';

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  sh: 'text/x-shellscript; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/** @param name of the archive, without ending */
export const toDownload = (name: string, files: readonly NamedBytes[]): Download => {
  const [only, another] = files;
  if (only !== undefined && another === undefined) {
    const type = TYPES[only.name.split('.').at(-1) ?? ''] ?? 'text/plain; charset=utf-8';
    return { name: basename(only.name), content: only.content, type };
  }
  const entries = Object.fromEntries(files.map((file) => [file.name, file.content]));
  return { name: `${name}.zip`, content: Buffer.from(zipSync(entries, { mtime: EPOCH })), type: 'application/zip' };
};
