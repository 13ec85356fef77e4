import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../test/change-example.ts';
import { cleanDescription, describeNewRule } from './description.ts';

const ALLOWED = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

const rule = (description: string, id: string | null = null) =>
  ruleOf('sg-a', 'inbound tcp 443 from 10.0.0.0/8', id, description);

describe('a description', () => {
  it('keeps what AWS allows and replaces the rest', () => {
    expect(cleanDescription('a-Z 09._-:/()#,@[]+=&;{}!$*')).toBe('a-Z 09._-:/()#,@[]+=&;{}!$*');
    expect(cleanDescription('"It\'s"\n`<ü>` 100%')).toBe('_It_s_ _____ 100_');
    expect(cleanDescription('a'.repeat(300))).toBe('a'.repeat(255));
  });

  it('of a new rule says from which it came', () => {
    expect(describeNewRule(rule('Web'), ['sgr-1', 'sgr-2'], [])).toBe('Web (from sgr-1, sgr-2)');
    expect(describeNewRule(rule(''), ['sgr-1'], [])).toBe('from sgr-1');
    expect(describeNewRule(rule('Web'), [], [])).toBe('Web');
  });

  it('is carried over from the rules that it came from', () => {
    const before = [rule('Web', 'sgr-1'), rule('Web', 'sgr-2'), rule('Api', 'sgr-3'), rule('Other', 'sgr-4')];
    expect(describeNewRule(rule(''), ['sgr-1', 'sgr-2', 'sgr-3'], before)).toBe('Web; Api (from sgr-1, sgr-2, sgr-3)');
  });

  it('names the last origin only', () => {
    expect(describeNewRule(rule('Web (from sgr-1)'), ['sgr-2'], [])).toBe('Web (from sgr-2)');
    expect(describeNewRule(rule(''), ['sgr-2'], [rule('Web (from sgr-1)', 'sgr-2')])).toBe('Web (from sgr-2)');
    expect(describeNewRule(rule(''), ['sgr-2'], [rule('from sgr-1', 'sgr-2')])).toBe('from sgr-2');
  });

  it('is cut where it is too long, never the origin', () => {
    const text = describeNewRule(rule('w'.repeat(255)), ['sgr-1'], []);
    expect(text).toMatch(/^w+\.\.\. \(from sgr-1\)$/);
    expect(text).toHaveLength(255);
    const many = Array.from({ length: 70 }, (_, index) => `sgr-0123456789abcde${index}`);
    expect(describeNewRule(rule('Web'), many, [])).toMatch(/^Web \(from (sgr-\w+, ){2}sgr-\w+ and 67 more\)$/);
  });

  it('is always allowed, and stays as it is where it was made before', () => {
    const ids = fc.array(
      fc.string({ unit: fc.constantFrom('0', '1', 'a', 'f'), maxLength: 20 }).map((id) => `sgr-${id}`),
      { maxLength: 9 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), ids, (text, from) => {
        const made = describeNewRule(rule(text), from, []);
        expect(made).toMatch(ALLOWED);
        expect(describeNewRule(rule(made), from, [])).toBe(made);
      }),
    );
  });
});
