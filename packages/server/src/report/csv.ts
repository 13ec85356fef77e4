/** The rules with their verdicts as one table. */
import type { RuleDocument } from '@flowfit/core/analysis/documents';
import { byRemedy, NOTHING_DECIDES } from '@flowfit/core/analysis/reasons';
import { toCsvLine } from '../contract/csv.ts';

const COLUMNS: readonly (readonly [name: string, cell: (rule: RuleDocument) => string | number | null])[] = [
  ['rule-id', ({ ruleId }) => ruleId],
  ['group-id', ({ groupId }) => groupId],
  ['group-name', ({ groupName }) => groupName],
  ['vpc-id', ({ vpcId }) => vpcId],
  ['direction', ({ direction }) => direction],
  ['protocol', ({ protocol }) => protocol],
  ['from-port', ({ fromPort }) => fromPort],
  ['to-port', ({ toPort }) => toPort],
  ['peer', ({ peer }) => peer],
  ['description', ({ description }) => description],
  ['verdict', ({ verdict }) => verdict],
  ['reasons', ({ reasons }) => reasons.join(' ')],
  ['connections-proven', ({ connections }) => connections.proven],
  ['connections-inferred', ({ connections }) => connections.inferred],
  ['connections-possible', ({ connections }) => connections.possible],
  ['connections-sole', ({ connections }) => connections.sole],
  ['flows', ({ flows }) => flows],
  ['bytes', ({ bytes }) => bytes],
  ['first-seen', ({ firstSeen }) => firstSeen],
  ['last-seen', ({ lastSeen }) => lastSeen],
  ['peers', ({ peers }) => peers.count],
  ['ports', ({ ports }) => ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(' ')],
  ['evidence', ({ evidence }) => evidence.grade],
  ['observed-days', ({ evidence }) => evidence.observedDays],
  ['extrapolated', ({ evidence }) => String(evidence.extrapolated)],
  [
    'to-decide',
    ({ undecided }) =>
      byRemedy(undecided)
        .map(({ decide }) => decide ?? NOTHING_DECIDES)
        .join(' '),
  ],
];

export const renderCsv = (rules: readonly RuleDocument[]): string =>
  [
    toCsvLine(COLUMNS.map(([name]) => name)),
    ...rules.map((rule) => toCsvLine(COLUMNS.map(([, cell]) => cell(rule) ?? ''))),
  ].join('');
