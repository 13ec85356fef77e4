/** Batches while they are built: one builder for each set of fields. */
import { type FlowBatch, ROW_KINDS } from './batch.ts';
import type { ReaderDictionaries } from './dictionaries.ts';
import { canonicalOrder, fieldOf } from './fields.ts';
import type { RecordKind } from './record.ts';
import { hashOfText, RowHashes } from './row-hash.ts';
import { type KindRule, toKindRule } from './status.ts';
import { createColumn, type ValueColumn } from './value-columns.ts';

/** Takes a batch, which is its own from then on. */
type BatchSink = (batch: FlowBatch, builder: BatchBuilder) => void;

interface BuilderOptions {
  readonly dictionaries: ReaderDictionaries;
  readonly onBatch: BatchSink;
  /** A batch is given away when it has so many. Default: 65,536. */
  readonly rowsAtOnce?: number;
}

/** Many objects are tiny: room grows with need. */
const FIRST_ROWS = 64;
const ROWS_AT_ONCE = 65_536;

export class BatchBuilder {
  /** In canonical order. */
  readonly fields: readonly string[];
  /** One for each of `fields`. */
  readonly columns: readonly ValueColumn[];
  readonly #onBatch: BatchSink;
  readonly #rowsAtOnce: number;
  readonly #filled: Set<BatchBuilder>;
  /** Rows that there is room for. */
  #room = 0;
  #length = 0;
  #firstRows = FIRST_ROWS;

  /**
   * @param fields in any order, none twice
   * @param filled builders that have rows; when they are many, all give them away
   */
  constructor(fields: readonly string[], options: BuilderOptions, filled: Set<BatchBuilder>) {
    const { dictionaries, onBatch, rowsAtOnce = ROWS_AT_ONCE } = options;
    this.fields = canonicalOrder(fields);
    this.columns = this.fields.map((field) => createColumn(field, dictionaries));
    this.#onBatch = onBatch;
    this.#rowsAtOnce = rowsAtOnce;
    this.#filled = filled;
  }

  get length(): number {
    return this.#length;
  }

  column(field: string): ValueColumn | undefined {
    return this.columns[this.fields.indexOf(field)];
  }

  /** Where the next row goes. What is written there counts once it is added. */
  nextRow(): number {
    if (this.#length === this.#rowsAtOnce) this.flush();
    if (this.#length === this.#room) this.#makeRoom();
    return this.#length;
  }

  /** Adds the row that was written. */
  add(): void {
    this.#length++;
  }

  /** Takes back the row that was added last. */
  drop(): void {
    this.#length--;
  }

  kindAt(row: number): RecordKind {
    return ROW_KINDS[this.#kindRule()(row)] as RecordKind;
  }

  /** Takes what it has. */
  take(): FlowBatch {
    this.#filled.delete(this);
    const { fields } = this;
    const length = this.#length;
    const hashes = this.#hashes(length);
    const kindOf = this.#kindRule();
    const kinds = new Uint8Array(length);
    for (let row = 0; row < length; row++) kinds[row] = kindOf(row);
    const columns = this.columns.map((column) => column.take());
    this.#firstRows = length === this.#rowsAtOnce ? length : FIRST_ROWS;
    this.#room = 0;
    this.#length = 0;
    return { fields, length, kinds, columns, hashes: hashes.finish() };
  }

  /** Gives away what it has. */
  flush(): void {
    if (this.#length > 0) this.#onBatch(this.take(), this);
  }

  #hashes(length: number): RowHashes {
    const known = this.fields.filter((field) => fieldOf(field) !== undefined);
    const hashes = new RowHashes(length, hashOfText(known.join(' ')));
    for (const [index, column] of this.columns.entries()) column.addTo(hashes, this.fields[index] as string);
    return hashes;
  }

  #kindRule(): KindRule {
    return toKindRule((field) => this.column(field)?.current());
  }

  #makeRoom(): void {
    if (this.#length === 0) this.#join();
    const rows = Math.min(this.#rowsAtOnce, this.#length === 0 ? this.#firstRows : 2 * this.#length);
    this.#room = rows;
    for (const column of this.columns) column.grow(rows);
  }

  #join(): void {
    if (this.#filled.size === MOST_FILLED) for (const builder of this.#filled) builder.flush();
    this.#filled.add(this);
  }
}

/** Builders by the sets of fields that records have. JSON may have as many as records: what is kept stays bounded. */
export class BatchBuilders {
  readonly #options: BuilderOptions;
  readonly #builders = new Map<string, BatchBuilder>();
  /** Those that have rows, whether or not they can still be found. */
  readonly #filled = new Set<BatchBuilder>();

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  get dictionaries(): ReaderDictionaries {
    return this.#options.dictionaries;
  }

  /** @param fields in any order, none twice */
  of(fields: readonly string[]): BatchBuilder {
    const key = JSON.stringify(canonicalOrder(fields));
    const known = this.#builders.get(key);
    if (known !== undefined) return known;
    if (this.#builders.size === MOST_BUILDERS) this.#builders.clear();
    const created = new BatchBuilder(fields, this.#options, this.#filled);
    this.#builders.set(key, created);
    return created;
  }

  /** Gives away what all of them have. */
  flush(): void {
    for (const builder of this.#filled) builder.flush();
  }
}

const MOST_BUILDERS = 256;
const MOST_FILLED = 64;
