/** Which processes can be seen from here, and whether they have ended. */
import { readFileSync, readlinkSync } from 'node:fs';

/** Whether no process has the number, among those that this one sees. */
export const hasEnded = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

/** Of the running operating system; null where it has none. */
export const bootId = (): string | null => orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

/** Of the container; null where there are none. */
export const pidNamespace = (): string | null => orNull(() => readlinkSync('/proc/self/ns/pid'));

/** What is read of the operating system, where it can be told. */
export const orNull = (read: () => string | undefined): string | null => {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
};
