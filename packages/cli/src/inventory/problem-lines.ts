/** What was wrong with inventory files, as lines for a person. */
import type { InventoryProblem } from '@flowfit/core/inventory/problems';
import type { Colors } from 'picocolors/types';
import { formatQuantity } from '../output/humanise.ts';

const MOST_LINES = 20;

export const formatProblems = (problems: readonly InventoryProblem[], colours: Colors): string[] => {
  const lines = problems.slice(0, MOST_LINES).map(({ source, code, message }) => {
    // What is wrong with a group rather than with a file names the group itself.
    const place = message.startsWith(source) ? '' : `${source}: `;
    return `${colours.yellow(`warning[${code}]:`)} ${place}${message}`;
  });
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `… and ${formatQuantity(more, 'more warning')}`] : lines;
};
