/** Reading what somebody calls a certificate: a statement, or an envelope with one in it. */
import { readFile } from 'node:fs/promises';
import type { Envelope } from '@flowfit/core/certificate/envelope';
import { ENVELOPE_SCHEMA, STATEMENT_SCHEMA } from '@flowfit/core/certificate/schema';
import { documentText, kindOf, PREDICATE_TYPE, type Statement } from '@flowfit/core/certificate/statement';
import type { ErrorObject } from 'ajv';
import { CliError } from '../errors.ts';

export interface Certificate {
  readonly statement: Statement;
  /** null = nobody signed it. */
  readonly envelope: Envelope | null;
  /** Texts that are not byte for byte as Flowfit writes them: line and part. */
  readonly faultsOfForm: readonly string[];
}

/** @throws CliError `certificate-invalid`, `certificate-newer` */
export const readCertificate = async (path: string, shown: string): Promise<Certificate> => {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(`${shown} cannot be read (${error.code}).`);
  });
  const text = decode(bytes, shown);
  const document = parse(text, shown);
  if (kindOf(document) !== 'envelope') {
    const statement = await toStatement(document, shown);
    return { statement, envelope: null, faultsOfForm: faultsOfForm(text, statement, shown) };
  }
  await checkShape(document, ENVELOPE_SCHEMA, shown);
  const envelope = document as Envelope;
  const place = `the payload of ${shown}`;
  const payload = decode(Buffer.from(envelope.payload, 'base64'), place);
  const statement = await toStatement(parse(payload, place), place);
  const rewritten = { ...envelope, payload: Buffer.from(payload).toString('base64') };
  return {
    statement,
    envelope,
    faultsOfForm: [...faultsOfForm(text, rewritten, shown), ...faultsOfForm(payload, statement, place)],
  };
};

const invalid = (message: string): CliError =>
  new CliError('certificate-invalid', message, {
    remedy: 'Name a file that "flowfit replay … --certificate FILE" wrote, as it was written.',
  });

const decode = (bytes: Uint8Array, place: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${place} is no text in UTF-8.`);
  }
};

const parse = (text: string, place: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`${place} is no JSON document: ${(error as Error).message}.`);
  }
};

const toStatement = async (document: unknown, place: string): Promise<Statement> => {
  switch (kindOf(document)) {
    case 'newer':
      throw new CliError('certificate-newer', `${place} was written by a newer Flowfit.`, {
        remedy: `This one reads ${PREDICATE_TYPE}. Update Flowfit.`,
      });
    case 'statement':
      await checkShape(document, STATEMENT_SCHEMA, place);
      return document as Statement;
    default:
      throw invalid(`${place} is no certificate: it is not a statement of type ${PREDICATE_TYPE}.`);
  }
};

const checkShape = async (document: unknown, schema: object, place: string): Promise<void> => {
  const { faultsOfShape } = await import('./shape.ts');
  const [error] = faultsOfShape(document, schema);
  if (error !== undefined) throw invalid(`${place}: ${describe(error)}.`);
};

/** `predicate.window.from must match …` */
const describe = ({ instancePath, message, keyword, params }: ErrorObject): string => {
  const path = instancePath.slice(1).replaceAll('/', '.') || 'the document';
  const name =
    keyword === 'additionalProperties' ? ` (${(params as { additionalProperty: string }).additionalProperty})` : '';
  return `${path} ${message}${name}`;
};

const faultsOfForm = (text: string, document: unknown, place: string): string[] => {
  const expected = documentText(document);
  if (text === expected) return [];
  const [lines, expectedLines] = [text.split('\n'), expected.split('\n')];
  const line = lines.findIndex((one, index) => one !== expectedLines[index]);
  return [`line ${(line < 0 ? lines.length : line) + 1} of ${place} is not as Flowfit writes it`];
};
