const UPPER = /[A-Z]/g;

/** Lower case of the ASCII letters alone: every engine can do the same, which no two do for all of Unicode. */
export const lowerAscii = (text: string): string => text.replace(UPPER, (letter) => letter.toLowerCase());
