/** `flowfit report`: the lake's state as a file to send. */
import { toRuleDocument } from '@flowfit/core/analysis/documents';
import type { Analysis } from '@flowfit/lake/analysis';
import type { LakeState } from '@flowfit/lake/state';
import { renderCsv } from './csv.ts';
import { gatherReport, type ReportOptions } from './data.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';

const RENDERERS = { html: renderHtml, markdown: renderMarkdown } as const;

/** HTML and Markdown hold everything; CSV is the table of rules. */
export type ReportFormat = keyof typeof RENDERERS | 'csv';

/** @example await renderReport(lake, await analyse(lake), { format: 'html', version: '1.0.0' }) */
export const renderReport = async (
  lake: LakeState,
  analysis: Analysis,
  { format, ...options }: ReportOptions & { readonly format: ReportFormat },
): Promise<string> =>
  format === 'csv'
    ? renderCsv(analysis.verdicts.rules.map(toRuleDocument))
    : RENDERERS[format](await gatherReport(lake, analysis, options));
