/** Completion of a filter while it is typed, for the web app's filter box and the shell. */
import { type Expected, FilterSyntaxError } from './error.ts';
import { FILTER_FIELDS, type FilterField } from './fields.ts';
import { operatorsOf, tryParse } from './parse.ts';
import { isWord } from './tokens.ts';
import { formatText } from './value.ts';

export interface Completion {
  readonly text: string;
  readonly kind: 'field' | 'operator' | 'value' | 'word';
  /** One line on what it is. */
  readonly description?: string;
}

export interface Completions {
  /** What an item replaces: offsets into the text, `to` behind the last character. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
  /** The field of which a value is expected here; its items are those of closed sets alone. */
  readonly valueOf: FilterField | null;
}

/**
 * Algorithm: cut off the word before the cursor and parse what is left. Where that text cannot end, the parser says
 * what it expected; where it can, `and` or `or` go on. The items are what was expected, narrowed by the word.
 */
export const completeFilter = (text: string, cursor: number = text.length): Completions => {
  const from = beginOfWord(text, cursor);
  const wanted = text.slice(from, cursor).toLowerCase();
  const expected = expectedAfter(text.slice(0, from));
  const items = expected.flatMap(itemsOf).filter((item) => item.text.toLowerCase().startsWith(wanted));
  const value = expected.find(({ what }) => what === 'value');
  return { from, to: cursor, items, valueOf: value?.what === 'value' ? value.field : null };
};

/** Backwards from the cursor: a regular expression would try from every character of the text. */
const beginOfWord = (text: string, cursor: number): number => {
  let from = Math.min(cursor, text.length);
  while (from > 0 && isWord(text.charAt(from - 1))) from -= 1;
  return from;
};

const expectedAfter = (before: string): readonly Expected[] => {
  if (before.trim() === '') return [{ what: 'filter' }];
  const result = tryParse(before);
  if (!(result instanceof FilterSyntaxError)) return [{ what: 'word', words: ['and', 'or'] }];
  // An error before the end is one to mend, not to go on from.
  const atEnd = result.from === before.length && result.expected !== undefined;
  return atEnd && result.expected ? [result.expected] : [];
};

const itemsOf = (expected: Expected): readonly Completion[] => {
  switch (expected.what) {
    case 'filter':
      return [...FILTER_FIELDS.map(toFieldItem), { text: 'not', kind: 'word' }, { text: '(', kind: 'word' }];
    case 'operator':
      return operatorsOf(expected.field).map((text) => ({ text, kind: 'operator' }));
    case 'value':
      return valuesOf(expected.field).map((text) => ({ text: formatText(text), kind: 'value' }));
    case 'word':
      return expected.words.map((text) => ({ text, kind: 'word' }));
  }
};

const toFieldItem = ({ name, description }: FilterField): Completion => ({ text: name, kind: 'field', description });

/** Of closed sets, and the protocols that matter. */
const valuesOf = (field: FilterField): readonly string[] =>
  field.name === 'protocol' ? ['tcp', 'udp', 'icmp', 'icmpv6'] : (field.values ?? []);
