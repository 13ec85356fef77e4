import { REJECT_REASONS, type Reason, SKIP_REASONS } from '@flowfit/core/flow/reasons';
import { code, page } from './markdown.ts';

export const renderReasons = (): string =>
  page(
    'Reasons',
    'Every line of the input is stored, skipped for a reason, or rejected for a reason; none is dropped silently. Reports ' +
      'count lines by the codes below, and the lake keeps every rejected line with its source and number.',
    '## Skipped',
    'Nothing is wrong with these lines; they are not what Flowfit works on.',
    ...sections(SKIP_REASONS),
    '## Rejected',
    'These lines could not be read. They do not stop the others.',
    ...sections(REJECT_REASONS),
  );

const sections = (reasons: Readonly<Record<string, Reason>>): string[] =>
  Object.entries(reasons).flatMap(([reason, { title, cause, remedy }]) => [
    `### ${code(reason)}`,
    `**${title}.** ${cause}`,
    `*What to do:* ${remedy}`,
  ]);
