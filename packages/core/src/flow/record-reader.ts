/**
 * Reads flow records that come as names with values into columns: `{"srcaddr": "10.0.0.1", "srcport": 443, …}`, in
 * hyphenated or underscore names, or the rows of a table.
 *
 * Values follow the rules of text, numbers may also be numbers; null, `"-"` and `""` are missing. Names outside the
 * field table are kept as text, objects and lists under them as their JSON. The first fault counts, in the order of names.
 */
import type { BatchBuilder, BatchBuilders } from './batch-builder.ts';
import { toFieldName } from './columns.ts';
import { fieldOf } from './fields.ts';
import type { RejectReason, SkipReason } from './record.ts';
import { isTransitGatewayField } from './transit-gateway.ts';
import { describeBadValue, isDamaged, MISSING, quote } from './value.ts';
import type { ValueColumn } from './value-columns.ts';

/** What a record was. A `row` is the last one of `builder`. */
type RecordOutcome = 'row' | 'skipped' | 'rejected';

/** What the names of a record say, whatever its values are. */
interface Shape {
  readonly fields: readonly string[];
  readonly builder: BatchBuilder;
  /** Where the values go, in the order of names. */
  readonly plan: readonly ValueColumn[];
  /** Why no record with these names can be read: the name after the last of `fields`. */
  readonly fault: {
    readonly outcome: RecordOutcome;
    readonly reason: RejectReason | SkipReason;
    readonly detail: string;
  } | null;
}

export class RecordReader {
  /** Why the last record that was no row is none. */
  reason: RejectReason | SkipReason = 'bad-value';
  detail = '';
  readonly #builders: BatchBuilders;
  readonly #shapes = new Map<string, Shape>();
  #builder: BatchBuilder;

  constructor(builders: BatchBuilders) {
    this.#builders = builders;
    this.#builder = builders.of([]);
  }

  /** Where the last row went. */
  get builder(): BatchBuilder {
    return this.#builder;
  }

  /** @param valueAt the value of a name, by its place */
  read(names: readonly string[], valueAt: (place: number) => unknown): RecordOutcome {
    const shape = this.#shapeOf(names);
    const row = shape.builder.nextRow();
    for (let place = 0; place < shape.fields.length; place++) {
      const value = valueAt(place);
      const column = shape.plan[place] as ValueColumn;
      if (isMissing(value)) column.setMissing(row);
      else if (!this.#readValue(shape.fields[place] as string, value, column, row)) return 'rejected';
    }
    if (shape.fault !== null) {
      this.reason = shape.fault.reason;
      this.detail = shape.fault.detail;
      return shape.fault.outcome;
    }
    shape.builder.add();
    this.#builder = shape.builder;
    return 'row';
  }

  #readValue(name: string, value: unknown, column: ValueColumn, row: number): boolean {
    if (typeof value === 'number' && fieldOf(name) !== undefined) {
      return column.write(value, row) || this.#refuse(name, String(value));
    }
    const text = toText(value);
    if (text === null) return this.#reject('bad-value', `${name} is nested too deeply`);
    if (isDamaged(text)) return this.#reject('bad-encoding', `${name} holds bytes that are not valid UTF-8`);
    if (fieldOf(name) !== undefined && typeof value !== 'string' && typeof value !== 'bigint') {
      return this.#reject('bad-value', `${name} is ${quote(text)}, neither text nor a number`);
    }
    return column.write(text, row) || this.#refuse(name, text);
  }

  #refuse(name: string, text: string): false {
    const { reason, detail } = describeBadValue(name, text);
    return this.#reject(reason, detail);
  }

  #reject(reason: RejectReason, detail: string): false {
    this.reason = reason;
    this.detail = detail;
    return false;
  }

  #shapeOf(names: readonly string[]): Shape {
    const key = JSON.stringify(names);
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    if (this.#shapes.size === MOST_SHAPES) this.#shapes.clear();
    const created = toShape(names, this.#builders);
    this.#shapes.set(key, created);
    return created;
  }
}

const MOST_SHAPES = 256;

const toShape = (names: readonly string[], builders: BatchBuilders): Shape => {
  const fields: string[] = [];
  let fault: Shape['fault'] = null;
  for (const name of names.map(toFieldName)) {
    if (isTransitGatewayField(name)) fault = { outcome: 'skipped', reason: 'transit-gateway', detail: 'set aside' };
    else if (fields.includes(name)) {
      fault = { outcome: 'rejected', reason: 'duplicate-field', detail: `the record names ${name} twice` };
    }
    if (fault !== null) break;
    fields.push(name);
  }
  const builder = builders.of(fields);
  return { fields, builder, plan: fields.map((field) => builder.column(field) as ValueColumn), fault };
};

const isMissing = (value: unknown): boolean => value === null || value === MISSING || value === '';

/** A value as text: itself, or its JSON; null when it is nested beyond what can be written. */
const toText = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
};
