/** What `ingest` tells a person. */
import { REJECT_REASONS, type Reason, SKIP_REASONS } from '@flowfit/core/flow/reasons';
import type { IngestReport } from '@flowfit/lake/ingest/ingest';
import { type Fact, formatFacts } from '../output/facts.ts';
import { formatBytes, formatCount, formatDuration, formatQuantity, formatTime } from '../output/humanise.ts';
import { formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

export const formatIngestReport = (report: IngestReport, lakeDir: string, shell: Shell): string => {
  const { colours } = shell;
  const sections = [
    `${headline(report)}\n`,
    formatFacts(factsOf(report, shell.shownPath(lakeDir)), colours),
    formatRejected(report.records.rejected, shell),
    formatFailed(report.objects.failed, shell),
  ];
  return sections.filter((section) => section !== '').join('\n');
};

const headline = ({ objects, bytesRead, records, seconds }: IngestReport): string => {
  const already = objects.alreadyIngested;
  const known = already === 0 ? '' : `, ${formatQuantity(already, 'object')} already in the lake`;
  const rate = seconds > 0 && records.read > 0 ? ` (${formatCount(Math.round(records.read / seconds))} records/s)` : '';
  return `Read ${formatQuantity(objects.read, 'object')}, ${formatBytes(bytesRead)} in ${formatDuration(seconds)}${rate}${known}.`;
};

const factsOf = ({ records, interfaces, window }: IngestReport, lake: string): Fact[] => {
  const rejected = Object.values(records.rejected).reduce((sum, count) => sum + count, 0);
  const facts: Fact[] = [
    { label: 'stored', value: formatCount(records.stored), remark: 'records of traffic' },
    { label: 'no data', value: formatCount(records.noData), remark: 'intervals without traffic' },
    { label: 'skipped data', value: formatCount(records.skipData), remark: 'intervals of which AWS dropped records' },
    { label: 'duplicates', value: formatCount(records.duplicates), remark: 'delivered twice, stored once' },
    { label: 'rejected', value: formatCount(rejected) },
  ];
  if (interfaces.known + interfaces.unknown > 0) {
    facts.push({ label: 'interfaces', value: formatCount(interfaces.known), remark: interfacesRemark(interfaces) });
  }
  if (window.from !== null && window.to !== null) {
    facts.push({ label: 'window', value: `${formatTime(window.from)} to ${formatTime(window.to)} UTC` });
  }
  return [...facts, { label: 'lake', value: lake }];
};

const interfacesRemark = ({ known, unknown }: IngestReport['interfaces']): string => {
  if (unknown === 0) return 'in the inventory';
  if (known === 0)
    return `in the inventory, ${formatCount(unknown)} not: add it with --inventory to get security groups`;
  return `in the inventory, ${formatCount(unknown)} not: their records have no security groups`;
};

const formatRejected = (rejected: Readonly<Record<string, number>>, { colours }: Shell): string => {
  const rows = Object.entries(rejected).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return '';
  const reasons: Readonly<Record<string, Reason | undefined>> = { ...REJECT_REASONS, ...SKIP_REASONS };
  const lines = rows.flatMap(([code, count]) => {
    const reason = reasons[code];
    const head = `  ${formatQuantity(count, 'line')}: ${colours.yellow(code)}`;
    return reason === undefined ? [head] : [`${head}, ${toLower(reason.title)}`, colours.dim(`    ${reason.remedy}`)];
  });
  return `Rejected, and kept in the lake under rejects:\n${lines.join('\n')}\n`;
};

const toLower = (title: string): string => title.charAt(0).toLowerCase() + title.slice(1);

const formatFailed = (failed: IngestReport['objects']['failed'], shell: Shell): string => {
  if (failed.length === 0) return '';
  const { colours, width } = shell;
  const table = formatTable(
    failed,
    [
      { heading: 'object', cell: ({ source }) => shell.shownPath(source), shrinks: true },
      { heading: 'code', cell: ({ code }) => code, style: (text) => colours.red(text) },
      { heading: 'what happened', cell: ({ message }) => message },
    ],
    { colours, width },
  );
  return `Objects that failed:\n${table}`;
};
