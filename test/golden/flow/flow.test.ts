/** What the parser makes of each layout, tolerated oddity and fault: `input.log` by line, `input.json` as a document. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import { decodeJsonDocument, decodeJsonLine, isJson } from '@flowfit/core/flow/json';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { ParsedLine } from '@flowfit/core/flow/record';
import { expect, it } from 'vitest';
import { expectGolden, goldenCases, toGoldenJson } from '../run.ts';

const AREA = import.meta.dirname;

interface Numbered {
  readonly line: number;
  readonly outcome: ParsedLine;
}

const parseLines = (text: string): Numbered[] => {
  const parser = createLineParser(DEFAULT_LAYOUT);
  return text.split('\n').flatMap((line, index) => {
    const outcomes = isJson(line) ? decodeJsonLine(line, parser) : [parser.parse(line)];
    return outcomes.map((outcome) => ({ line: index + 1, outcome }));
  });
};

const parseDocument = (text: string): Numbered[] =>
  decodeJsonDocument(text, createLineParser(DEFAULT_LAYOUT)).map((outcome) => ({ line: 1, outcome }));

const parseCase = (folder: string): Numbered[] => {
  const document = join(folder, 'input.json');
  return existsSync(document)
    ? parseDocument(readFileSync(document, 'utf8'))
    : parseLines(readFileSync(join(folder, 'input.log'), 'utf8'));
};

it.each(goldenCases(AREA))('%s', (name) => {
  const lines = parseCase(join(AREA, name)).filter(({ outcome }) => outcome.kind !== 'blank');
  expect(lines.length).toBeGreaterThan(0);
  expectGolden(join(AREA, name, 'expected.json'), toGoldenJson(lines));
});
