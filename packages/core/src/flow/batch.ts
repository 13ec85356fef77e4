/**
 * Flow records as columns: what every reader gives, and what enrichment, the lake and the decorator take.
 *
 * A record is a row. Numbers stand as they are; everything else is a code into a dictionary, so that whatever is worth
 * doing once for each distinct interface, address or word is done once for it. Columns are typed arrays alone: a batch
 * can be handed from one thread to another, or to a database, without looking at its values.
 */

/** What a row stands for, as `FlowBatch.kinds` has it: the place in this list. */
export const ROW_KINDS = ['record', 'no-data', 'skip-data'] as const;

/** `-1` in a column of numbers: no number of a flow log is below zero. */
export const MISSING_NUMBER = -1;

/** Code of a missing value in every dictionary. */
export const MISSING_CODE = 0;

/**
 * Distinct texts by code. `texts[0]` is '' and stands for a missing value. Codes are given out in order and never change.
 * Fields with a closed set of values (`FieldDefinition.values`) have these from the beginning, in their order: code 1 is
 * the first of them.
 */
export interface Dictionary {
  readonly texts: readonly string[];
  /** The code of a text, a new one if it has none yet. Addresses have to be in canonical form. */
  codeOf(text: string): number;
}

/** The dictionaries of some readers: one for all address fields, one for each other field that is not numeric. */
export interface Dictionaries {
  readonly addresses: Dictionary;
  /** Of a field that is not numeric; for an address field, `addresses`. */
  of(field: string): Dictionary;
}

/** A numeric field (`int`, `long`, `seconds`). */
export interface NumberColumn {
  readonly holds: 'numbers';
  /** `MISSING_NUMBER` = missing. Whole numbers below 2^53; of `int` fields below 2^31. */
  readonly values: Int32Array | Float64Array;
}

/** Any other field. */
export interface CodeColumn {
  readonly holds: 'codes';
  /** `MISSING_CODE` = missing. */
  readonly codes: Int32Array;
}

export type FlowColumn = NumberColumn | CodeColumn;

export interface FlowBatch {
  /** AWS's names in canonical order: that of the field table, then other names by the alphabet. */
  readonly fields: readonly string[];
  /** Rows. Arrays may be longer: what is behind means nothing. */
  readonly length: number;
  /** Place in `ROW_KINDS`. */
  readonly kinds: Uint8Array;
  /** One for each of `fields`. */
  readonly columns: readonly FlowColumn[];
  /**
   * A hash of 64 bits of the names and values of each row, low half before high half, see `./row-hash.ts`: equal records
   * have equal ones, whatever the order of fields or the spelling of addresses was, in this process or another.
   */
  readonly hashes: Uint32Array;
}

/** The column of a field; undefined where the batch lacks it. */
export const columnOfBatch = (batch: FlowBatch, field: string): FlowColumn | undefined =>
  batch.columns[batch.fields.indexOf(field)];
