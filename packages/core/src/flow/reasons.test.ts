import { describe, expect, it } from 'vitest';
import { MAX_JSON_LINE_LENGTH } from './json.ts';
import { MAX_LINE_LENGTH } from './line-reader.ts';
import { REJECT_REASONS, SKIP_REASONS } from './reasons.ts';

describe('the table of reasons', () => {
  it.each(Object.entries({ ...SKIP_REASONS, ...REJECT_REASONS }))('documents %s in whole sentences', (code, reason) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(reason.title).toMatch(/^[A-Z].*[^.]$/);
    for (const sentence of [reason.cause, reason.remedy]) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('names the limits that the code has', () => {
    const [text, json] = [MAX_LINE_LENGTH, MAX_JSON_LINE_LENGTH].map((limit) => limit.toLocaleString('en-US'));
    expect(REJECT_REASONS['line-too-long'].cause).toContain(`${text} characters; ${json} for JSON`);
  });
});
