/** What the demo tells: the figures of the sample and the best of what can be asked, as one document. */

import type { Severity } from '@flowfit/core/analysis/findings/finding';
import { findAll, SEVERITIES } from '@flowfit/core/analysis/findings/registry';
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import { parseFilter } from '@flowfit/core/filter/parse';
import type { Filter } from '@flowfit/core/filter/tree';
import { serviceName } from '@flowfit/core/net/services';
import type { Overview, Summary } from '@flowfit/lake/queries/summary';
import type { TopRow } from '@flowfit/lake/queries/top';
import type { LakeState } from '@flowfit/lake/state';
import { formatValue } from '../views/value.ts';

/** One list of the demo: what it shows, how to ask for it, and the answer. */
export interface DemoQuestion {
  readonly title: string;
  readonly field: string;
  readonly where: string | null;
  readonly rows: readonly LabelledRow[];
}

/** A row with what a person calls its value: the name of a group, of a service. */
export interface LabelledRow extends TopRow {
  readonly label: string;
}

export interface DemoReport {
  readonly schema: 'flowfit.demo/1';
  readonly lake: string;
  readonly overview: Overview;
  readonly summary: Summary;
  readonly questions: readonly DemoQuestion[];
  /** Rules by verdict. */
  readonly rules: { readonly used: number; readonly unused: number; readonly undecided: number };
  /** Findings by severity, the gravest first. */
  readonly findings: readonly { readonly severity: Severity; readonly count: number }[];
}

const QUESTIONS = [
  { title: 'Busiest security groups', field: 'security-group-ids', where: null },
  { title: 'Services that were used', field: 'service-port', where: 'action = ACCEPT and service-port is not null' },
  {
    title: 'Where connections from outside came from',
    field: 'source-country-name',
    where: 'direction = inbound and source-country-name is not null',
  },
  {
    title: 'Who from outside was turned away',
    field: 'srcaddr',
    where: 'action = REJECT and direction = inbound and source-country-code is not null',
  },
] as const;

const ROWS = 5;

export const demoReport = async (lake: LakeState): Promise<DemoReport> => {
  const [{ queryOverview, querySummary }, { queryTop }, { analyse }] = await Promise.all([
    import('@flowfit/lake/queries/summary'),
    import('@flowfit/lake/queries/top'),
    import('@flowfit/lake/analysis'),
  ]);
  const [overview, summary] = [await queryOverview(lake), await querySummary(lake, {})];
  const analysis = await analyse(lake);
  const groupName = (id: string): string | undefined =>
    analysis.timeline.groupAt(id, overview.to ?? Number.POSITIVE_INFINITY)?.groupName;
  const questions: DemoQuestion[] = [];
  for (const { title, field, where } of QUESTIONS) {
    const filter = where === null ? {} : { filter: readFilter(where) };
    const rows = await queryTop(lake, { field, limit: ROWS, ...filter });
    questions.push({
      title,
      field,
      where,
      rows: rows.map((row) => ({ label: labelOf(field, row.value, groupName), ...row })),
    });
  }
  const count = (verdict: RuleVerdict['verdict']) =>
    analysis.verdicts.rules.filter((rule) => rule.verdict === verdict).length;
  const findings = findAll(analysis);
  return {
    schema: 'flowfit.demo/1',
    lake: lake.dir,
    overview,
    summary,
    questions,
    rules: { used: count('used'), unused: count('unused'), undecided: count('undecided') },
    findings: SEVERITIES.map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    })),
  };
};

const readFilter = (text: string): Filter => {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`The filter "${text}" of the demo is wrong: ${parsed.error.message}`);
  return parsed.tree;
};

const labelOf = (field: string, value: TopRow['value'], groupName: (id: string) => string | undefined): string => {
  if (typeof value === 'number' && field === 'service-port') return [value, serviceName(6, value)].join(' ').trim();
  const name = typeof value === 'string' && field === 'security-group-ids' ? groupName(value) : undefined;
  return name === undefined ? formatValue(field, value) : `${name} (${value})`;
};
