/**
 * File names are bytes: they may hold line feeds and backslashes, which patterns do not match or take for something
 * else, and bytes that are no text at all. While files are looked for, characters that nobody uses stand for such bytes.
 */

/** Of the private use area, the one that stands for the byte 0; the next 255 stand for the others. */
const FIRST = 0xf700;

/** Control characters, the backslash, and what could be mistaken for a stand-in. */
const ODD = /[\x00-\x1f\x7f\\\uf700-\uf7ff]/;

const STAND_IN = /[\uf700-\uf7ff]/;

/** A name as text in which no character is odd. */
export const nameOf = (bytes: Buffer): string => {
  const text = bytes.toString();
  if (!ODD.test(text) && Buffer.from(text).equals(bytes)) return text;
  const characters = [...bytes].map((byte) => {
    const character = String.fromCharCode(byte);
    return byte >= 0x80 || ODD.test(character) ? String.fromCharCode(FIRST + byte) : character;
  });
  return characters.join('');
};

/** The bytes of a path made of such names. */
export const bytesOf = (path: string): Buffer => {
  const parts = [...path].map((character) =>
    STAND_IN.test(character) ? Buffer.of(character.charCodeAt(0) - FIRST) : Buffer.from(character),
  );
  return Buffer.concat(parts);
};

export const isOdd = (path: string): boolean => STAND_IN.test(path);

/** A path as people know it: bytes that are no text are written as `\xff`. */
export const displayOf = (path: string): string => {
  const bytes = bytesOf(path);
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  return path.replaceAll(new RegExp(STAND_IN, 'g'), (character) => {
    const byte = character.charCodeAt(0) - FIRST;
    return byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
  });
};
