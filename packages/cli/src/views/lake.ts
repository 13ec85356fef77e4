/** What `lake` tells a person. */
import type { CompactReport } from '@flowfit/lake/maintenance/compact';
import type { ExportReport } from '@flowfit/lake/maintenance/export';
import type { PruneReport } from '@flowfit/lake/maintenance/prune';
import type { RepairReport } from '@flowfit/lake/maintenance/repair';
import type { LakeStatus } from '@flowfit/lake/maintenance/status';
import { type Fact, formatFacts } from '../output/facts.ts';
import { formatBytes, formatCount, formatQuantity, formatTime } from '../output/humanise.ts';
import { formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

/** Of long lists as many are shown; `--json` has all. */
const SHOWN = 20;

const DAMAGE = {
  missing: 'is missing',
  changed: 'is not what was written',
  unreadable: 'cannot be read',
  unknown: 'is not one of the lake',
} as const;

export const formatStatus = (status: LakeStatus, shell: Shell): string => {
  const { colours, width } = shell;
  const sizes = formatTable(
    status.sizes,
    [
      { heading: 'folder', cell: ({ folder }) => folder },
      { heading: 'files', align: 'right', cell: ({ files }) => formatCount(files) },
      { heading: 'size', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
    ],
    { colours, width },
  );
  return [formatFacts(factsOf(status, shell), colours), sizes, formatHealth(status, shell)]
    .filter((section) => section !== '')
    .join('\n');
};

const factsOf = ({ records, days, inventory, ...status }: LakeStatus, shell: Shell): Fact[] => [
  { label: 'lake', value: shell.shownPath(status.lake) },
  { label: 'size', value: `${formatBytes(status.bytes)} in ${formatQuantity(status.files, 'file')}` },
  { label: 'records', value: formatCount(records.stored), remark: 'of traffic' },
  {
    label: 'coverage',
    value: formatCount(records.coverage),
    remark: 'intervals without traffic, or of which AWS dropped records',
  },
  { label: 'objects', value: formatCount(status.objects), remark: 'ingested' },
  { label: 'days', value: daysText(days) },
  ...(days.missing.length === 0 ? [] : [{ label: 'without records', value: listText(days.missing) }]),
  ...(days.notRolledUp.length === 0
    ? []
    : [{ label: 'not rolled up', value: listText(days.notRolledUp), remark: 'the next command does it' }]),
  ...(days.prunedBefore === null ? [] : [{ label: 'pruned', value: `before ${days.prunedBefore}` }]),
  { label: 'inventory', value: inventoryText(inventory) },
];

const daysText = ({ first, last, count }: LakeStatus['days']): string =>
  first === null || last === null ? 'none' : `${formatQuantity(count, 'day')}, ${first} to ${last}`;

const inventoryText = ({ captures, first, last, daysBefore, daysAfter }: LakeStatus['inventory']): string => {
  if (captures === 0) return 'none';
  const span = captures === 1 ? `at ${formatTime(first)}` : `${formatTime(first)} to ${formatTime(last)}`;
  const lacks = [
    ...(daysBefore > 0 ? [`${daysBefore} days of records before the first`] : []),
    ...(daysAfter > 0 ? [`${daysAfter} after the last`] : []),
  ];
  return `${formatQuantity(captures, 'capture')}, ${span}${lacks.length === 0 ? '' : `; ${lacks.join(', ')}`}`;
};

const formatHealth = ({ health }: LakeStatus, { colours }: Shell): string => {
  const lines: string[] = [];
  for (const { path, damage } of health.damaged.slice(0, SHOWN)) lines.push(`${colours.red(path)} ${DAMAGE[damage]}.`);
  if (health.damaged.length > SHOWN) lines.push(`… and ${formatQuantity(health.damaged.length - SHOWN, 'file')} more.`);
  if (health.ledgerSays !== null) {
    lines.push(
      `The ledger says ${formatQuantity(health.ledgerSays.stored, 'record')} of traffic and ${formatCount(health.ledgerSays.coverage)} of coverage.`,
    );
  }
  if (health.unknown.length > 0) {
    lines.push(
      `${formatQuantity(health.unknown.length, 'file')} in its folders that the lake does not know: ${listText(health.unknown)}.`,
    );
  }
  if (health.waiting > 0) {
    lines.push(
      `${formatQuantity(health.waiting, 'file')} of an earlier state wait for ${formatQuantity(health.readers, 'reader')} to be done.`,
    );
  }
  if (health.isWhole) {
    lines.push(
      health.isThorough
        ? 'Whole: every byte is what was written.'
        : 'Whole, by sizes and times. With --check, every byte is looked at.',
    );
  }
  return `${lines.join('\n')}\n`;
};

export const formatRepair = (report: RepairReport, shell: Shell): string => {
  const { colours } = shell;
  const { damaged, setAside, forgotten, captures, lost, rolledUp } = report;
  if (damaged.length === 0) {
    const rest =
      rolledUp === 0 ? 'There was nothing to repair.' : `${formatQuantity(rolledUp, 'day')} had to be rolled up.`;
    return `Checked ${formatQuantity(report.checked, 'file')}: every byte is what was written. ${rest}\n`;
  }
  const lines = damaged.slice(0, SHOWN).map(({ path, damage }) => `${colours.yellow(path)} ${DAMAGE[damage]}.`);
  if (damaged.length > SHOWN) lines.push(`… and ${formatQuantity(damaged.length - SHOWN, 'file')} more.`);
  if (setAside !== null) lines.push('', `What was damaged is in ${shell.shownPath(setAside)}.`);
  if (lost.stored + lost.coverage > 0) {
    lines.push(
      `${formatQuantity(lost.stored, 'record')} of traffic and ${formatCount(lost.coverage)} of coverage are gone from the lake.`,
    );
  }
  if (captures.length > 0) lines.push(`Add the captures of ${listText(captures)} again, with "flowfit inventory add".`);
  if (forgotten.length > 0) {
    lines.push(
      '',
      `Ingest ${forgotten.length === 1 ? 'this object' : 'these objects'} again, which brings back what is gone:`,
    );
    lines.push(...forgotten.slice(0, SHOWN).map((source) => `  ${source}`));
    if (forgotten.length > SHOWN)
      lines.push(`  … and ${formatCount(forgotten.length - SHOWN)} more: --json lists all.`);
  } else if (lost.stored + lost.coverage > 0 || damaged.some(({ path }) => path.startsWith('sources/'))) {
    lines.push(
      'Which objects held them is not known any more: ingest all of these days again. What is there is not stored twice.',
    );
  }
  return `${lines.join('\n')}\n`;
};

export const formatPruning = (
  { records, days, bytes, before, isDryRun, verdicts }: PruneReport,
  shell: Shell,
): string => {
  const gone = `${formatQuantity(records.stored, 'record')} of ${formatQuantity(days, 'day')} before ${before}, ${formatBytes(bytes)}`;
  const head = isDryRun ? `Would delete ${gone}.` : `Deleted ${gone}.`;
  if (verdicts.length === 0) return `${head} No rule is judged otherwise without them.\n`;
  const { colours, width } = shell;
  const table = formatTable(
    verdicts.slice(0, SHOWN),
    [
      { heading: 'group', cell: ({ groupId }) => groupId },
      { heading: 'rule', cell: ({ ruleId }) => ruleId },
      { heading: 'verdict with them', cell: ({ from }) => from },
      { heading: 'without', cell: ({ to }) => to },
    ],
    { colours, width },
  );
  const more = verdicts.length > SHOWN ? `… and ${formatQuantity(verdicts.length - SHOWN, 'rule')} more.\n` : '';
  return `${head} ${formatQuantity(verdicts.length, 'rule')} ${isDryRun ? 'would be' : 'are'} judged otherwise without them:\n\n${table}${more}`;
};

export const formatCompaction = ({ files, bytes, days }: CompactReport): string =>
  files.before === files.after
    ? 'There was nothing to put together.\n'
    : `${formatQuantity(files.before, 'file')} are now ${formatCount(files.after)}, ${formatBytes(bytes.before)} are now ${formatBytes(bytes.after)}. ` +
      `Those of ${formatQuantity(days, 'day')} were put together.\n`;

export const formatExport = ({ to, files, bytes }: ExportReport, shell: Shell): string =>
  `Copied ${formatQuantity(files, 'file')}, ${formatBytes(bytes)}, to ${shell.shownPath(to)}.\n`;

const listText = (items: readonly string[]): string =>
  items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${formatCount(items.length - 3)} more`;
