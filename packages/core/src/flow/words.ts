/**
 * Bytes four at a time, as integers of 32 bits with the first byte lowest.
 *
 * Tests of all four at once mark bytes by their highest bit. What is behind the first mark may be marked wrongly, since
 * subtraction and addition carry over; the first is always right.
 */

/** Marks bytes up to the blank: separators, and control characters, which are none. */
export const separatorsIn = (word: number): number => (word - 0x21212121) & ~word & 0x80808080;

/** Marks bytes that are no digit, of a word from which `0x30303030` was taken by exclusive or. */
export const othersIn = (digits: number): number => ((digits + 0x76767676) | digits) & 0x80808080;

/** Place of the first byte that is marked, from 0. */
export const firstMarked = (marks: number): number => (31 - Math.clz32(marks & -marks)) >> 3;

/** The number that four digits are, as `othersIn` has them. */
export const numberOf = (digits: number): number => {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (Math.imul(pairs, 100) + (pairs >>> 16)) & 0xffff;
};
