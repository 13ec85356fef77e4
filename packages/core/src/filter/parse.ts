/**
 * The filter language, read by recursive descent:
 *
 *     filter := all ('or' all)*
 *     all    := one ('and' one)*
 *     one    := 'not' one | '(' filter ')' | test
 *     test   := field ['not'] 'in' set  |  field ('=' | '!=') value  |  field ('<' | '<=' | '>' | '>=') value
 *             | field ('~' | '!~' | ['not'] 'contains') text  |  field 'is' ['not'] 'null'
 *     set    := '(' value (',' value)* ')' | value
 *
 * Words of the grammar are read in any case. A value is a word or a quoted string; `value.ts` says which texts a
 * field takes.
 */
import { type Expected, type FilterError, FilterSyntaxError } from './error.ts';
import { type FilterField, filterField, suggestField } from './fields.ts';
import { splitTokens, type Token } from './tokens.ts';
import { allOf, anyOf, EVERYTHING, type Filter, negate, type Order, type Value } from './tree.ts';
import { KEYWORDS, parseNumber, parseValue } from './value.ts';

export type ParsedFilter =
  | { readonly ok: true; readonly tree: Filter }
  | { readonly ok: false; readonly error: FilterError };

/**
 * Reads a filter; an empty text holds for everything.
 *
 * @example parseFilter('srcaddr in 10.0.0.0/8 and dstport in (443, 8443) and not action = REJECT')
 */
export const parseFilter = (text: string): ParsedFilter => {
  const result = tryParse(text);
  return result instanceof FilterSyntaxError
    ? { ok: false, error: result.toFilterError() }
    : { ok: true, tree: result };
};

/** The tree, or the error with what was expected: what the completion works from. */
export const tryParse = (text: string): Filter | FilterSyntaxError => {
  try {
    return new Parser(splitTokens(text)).parse();
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error;
    throw error;
  }
};

/** Deeper nesting is no filter that a person wrote; the limit keeps the recursion from running out of stack. */
const MAX_DEPTH = 100;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Filter {
    if (this.#peek().kind === 'end') return EVERYTHING;
    const filter = this.#any();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw this.#unexpected(rest, { what: 'word', words: ['and', 'or'] });
    return filter;
  }

  #any(): Filter {
    const filters = [this.#all()];
    while (this.#takeWord('or')) filters.push(this.#all());
    return anyOf(filters);
  }

  #all(): Filter {
    const filters = [this.#one()];
    while (this.#takeWord('and')) filters.push(this.#one());
    return allOf(filters);
  }

  #one(): Filter {
    if (this.#takeWord('not')) return this.#nested(() => negate(this.#one()));
    const open = this.#peek();
    if (open.kind !== '(') return this.#test();
    this.#at += 1;
    return this.#nested(() => {
      const filter = this.#any();
      const close = this.#take();
      if (close.kind !== ')') throw this.#unexpected(close, { what: 'word', words: ['and', 'or', ')'] });
      return filter;
    });
  }

  #nested(read: () => Filter): Filter {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new FilterSyntaxError(this.#peek(), `the filter is nested more than ${MAX_DEPTH} levels deep`);
    }
    const filter = read();
    this.#depth -= 1;
    return filter;
  }

  #test(): Filter {
    const field = this.#field();
    if (this.#takeWord('is')) return this.#isNull(field);
    const negated = this.#takeWord('not');
    const test = this.#positiveTest(field, negated);
    return negated ? negate(test) : test;
  }

  #field(): FilterField {
    const token = this.#take();
    if (token.kind !== 'word' || KEYWORDS.has(token.text.toLowerCase())) {
      throw this.#unexpected(token, { what: 'filter' });
    }
    const field = filterField(token.text);
    if (field !== undefined) return field;
    throw new FilterSyntaxError(token, `there is no field "${token.text}"`, {
      suggestion: suggestField(token.text),
      expected: { what: 'filter' },
    });
  }

  #isNull(field: FilterField): Filter {
    const negated = this.#takeWord('not');
    const words = negated ? ['null'] : ['null', 'not'];
    if (!this.#takeWord('null')) throw this.#unexpected(this.#peek(), { what: 'word', words });
    const test: Filter = { kind: 'null', field: field.name };
    return negated ? negate(test) : test;
  }

  /** `afterNot`: only the operators that are words may follow. */
  #positiveTest(field: FilterField, afterNot: boolean): Filter {
    const token = this.#take();
    const operator = token.kind === 'word' || token.kind === 'operator' ? token.text.toLowerCase() : '';
    const isWord = operator === 'in' || operator === 'contains';
    if (afterNot && !isWord) throw this.#unexpected(token, { what: 'word', words: wordOperatorsOf(field) });
    if (token.kind === 'word' && !isWord) throw this.#unexpected(token, { what: 'operator', field });
    if (field.kind === 'location' && operator !== '') {
      throw new FilterSyntaxError(token, `${field.name} can only be tested with "is null" and "is not null"`);
    }
    switch (operator) {
      case '=':
      case '==':
        return this.#in(field, [this.#value(field)]);
      case '!=':
      case '<>':
        return negate(this.#in(field, [this.#value(field)]));
      case 'in':
        return this.#in(field, this.#set(field));
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compare(field, token, operator);
      case '~':
      case 'contains':
        return this.#contains(field, token);
      case '!~':
        return negate(this.#contains(field, token));
      default:
        throw this.#unexpected(token, { what: 'operator', field });
    }
  }

  #in(field: FilterField, values: readonly Value[]): Filter {
    return { kind: 'in', field: field.name, values };
  }

  #compare(field: FilterField, operator: Token, order: Order): Filter {
    if (field.kind === 'number' || field.kind === 'time') {
      return {
        kind: 'compare',
        field: field.name,
        operator: order,
        number: parseNumber(field, this.#valueToken(field)),
      };
    }
    throw new FilterSyntaxError(
      operator,
      `${field.name} has no order; only numbers and times can be compared with ${order}`,
    );
  }

  #contains(field: FilterField, operator: Token): Filter {
    if (field.kind === 'text' || field.kind === 'list') {
      return { kind: 'contains', field: field.name, text: this.#valueToken(field).text };
    }
    const instead = field.kind === 'address' ? 'use a CIDR: in 10.0.0.0/8' : 'use =, < or a range: in 1024-65535';
    throw new FilterSyntaxError(operator, `${field.name} is no text; ${instead}`);
  }

  #set(field: FilterField): readonly Value[] {
    if (this.#peek().kind !== '(') return [this.#value(field)];
    this.#at += 1;
    const values = [this.#value(field)];
    for (let next = this.#take(); next.kind !== ')'; next = this.#take()) {
      if (next.kind !== ',') throw this.#unexpected(next, { what: 'word', words: [',', ')'] });
      values.push(this.#value(field));
    }
    return values;
  }

  #value(field: FilterField): Value {
    return parseValue(field, this.#valueToken(field));
  }

  #valueToken(field: FilterField): Token {
    const token = this.#take();
    const keyword = token.kind === 'word' && KEYWORDS.has(token.text.toLowerCase());
    if ((token.kind === 'word' || token.kind === 'string') && !keyword) return token;
    if (token.text.toLowerCase() === 'null') {
      throw new FilterSyntaxError(token, 'null equals nothing; write "is null" or "is not null"');
    }
    throw this.#unexpected(token, { what: 'value', field });
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  /** The end is never passed: whoever takes it fails on it. */
  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #unexpected(token: Token, expected: Expected): FilterSyntaxError {
    const found = token.kind === 'end' ? 'the filter ends' : `"${token.text}" stands`;
    const previous = this.#tokens[this.#tokens.indexOf(token) - 1];
    const goesOn = expected.what === 'word' && expected.words.includes('and');
    const hint = goesOn && token.kind === 'word' && previous?.kind === 'word';
    return new FilterSyntaxError(
      token,
      `${found} where ${describe(expected)} is expected${hint ? '; quote a value that has blanks' : ''}`,
      { expected },
    );
  }
}

const describe = (expected: Expected): string => {
  switch (expected.what) {
    case 'filter':
      return 'the name of a field, "not" or "("';
    case 'operator':
      return `a test of ${expected.field.name} (${operatorsOf(expected.field).join(' ')})`;
    case 'value':
      return `a value of ${expected.field.name}`;
    case 'word':
      return expected.words.map((word) => `"${word}"`).join(' or ');
  }
};

/** The operators that may follow `not`. */
const wordOperatorsOf = ({ kind }: FilterField): readonly string[] =>
  kind === 'text' || kind === 'list' ? ['in', 'contains'] : ['in'];

/** The operators that a field takes, as they are written. */
export const operatorsOf = ({ kind }: FilterField): readonly string[] => {
  switch (kind) {
    case 'number':
    case 'time':
      return ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is null', 'is not null'];
    case 'address':
      return ['=', '!=', 'in', 'not in', 'is null', 'is not null'];
    case 'location':
      return ['is null', 'is not null'];
    default:
      return ['=', '!=', 'in', 'not in', '~', '!~', 'is null', 'is not null'];
  }
};
