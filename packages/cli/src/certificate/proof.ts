/** Showing that one conversation is in the set of a certificate, without showing the others. */
import { readFile } from 'node:fs/promises';
import type { Span } from '@flowfit/core/analysis/coverage';
import { type Check, check } from '@flowfit/core/certificate/compare';
import { fromHex, toHex } from '@flowfit/core/certificate/digest';
import { type InclusionProof, rootOfProof } from '@flowfit/core/certificate/merkle';
import type { ReplayPredicate } from '@flowfit/core/certificate/statement';
import { isObject } from '@flowfit/core/inventory/json';
import type { LakeState } from '@flowfit/lake/state';
import { CliError } from '../errors.ts';

const SCHEMA = 'flowfit.proof/1';

/** The document of `verify --prove`. */
export interface ProofDocument {
  readonly schema: typeof SCHEMA;
  /** Of all lines. */
  readonly root: string;
  readonly count: number;
  /** From 0, in the order of the leaf hashes. */
  readonly index: number;
  readonly line: string;
  /** Hashes of the subtrees beside the way to the root, from below. */
  readonly path: readonly string[];
}

/**
 * @param wanted number of a line, or a text that one line holds
 * @throws CliError `conversation-unknown`, `conversation-ambiguous`, `certificate-other-conversations`
 */
export const prove = async (
  { conversations: { count, root } }: ReplayPredicate,
  window: Span,
  state: LakeState,
  wanted: string,
  signal: AbortSignal,
): Promise<ProofDocument> => {
  const { proveLine, sha256, streamLines } = await import('@flowfit/lake/certificate/lines');
  const lines = () => streamLines(state, window, signal);
  const index = /^\d+$/.test(wanted) ? Number(wanted) : await findLine(lines(), wanted);
  if (index >= count) {
    throw new CliError('conversation-unknown', `There is no conversation ${index}.`, {
      remedy: `The certificate has ${count}, counted from 0.`,
    });
  }
  const proof = await proveLine(lines(), index, count);
  const found = proof === null ? null : rootOfProof(proof, sha256);
  if (proof === null || found === null || toHex(found) !== root) {
    throw new CliError('certificate-other-conversations', 'These are not the conversations of the certificate.', {
      remedy: 'Name the lake or the bundle that it was made from; "flowfit verify" without --prove says what differs.',
    });
  }
  return { schema: SCHEMA, root, count, index, line: proof.leaf, path: proof.path.map(toHex) };
};

const SHOWN = 5;

const findLine = async (lines: AsyncIterable<string>, text: string): Promise<number> => {
  const found: { index: number; line: string }[] = [];
  let index = 0;
  for await (const line of lines) {
    if (line.includes(text)) found.push({ index, line });
    if (found.length > SHOWN) break;
    index++;
  }
  const [first] = found;
  if (first === undefined) {
    throw new CliError('conversation-unknown', `No conversation of the window holds "${text}".`, {
      remedy: 'Give a text as it stands in the lines, such as "peer_address":"203.0.113.7".',
    });
  }
  if (found.length === 1) return first.index;
  throw new CliError('conversation-ambiguous', `Several conversations hold "${text}".`, {
    remedy: ['Name one by its number:', ...found.slice(0, SHOWN).map((one) => `${one.index}  ${one.line}`)].join('\n'),
  });
};

/** Whether the conversation of a proof is one of the certificate's. @throws CliError `proof-invalid` */
export const checkProof = async ({ conversations }: ReplayPredicate, path: string, shown: string): Promise<Check> => {
  const { sha256 } = await import('@flowfit/lake/certificate/lines');
  const proof = await readProof(path, shown);
  const root = rootOfProof(proof, sha256);
  const isIn = root !== null && toHex(root) === conversations.root && proof.count === conversations.count;
  return check(
    'proof',
    isIn ? [] : [`${shown} does not lead to the root of the certificate`],
    `conversation ${proof.index} is ${proof.leaf}`,
  );
};

const readProof = async (path: string, shown: string): Promise<InclusionProof> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw invalid(`The proof ${shown} cannot be read (${error.code}).`);
  });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid(`The proof ${shown} is no JSON document: ${(error as Error).message}.`);
  }
  if (!isObject(document) || document.schema !== SCHEMA) throw invalid(`${shown} is no proof of schema ${SCHEMA}.`);
  const { index, count, line, path: hashes } = document;
  const steps = Array.isArray(hashes)
    ? hashes.map((hash) => (typeof hash === 'string' ? fromHex(hash) : null))
    : [null];
  const isWhole = typeof index === 'number' && typeof count === 'number' && typeof line === 'string';
  if (!isWhole || steps.includes(null)) throw invalid(`${shown} lacks a part of a proof, or has it in another form.`);
  return { index, count, leaf: line, path: steps as Uint8Array[] };
};

const invalid = (message: string): CliError =>
  new CliError('proof-invalid', message, { remedy: 'Name a file with what "flowfit verify FILE --prove …" printed.' });
