/** What writing an account needs of the machine. */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** A file that is being written. Writes resolve when it is time for the next one. */
export interface OpenFile {
  write(text: string): Promise<void> | void;
  close(): Promise<void>;
}

export interface WriteEffects {
  /** Opens a file for writing, with the directories above it; compresses where asked to. */
  openFile(path: string, compression: 'gzip' | 'none'): Promise<OpenFile>;
  writeFile(path: string, text: string): Promise<void>;
}

/** Files of this machine. Gzip at level 1: simulated logs are read once, and level 6 would take most of the time. */
export const fileEffects: WriteEffects = {
  async openFile(path, compression) {
    await mkdir(dirname(path), { recursive: true });
    const file = createWriteStream(path);
    const gzip = compression === 'gzip' ? createGzip({ level: 1, chunkSize: 1 << 18 }) : null;
    const target = gzip ?? file;
    const done = gzip === null ? finished(file) : pipeline(gzip, file);
    // Reported by the write that fails, or by `close`.
    done.catch(() => undefined);
    let pending = Promise.resolve();
    return {
      // One write is under way while the next text is made.
      write(text) {
        const previous = pending;
        pending = new Promise((resolve, reject) => {
          target.write(text, 'latin1', (error) => (error ? reject(error) : resolve()));
        });
        pending.catch(() => undefined);
        return previous;
      },
      async close() {
        await pending;
        target.end();
        await done;
      },
    };
  },
  async writeFile(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
};
