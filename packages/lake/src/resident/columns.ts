/**
 * What a table in memory keeps of conversations: numbers as they are, and everything else as codes. The codes of a
 * dictionary are in the order of its values, so that ordering by one is ordering by the other.
 */
import { filterField } from '@flowfit/core/filter/fields';
import { CONVERSATION_FIELDS } from '../queries/source.ts';
import { valueSql } from '../queries/value.ts';
import { columnOf } from '../sql/columns.ts';

/** Tables of `code` and `value`; those of `lists` are lists of text. */
export type Dictionary = 'addresses' | 'texts' | 'lists';

export interface ResidentColumn {
  readonly field: string;
  /** Quoted. */
  readonly column: string;
  /** Where the codes are explained; null for numbers. */
  readonly dictionary: Dictionary | null;
  /** SQL of the value in the rows of `conversations/` and their facts. */
  readonly value: string;
}

export const RESIDENT_COLUMNS: readonly ResidentColumn[] = [...CONVERSATION_FIELDS].map((field) => {
  const dictionary = dictionaryOf(field);
  const column = columnOf(field);
  return { field, column, dictionary, value: dictionary === 'lists' ? column : valueSql(field) };
});

const byField = new Map(RESIDENT_COLUMNS.map((column) => [column.field, column]));

/** @throws RangeError for a field that conversations do not keep */
export const residentColumn = (field: string): ResidentColumn => {
  const column = byField.get(field);
  if (column === undefined) throw new RangeError(`Conversations do not keep "${field}".`);
  return column;
};

/** Those explained by a dictionary. */
export const columnsOf = (dictionary: Dictionary): ResidentColumn[] =>
  RESIDENT_COLUMNS.filter((column) => column.dictionary === dictionary);

function dictionaryOf(field: string): Dictionary | null {
  switch (filterField(field)?.kind) {
    case 'number':
    case 'time':
      return null;
    case 'address':
      return 'addresses';
    case 'list':
      return 'lists';
    default:
      return 'texts';
  }
}
