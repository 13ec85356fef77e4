/** Where JSON texts end that were written one after the other, as Firehose does when nobody adds line ends. */

/**
 * Splits text into its top-level JSON values, by counting brackets outside strings. Each piece still has to be parsed:
 * what stands between values, or after the last complete one, becomes a piece of its own and will not parse.
 *
 * @example splitJsonTexts('{"a":1}{"b":"}{"}') // ['{"a":1}', '{"b":"}{"}']
 */
export const splitJsonTexts = (text: string): string[] => {
  const pieces: string[] = [];
  let begin = 0;
  let depth = 0;
  for (let position = 0; position < text.length; position++) {
    switch (text[position]) {
      case '"':
        position = endOfString(text, position);
        break;
      case '{':
      case '[':
        if (depth === 0) begin = take(pieces, text, begin, position);
        depth++;
        break;
      case '}':
      case ']':
        if (depth > 0) depth--;
        if (depth === 0) begin = take(pieces, text, begin, position + 1);
        break;
    }
  }
  take(pieces, text, begin, text.length);
  return pieces;
};

/** Adds `text[from, to)` unless it is blank; where the next piece begins. */
const take = (pieces: string[], text: string, from: number, to: number): number => {
  const piece = text.slice(from, to).trim();
  if (piece !== '') pieces.push(piece);
  return to;
};

/** Position of the quote that ends the string beginning at `from`, or of the end of the text. */
const endOfString = (text: string, from: number): number => {
  let position = from + 1;
  while (position < text.length && text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return position;
};
