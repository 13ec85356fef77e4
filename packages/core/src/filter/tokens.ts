/** Splits the text of a filter into words, quoted strings, operators and punctuation. */
import { FilterSyntaxError } from './error.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'operator' | '(' | ')' | ',' | 'end';
  /** Of a string: without quotes, doubled quotes made single. */
  readonly text: string;
  /** Offsets of the first character and behind the last one. */
  readonly from: number;
  readonly to: number;
}

const OPERATORS = ['=', '==', '!=', '<>', '<', '<=', '>', '>=', '~', '!~'];

/** In order: blanks, word, string in either quotes, operator or punctuation. Sticky: each begins where the last ended. */
const TOKEN = /\s+|([^\s(),=!<>~'"&|]+)|('(?:[^']|'')*'|"(?:[^"]|"")*")|(==|!=|!~|<>|<=|>=|[=<>~(),])/y;

/** What people type who come from other languages. */
const FOREIGN = new Map([
  ['&', 'and'],
  ['|', 'or'],
  ['!', 'not'],
]);

/** @throws FilterSyntaxError at a character that begins nothing, or at a quote that is never closed */
export const splitTokens = (text: string): Token[] => {
  const tokens: Token[] = [];
  let from = 0;
  while (from < text.length) {
    TOKEN.lastIndex = from;
    const match = TOKEN.exec(text);
    if (match === null) throw unreadable(text, from);
    const [whole, word, string, symbol] = match;
    const to = from + whole.length;
    if (word !== undefined) tokens.push({ kind: 'word', text: word, from, to });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unquote(string), from, to });
    else if (symbol !== undefined) tokens.push({ kind: kindOf(symbol), text: symbol, from, to });
    from = to;
  }
  tokens.push({ kind: 'end', text: '', from, to: from });
  return tokens;
};

/** Whether a value can stand without quotes. */
export const isWord = (text: string): boolean => /^[^\s(),=!<>~'"&|]+$/.test(text);

const kindOf = (symbol: string): Token['kind'] =>
  OPERATORS.includes(symbol) ? 'operator' : (symbol as '(' | ')' | ',');

const unquote = (string: string): string => {
  const quote = string.charAt(0);
  return string.slice(1, -1).replaceAll(quote + quote, quote);
};

const unreadable = (text: string, from: number): FilterSyntaxError => {
  const character = text.charAt(from);
  if (character === "'" || character === '"') {
    return new FilterSyntaxError({ from, to: text.length }, `the quote ${character} is never closed`);
  }
  const run = /^(&&?|\|\|?|!)/.exec(text.slice(from))?.[0] ?? character;
  return new FilterSyntaxError({ from, to: from + run.length }, `"${run}" is not understood here`, {
    suggestion: FOREIGN.get(character),
  });
};
