/** Words of closed sets as small numbers, and back. */
import { INITIATOR_METHODS, type Initiator, type InitiatorMethod } from '@flowfit/core/conversation/model';
import { fieldOf } from '@flowfit/core/flow/fields';
import { literal } from '../sql/text.ts';

/** By code; null = missing. */
export type Words = readonly (string | null)[];

/** What was done with the packets, numbered as `Dictionary` of core/flow/batch.ts numbers a closed set of values. */
export const ACTIONS: Words = [null, ...(fieldOf('action')?.values ?? [])];

export const ACCEPT = ACTIONS.indexOf('ACCEPT');

/** Who opened a connection. */
export const INITIATORS = ['unknown', 'local', 'remote'] as const satisfies readonly Initiator[];

const INITIATOR_CODES = new Map<Initiator, number>(INITIATORS.map((initiator, code) => [initiator, code]));
const METHOD_CODES = new Map<InitiatorMethod, number>(INITIATOR_METHODS.map((method, code) => [method, code]));

export const codeOfInitiator = (initiator: Initiator): number => INITIATOR_CODES.get(initiator) as number;

export const codeOfMethod = (method: InitiatorMethod): number => METHOD_CODES.get(method) as number;

/** SQL: the word of a code. */
export const wordSql = (words: Words, code: string): string =>
  `CASE ${code} ${words.map((word, index) => `WHEN ${index} THEN ${word === null ? 'NULL' : literal(word)}`).join(' ')} END`;

/** SQL: the code of a word; that of the missing one for any other. */
export const codeSql = (words: Words, word: string): string =>
  `CASE ${word} ${words.map((one, index) => (one === null ? '' : `WHEN ${literal(one)} THEN ${index}`)).join(' ')} ELSE ${words.indexOf(null)} END`;

/** Stands for a missing port, for flags that no record has, and for a missing sum. */
export const NONE = -1;
