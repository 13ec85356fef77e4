/** What `failures replay` tells a person. */
import type { ReplayReport } from '@flowfit/aws/failures/replay';
import { REJECT_REASONS, type Reason } from '@flowfit/core/flow/reasons';
import { formatFacts } from '../output/facts.ts';
import { formatCount, formatQuantity } from '../output/humanise.ts';
import { toOneLine } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import type { Refusal } from '../streaming/refusals.ts';
import { formatRefusals } from './refusals.ts';

interface ReplayDocument extends ReplayReport {
  readonly dryRun: boolean;
  readonly refusals: readonly Refusal[];
}

/** Why a record is kept, beside the reasons for which the decorator rejects lines. */
const KEPT_REASONS: Readonly<Record<string, string>> = {
  'no-stream-named': 'are for the delivery stream; replay kept/ with --stream',
  'no-cluster-named': 'are for the cluster; replay kept/ with --opensearch',
  'not-accepted': 'the delivery stream did not accept them; repair that and replay kept/',
  'refused-again': 'the cluster refused them again; correct the mapping and replay kept/ with --include-refused',
  'refused-by-mapping': 'the mapping refused them; correct it, then replay them with --include-refused',
  'several-records': 'several lines in one record, of which not every one was refused',
  'bad-error-line': 'no error record of a delivery stream, or cut short',
  'not-of-this-pipeline': 'failures of another destination or another step',
  compressed: 'compressed: an envelope of CloudWatch Logs, put to the stream without the ingestor',
};

export const formatReplay = (place: string, report: ReplayDocument, { colours }: Shell): string => {
  const { dryRun, objects, records, resent, written, failed, refusals } = report;
  if (objects + failed.length === 0) return `No error objects in ${place}.`;
  const kept = Object.values(report.kept).reduce((sum, count) => sum + count, 0);
  const facts = formatFacts(
    [
      { label: 'to the stream', value: formatCount(resent), ...(dryRun ? { remark: 'with --stream' } : {}) },
      { label: 'to the cluster', value: formatCount(written), ...(dryRun ? { remark: 'with --opensearch' } : {}) },
      { label: 'kept', value: formatCount(kept) },
    ],
    colours,
  );
  const head = `${formatQuantity(records, 'failed record')} in ${formatQuantity(objects, 'object')} of ${place}`;
  const sections = [
    dryRun ? `${head}. Nothing was sent; a replay would send:\n` : `${head}. Sent again:\n`,
    facts,
    formatKept(report.kept, colours),
    formatRefusals('Refused', refusals, colours),
    formatFailed(failed, colours),
  ];
  return sections.filter((section) => section !== '').join('\n');
};

const formatKept = (kept: ReplayReport['kept'], colours: Shell['colours']): string => {
  const rows = Object.entries(kept).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return '';
  const lines = rows.map(([code, count]) => {
    const why = explain(code);
    return `  ${formatCount(count)}: ${colours.yellow(code)}${why === null ? '' : `, ${why}`}\n`;
  });
  return `Kept, by reason:\n${lines.join('')}`;
};

const explain = (code: string): string | null => {
  const rejected: Readonly<Record<string, Reason | undefined>> = REJECT_REASONS;
  const title = rejected[code]?.title;
  if (title === undefined) return KEPT_REASONS[code] ?? null;
  return `would come back: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
};

const formatFailed = (failed: ReplayReport['failed'], colours: Shell['colours']): string => {
  if (failed.length === 0) return '';
  const lines = failed.map(({ object, message }) => `  ${toOneLine(object)}: ${colours.red(toOneLine(message))}\n`);
  return `Objects that stay where they are:\n${lines.join('')}`;
};
