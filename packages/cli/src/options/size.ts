/** Amounts of bytes as people write them. */
import { usageError } from '../errors.ts';

const UNITS = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** `20GB`, `1.5 GiB`, `500M` -> bytes. `name` says where the text comes from. @throws CliError `size-unreadable` */
export const readSize = (text: string, name: string): number => {
  const match = /^(\d+(?:\.\d+)?) ?([kMGT]?|[KMGT]i)B?$/.exec(text);
  if (match !== null) return Math.floor(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
  throw usageError('size-unreadable', `${name} is "${text}", which is no size.`, 'Write it like 20GB or 500MB.');
};
