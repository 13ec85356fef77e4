import { ENVELOPE_SCHEMA, STATEMENT_SCHEMA } from '@flowfit/core/certificate/schema';

const WIDTH = 120;

/** As the formatter of the repository writes JSON: lists without lists or objects in them on one line, if they fit. */
const format = (document: unknown): string =>
  `${JSON.stringify(document, null, 2).replaceAll(
    /^(.*)\[\n([^[\]{}]*?)\n\s*\](,?)$/gm,
    (block, head: string, items: string, tail: string) => {
      const line = `${head}[${items.replaceAll(/\s*\n\s*/g, ' ').trim()}]${tail}`;
      return line.length <= WIDTH ? line : block;
    },
  )}\n`;

export const renderCertificateSchema = (): string => format(STATEMENT_SCHEMA);

export const renderEnvelopeSchema = (): string => format(ENVELOPE_SCHEMA);
