/** The generated reference pages: one file and one line each. */
import { renderCertificateSchema, renderEnvelopeSchema } from './certificate.ts';
import { renderCli } from './cli.ts';
import { renderFields } from './fields.ts';
import { renderFilter } from './filter.ts';
import { renderFindings } from './findings.ts';
import { renderLakeLayout } from './lake-layout.ts';
import { renderReasons } from './reasons.ts';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly render: () => string;
}

export const PAGES: readonly Page[] = [
  { path: 'docs/reference/fields.md', render: renderFields },
  { path: 'docs/reference/reasons.md', render: renderReasons },
  { path: 'docs/reference/filter.md', render: renderFilter },
  { path: 'docs/reference/findings.md', render: renderFindings },
  { path: 'docs/reference/cli.md', render: renderCli },
  { path: 'docs/reference/lake-layout.md', render: renderLakeLayout },
  { path: 'docs/reference/certificate.schema.json', render: renderCertificateSchema },
  { path: 'docs/reference/certificate-envelope.schema.json', render: renderEnvelopeSchema },
];
