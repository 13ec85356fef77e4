/** A few facts, one a line: label, value, and a remark in dim letters. */
import type { Colors } from 'picocolors/types';
import { escapeControls } from './control-characters.ts';
import { displayWidth } from './table.ts';

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly remark?: string;
}

/** Values that begin with a digit are aligned to the right, so that counts stand below each other. */
export const formatFacts = (given: readonly Fact[], colours: Colors, indent = ''): string => {
  const facts = given.map((fact) => ({ ...fact, value: escapeControls(fact.value) }));
  const labelWidth = Math.max(...facts.map(({ label }) => displayWidth(label)));
  const counts = facts.filter(({ value }) => isCount(value));
  const countWidth = Math.max(0, ...counts.map(({ value }) => displayWidth(value)));
  return facts
    .map(({ label, value, remark }) => {
      const name = label + ' '.repeat(labelWidth - displayWidth(label));
      const aligned = isCount(value) ? ' '.repeat(countWidth - displayWidth(value)) + value : value;
      const rest = remark === undefined ? '' : `  ${colours.dim(remark)}`;
      return `${indent}${name}  ${aligned}${rest}\n`;
    })
    .join('');
};

const isCount = (value: string): boolean => /^[\d,]+$/.test(value);
