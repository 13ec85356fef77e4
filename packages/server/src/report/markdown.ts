/** The report for tickets, wikis and pull requests. */
import type { RuleDocument } from '@flowfit/core/analysis/documents';
import { type AccountLacks, undecidedShare } from '@flowfit/core/analysis/lacks';
import { NOTHING_DECIDES } from '@flowfit/core/analysis/reasons';
import type { ReportData } from './data.ts';
import { escaped, table } from './markdown-text.ts';
import { ruleText } from './rule-text.ts';
import { tightenMarkdown } from './tighten.ts';
import { bytes, count, lastSeenOf, moment, ofSeconds } from './words.ts';

export const renderMarkdown = (data: ReportData): string => {
  const { summary, findings, groups, rules, lists } = data;
  return [
    '# Security groups and their traffic',
    `${ofSeconds(summary.from)} to ${ofSeconds(summary.to)} UTC, made ${moment(data.madeAt)} by Flowfit ${data.version}.`,
    table(
      ['records', 'bytes', 'accepted', 'rejected', 'groups', 'interfaces'],
      [
        [
          count(summary.flows),
          bytes(summary.bytes),
          count(summary.accepted),
          count(summary.rejected),
          count(summary.groups),
          count(summary.interfaces),
        ],
      ],
    ),
    ...lacksMarkdown(data.lacks),
    `## Findings (${findings.length})`,
    findings.length === 0 ? 'Nothing is open.' : '',
    ...findings.map(
      ({ severity, title, remediation, id }) =>
        `- **${severity}** ${escaped(title)}. ${escaped(remediation)} (\`${id.replaceAll('`', '')}\`)`,
    ),
    ...tightenMarkdown(data.tighten),
    `## Groups (${groups.length})`,
    table(
      ['group', 'verdict', 'interfaces', 'rules used', 'undecided', 'unused', 'records', 'last seen'],
      groups.map((group) => [
        escaped(`${group.groupName} (${group.groupId})`),
        group.verdict,
        count(group.interfaces),
        count(group.rules.used),
        count(group.rules.undecided),
        count(group.rules.unused),
        count(group.flows),
        moment(group.lastSeen),
      ]),
    ),
    `## Rules (${rules.length})`,
    table(['rule', 'group', 'verdict', 'reasons', 'records', 'peers', 'last seen'], rules.map(toRuleRow)),
    '## Traffic',
    ...lists.flatMap(({ title, rows }) => [
      `### ${title}`,
      table(
        ['value', 'records', 'bytes'],
        rows.map((row) => [
          escaped([row.label, row.aside].filter(Boolean).join(' ')),
          count(row.flows),
          bytes(row.bytes),
        ]),
      ),
    ]),
    ...data.notices.map(({ attribution, url }) =>
      url === null ? escaped(attribution) : `[${escaped(attribution)}](${url})`,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
};

/** Every reason that the table of rules names; nothing where every rule has a verdict. */
const lacksMarkdown = (lacks: AccountLacks): string[] =>
  lacks.rules.undecided === 0
    ? []
    : [
        '## What would decide more',
        [`${undecidedShare(lacks)}.`, lacks.inventory ?? ''].join(' ').trim(),
        table(
          ['reason', 'rules', 'what is not known', 'what decides it'],
          lacks.reasons.map(({ reason, rules, meaning, decide }) => [
            `\`${reason}\``,
            count(rules),
            escaped(meaning),
            escaped(decide ?? NOTHING_DECIDES),
          ]),
        ),
      ];

const toRuleRow = (rule: RuleDocument): string[] => [
  escaped(ruleText(rule)),
  escaped(rule.groupName),
  rule.verdict,
  [...rule.reasons, ...(rule.evidence.extrapolated ? ['extrapolated'] : [])].join(', '),
  count(rule.flows),
  count(rule.peers.count),
  lastSeenOf(rule),
];
