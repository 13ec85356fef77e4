/** What `opensearch setup` and `opensearch backfill` tell a person. */
import type { BackfillResult } from '@flowfit/opensearch/backfill';
import type { SetupStep } from '@flowfit/opensearch/setup';
import { formatFacts } from '../output/facts.ts';
import { formatCount, formatQuantity } from '../output/humanise.ts';
import { formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import type { Refusal } from '../streaming/refusals.ts';
import { formatRefusals } from './refusals.ts';

export const formatSetup = (cluster: string, steps: readonly SetupStep[], { colours }: Shell): string => {
  const table = formatTable(
    steps,
    [
      { heading: 'step', cell: nameOf },
      {
        heading: 'outcome',
        cell: ({ outcome }) => outcome,
        style: (text, { outcome }) => (outcome === 'done' ? colours.green(text) : colours.yellow(text)),
      },
      { heading: 'what happened', cell: ({ detail }) => detail },
    ],
    // What is lacking, and what follows from it, is never cut.
    { colours, width: Number.POSITIVE_INFINITY },
  );
  const undone = steps.filter(({ outcome }) => outcome !== 'done').map(nameOf);
  const rest = undone.length === 0 ? '' : `; not done: ${undone.join(', ')}`;
  return `Set up ${cluster}${rest}.\n\n${table}`;
};

const nameOf = ({ step }: SetupStep): string => step.replaceAll('-', ' ');

export const formatBackfill = (
  cluster: string,
  { created, existing, rejected, withoutTime, reasons }: BackfillResult & { readonly reasons: readonly Refusal[] },
  { colours }: Shell,
): string => {
  const facts = formatFacts(
    [
      { label: 'created', value: formatCount(created) },
      { label: 'existing', value: formatCount(existing), remark: 'were there already' },
      { label: 'rejected', value: formatCount(rejected), remark: 'by the cluster' },
      { label: 'without time', value: formatCount(withoutTime), remark: 'without start: they belong to no day' },
    ],
    colours,
  );
  const total = created + existing + rejected + withoutTime;
  return [
    `Sent ${formatQuantity(total, 'record')} to ${cluster}.\n`,
    facts,
    formatRefusals('Rejected', reasons, colours),
  ]
    .filter((section) => section !== '')
    .join('\n');
};
