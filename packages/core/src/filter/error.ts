import type { FilterField } from './fields.ts';

/** What the grammar asks for at a place; `closes` = a parenthesis is open that `)` would end. */
export type Expected =
  | { readonly what: 'filter' }
  | { readonly what: 'operator'; readonly field: FilterField }
  | { readonly what: 'value'; readonly field: FilterField }
  | { readonly what: 'word'; readonly words: readonly string[] };

export interface FilterError {
  /** 1-based, in UTF-16 units, of the first character that is wrong; behind the text where something is missing. */
  readonly column: number;
  /** How many characters are wrong; 0 where something is missing. */
  readonly length: number;
  readonly message: string;
  /** What to write in their place. */
  readonly suggestion?: string;
}

/** Thrown inside the parser and caught at its door. */
export class FilterSyntaxError extends Error {
  readonly from: number;
  readonly to: number;
  readonly suggestion: string | undefined;
  /** What could have stood there; the completion offers it. */
  readonly expected: Expected | undefined;

  constructor(
    place: { readonly from: number; readonly to: number },
    message: string,
    more: { readonly suggestion?: string | undefined; readonly expected?: Expected } = {},
  ) {
    super(message);
    this.name = 'FilterSyntaxError';
    this.from = place.from;
    this.to = place.to;
    this.suggestion = more.suggestion;
    this.expected = more.expected;
  }

  toFilterError(): FilterError {
    return {
      column: this.from + 1,
      length: this.to - this.from,
      message: this.suggestion === undefined ? this.message : `${this.message}; did you mean ${this.suggestion}?`,
      ...(this.suggestion === undefined ? {} : { suggestion: this.suggestion }),
    };
  }
}
