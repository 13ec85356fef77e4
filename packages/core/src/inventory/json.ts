/** JSON as it comes: several documents in one text, positions of what is wrong, and values whose type is unknown. */

export type JsonObject = { readonly [key: string]: unknown };

export interface JsonError {
  /** The text ended inside a document, rather than holding something that is no JSON. */
  readonly cutOff: boolean;
  /** 1-based place of the fault; for a text that was cut off, its end. */
  readonly line: number;
  readonly column: number;
  /** 1-based line where the faulty document began. */
  readonly beganAtLine: number;
  /** The first characters that do not fit, '' at the end of the text. */
  readonly found: string;
}

/**
 * One token of JSON after blanks: punctuation, string, number or word. Sticky: it must begin where we stand. Each character
 * of a string can be matched in one way only, so that one without an end is not tried in all ways.
 */
const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** What a token cut off by the end of the text looks like. */
const UNFINISHED_TOKEN = /^(?:"(?:[^"\\]|\\.)*\\?|t|tr|tru|f|fa|fal|fals|n|nu|nul|-|\.|[eE][+-]?|)$/s;

type Expecting = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'comma-or-close';

/** What may follow a token, given the brackets that are open after it; null = the token does not fit here. */
const next = (expecting: Expecting, token: string, isString: boolean, open: string[]): Expecting | null => {
  const closes = expecting === 'value-or-close' || expecting === 'key-or-close' || expecting === 'comma-or-close';
  switch (token) {
    case '{':
    case '[':
      if (!expecting.startsWith('value')) return null;
      open.push(token);
      return token === '{' ? 'key-or-close' : 'value-or-close';
    case '}':
    case ']':
      if (!closes || open.pop() !== (token === '}' ? '{' : '[')) return null;
      return 'comma-or-close';
    case ':':
      return expecting === 'colon' ? 'value' : null;
    case ',':
      if (expecting !== 'comma-or-close') return null;
      return open.at(-1) === '{' ? 'key' : 'value';
  }
  if (expecting.startsWith('key')) return isString ? 'colon' : null;
  return expecting.startsWith('value') ? 'comma-or-close' : null;
};

/** The end of the document that begins at an offset, or the offset of the first character that does not fit. */
const scanDocument = (text: string, offset: number): { readonly end: number } | { readonly fault: number } => {
  const open: string[] = [];
  let expecting: Expecting = 'value';
  TOKEN.lastIndex = offset;
  do {
    const position = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    const token = match?.[0].trimStart() ?? '';
    const following: Expecting | null = match === null ? null : next(expecting, token, match[2] !== undefined, open);
    if (following === null) return { fault: skipBlanks(text, position) };
    expecting = following;
  } while (open.length > 0);
  return { end: TOKEN.lastIndex };
};

const skipBlanks = (text: string, offset: number): number => {
  let at = offset;
  while (at < text.length && ' \t\r\n\ufeff'.includes(text.charAt(at))) at++;
  return at;
};

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const errorAt = (text: string, began: number, fault: number): JsonError => {
  const cutOff = UNFINISHED_TOKEN.test(text.slice(fault));
  const at = cutOff ? text.length : fault;
  return {
    cutOff,
    line: lineOf(text, at),
    column: at - text.lastIndexOf('\n', at - 1),
    beganAtLine: lineOf(text, began),
    found: cutOff
      ? ''
      : text
          .slice(fault, fault + 24)
          .split('\n', 1)[0]!
          .trimEnd(),
  };
};

/**
 * All documents of one text: none, one, several after each other (the pages of the AWS CLI, JSON lines). A fault ends
 * the reading; the documents before it are kept.
 */
export const parseDocuments = (text: string): { documents: unknown[]; error: JsonError | null } => {
  const documents: unknown[] = [];
  let offset = skipBlanks(text, 0);
  if (offset === text.length) return { documents, error: null };
  try {
    // The common case, at the speed of the engine: one document.
    return { documents: [JSON.parse(offset === 0 ? text : text.slice(offset))], error: null };
  } catch {
    // Several documents, or a fault whose place the engine's message does not tell.
  }
  while (offset < text.length) {
    const scanned = scanDocument(text, offset);
    if ('fault' in scanned) return { documents, error: errorAt(text, offset, scanned.fault) };
    documents.push(JSON.parse(text.slice(offset, scanned.end)));
    offset = skipBlanks(text, scanned.end);
  }
  return { documents, error: null };
};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a value; null where it is absent, empty, or no text. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export const integerOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : null;

/** The objects of a list; nothing where it is absent. */
export const objectsOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** JSON with the keys of every object sorted: equal values give equal text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );

/** Whether two JSON values are the same, whatever the order of their keys. */
export const isSameJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key], b[key]))
  );
};
