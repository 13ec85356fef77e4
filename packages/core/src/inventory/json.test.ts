import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, isSameJson, parseDocuments } from './json.ts';

describe('parseDocuments', () => {
  it('reads one document, several after each other, and none', () => {
    expect(parseDocuments('{"a":1}').documents).toEqual([{ a: 1 }]);
    expect(parseDocuments('{"a":1}{"b":[2]}\n\n[3]\n').documents).toEqual([{ a: 1 }, { b: [2] }, [3]]);
    expect(parseDocuments(' \n')).toEqual({ documents: [], error: null });
  });

  it('skips the byte order mark that PowerShell writes', () => {
    expect(parseDocuments('\ufeff{"a":1}').documents).toEqual([{ a: 1 }]);
  });

  it('finds where a text was cut off and keeps the documents before', () => {
    const { documents, error } = parseDocuments('{"a":1}\n{"b":\n  [1, "tw');
    expect(documents).toEqual([{ a: 1 }]);
    expect(error).toEqual({ cutOff: true, line: 3, column: 10, beganAtLine: 2, found: '' });
  });

  it.each([
    ['{"a":1,\n "b":x}', 2, 6, 'x}'],
    ['{"a":1,}', 1, 8, '}'],
    ['[1 2]', 1, 4, '2]'],
    ['{"a" 1}', 1, 6, '1}'],
    ['{"a":1]', 1, 7, ']'],
    ['{1:2}', 1, 2, '1:2}'],
    ['{"a":1} nonsense', 1, 9, 'nonsense'],
    ['NetworkInterfaces:\n- Groups:', 1, 1, 'NetworkInterfaces:'],
    ['{"a":"line\nbreak"}', 1, 6, '"line'],
  ])('points at what is no JSON in %j', (text, line, column, found) => {
    expect(parseDocuments(text).error).toMatchObject({ cutOff: false, line, column, found });
  });

  it('reads back any documents, however they are written one after the other', () => {
    const document = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(fc.array(document, { minLength: 2 }), fc.constantFrom('', '\n', ' \r\n\t'), (documents, between) => {
        const text = documents.map((value) => JSON.stringify(value, null, between === '' ? 0 : 2)).join(between);
        expect(parseDocuments(text)).toEqual({ documents: JSON.parse(JSON.stringify(documents)), error: null });
      }),
    );
  });

  it('never throws, and agrees with the engine on what is a document', () => {
    const text = fc.oneof(
      fc
        .json()
        .chain((json) =>
          fc.tuple(
            fc.constant(json),
            fc.nat(json.length),
            fc.constantFrom('', '"', '\\', '{', ']', ',', '\n', '0', 'e', '\u0001'),
          ),
        )
        .map(([json, at, character]) => json.slice(0, at) + character + json.slice(at + 1)),
      fc.string(),
    );
    const isJson = (one: string): boolean => {
      try {
        JSON.parse(one);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(text, (one) => {
        // The second document keeps the engine from reading the first one itself.
        const { documents, error } = parseDocuments(`[0]\n${one}`);
        if (isJson(one)) expect({ documents, error }).toEqual({ documents: [[0], JSON.parse(one)], error: null });
        // Blank, or several documents of its own: `{}{}`.
        else if (error === null) expect(documents).not.toHaveLength(2);
      }),
    );
  });

  it('calls every proper beginning of a document cut off, unless it is blank', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        const error = parseDocuments(text.slice(0, 1 + (at % (text.length - 1)))).error;
        expect(error?.cutOff).toBe(true);
      }),
    );
  });
});

describe('canonicalJson and isSameJson', () => {
  it('agree with each other whatever the order of keys', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const shuffled = (json: unknown): unknown =>
      Array.isArray(json)
        ? json.map(shuffled)
        : typeof json === 'object' && json !== null
          ? Object.fromEntries(
              Object.entries(json)
                .reverse()
                .map(([key, part]) => [key, shuffled(part)]),
            )
          : json;
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(isSameJson(a, shuffled(a))).toBe(true);
        expect(canonicalJson(shuffled(a))).toBe(canonicalJson(a));
        expect(isSameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });
});
