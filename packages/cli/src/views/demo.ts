/** The demo as a person reads it: what was read, what is in it, what to type next. */
import type { GeoDatabase } from '@flowfit/geo/database';
import type { DemoQuestion, DemoReport } from '../demo/report.ts';
import { formatAttribution } from '../geography.ts';
import { formatBar } from '../output/bar.ts';
import { type Fact, formatFacts } from '../output/facts.ts';
import { formatBytes, formatCount, formatShare, formatTime } from '../output/humanise.ts';
import { formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

export const formatDemo = (report: DemoReport, geography: GeoDatabase['info'], shell: Shell): string => {
  const { colours } = shell;
  const lake = shell.shownPath(report.lake);
  const sections = [
    `${colours.bold('Flowfit demo')}: a simulated AWS account, its flow logs and its security groups.`,
    formatFacts(factsOf(report), colours, '  ').trimEnd(),
    ...report.questions.map((question) => formatQuestion(question, shell)),
    formatVerdicts(report, shell),
    colours.dim(formatAttribution(geography)),
    formatNext(lake, report, shell),
  ];
  return sections.join('\n\n');
};

const factsOf = ({ overview, summary }: DemoReport): Fact[] => {
  const { records, inventory } = overview;
  const rejected = Object.values(records.rejected).reduce((sum, count) => sum + count, 0);
  return [
    { label: 'records', value: formatCount(records.stored), remark: `${formatBytes(summary.bytes)} of traffic` },
    { label: 'quiet intervals', value: formatCount(records.noData), remark: 'watched, and without traffic' },
    { label: 'lost intervals', value: formatCount(records.skipData), remark: 'AWS dropped records of them' },
    { label: 'unreadable lines', value: formatCount(rejected) },
    {
      label: 'turned away',
      value: formatCount(summary.rejected),
      remark: `${formatShare(summary.rejected, summary.flows)} of the records say REJECT`,
    },
    { label: 'other ends', value: formatCount(summary.peers), remark: 'distinct addresses' },
    { label: 'interfaces', value: formatCount(inventory?.interfaces ?? 0) },
    {
      label: 'security groups',
      value: formatCount(inventory?.groups ?? 0),
      remark: `with ${formatCount(inventory?.rules ?? 0)} rules, in ${formatCount(inventory?.snapshots ?? 0)} captures`,
    },
    { label: 'window', value: `${formatTime(overview.from)} to ${formatTime(overview.to)} UTC` },
  ];
};

const BAR_WIDTH = 24;

const formatQuestion = ({ title, rows }: DemoQuestion, { colours, width }: Shell): string => {
  const largest = Math.max(0, ...rows.map(({ flows }) => flows));
  const table = formatTable(
    rows,
    [
      { heading: title, cell: ({ label }) => label, shrinks: true },
      { heading: 'records', align: 'right', cell: ({ flows }) => formatCount(flows) },
      { heading: 'bytes', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
      { heading: '', cell: ({ flows }) => formatBar(flows, largest, BAR_WIDTH), style: (text) => colours.cyan(text) },
    ],
    { colours, width: width - 2 },
  );
  return table.trimEnd().replace(/^/gm, '  ');
};

const formatVerdicts = ({ rules, findings }: DemoReport, { colours }: Shell): string => {
  const all = rules.used + rules.unused + rules.undecided;
  const facts: Fact[] = [
    { label: 'used', value: formatCount(rules.used), remark: 'admitted a connection' },
    { label: 'unused', value: formatCount(rules.unused), remark: 'admitted none, and nothing was unseen' },
    {
      label: 'undecided',
      value: formatCount(rules.undecided),
      remark: 'the evidence is short: "flowfit rules" gives the reasons',
    },
  ];
  const found = findings
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${formatCount(count)} ${severity}`);
  return [
    `  ${colours.dim(`Verdicts on ${formatCount(all)} rules`)}`,
    formatFacts(facts, colours, '  '),
    `  Findings: ${found.join(', ') || 'none'}.`,
  ].join('\n');
};

const formatNext = (lake: string, { questions }: DemoReport, { colours }: Shell): string => {
  const asked = questions.at(-1);
  const where = asked?.where == null ? '' : ` --where '${asked.where}'`;
  return [
    colours.bold('Ask it yourself:'),
    `  export FLOWFIT_LAKE=${lake}`,
    `  npx flowfit top ${asked?.field ?? 'srcaddr'}${where}`,
    "  npx flowfit histogram --where 'dstport = 22' --step 1h",
    '  npx flowfit rules --verdict unused',
    '  npx flowfit findings',
    '  npx flowfit recommend',
    '',
    colours.bold('With your own logs:'),
    '  npx flowfit ingest ./logs --inventory ./inventory',
    colours.dim('  How to get both out of AWS: docs/how-to/get-logs-and-inventory.md'),
  ].join('\n');
};
