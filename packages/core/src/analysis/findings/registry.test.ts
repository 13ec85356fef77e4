import { describe, expect, it } from 'vitest';
import { contextOf } from './example.ts';
import { FINDING_KINDS, findAll } from './registry.ts';

describe.each(FINDING_KINDS)('$kind', ({ kind, examples, find, explanation }) => {
  it.each(examples)('$title', (example) => {
    const findings = find(contextOf(example));
    expect(findings.map(({ id }) => id)).toEqual(example.finds);
    for (const finding of findings) {
      expect(finding.kind).toBe(kind);
      expect(finding.title.length).toBeGreaterThan(10);
      expect(finding.remediation).toMatch(/\.$/);
      // Evidence is JSON as it is: no sets, maps or bigints that would vanish or throw.
      expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
    }
  });

  it('has an example of what is reported, one of what is not, and an explanation', () => {
    expect(examples.some(({ finds }) => finds.length > 0)).toBe(true);
    expect(examples.some(({ finds }) => finds.length === 0)).toBe(true);
    expect(explanation.length).toBeGreaterThan(80);
  });
});

describe('findAll', () => {
  it('gives distinct ids, the gravest first, the same on every run', () => {
    for (const example of FINDING_KINDS.flatMap(({ examples }) => examples)) {
      const findings = findAll(contextOf(example));
      const ids = findings.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const order = findings.map(({ severity }) => ['high', 'medium', 'low', 'info'].indexOf(severity));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(findAll(contextOf(example))).toEqual(findings);
    }
  });
});
