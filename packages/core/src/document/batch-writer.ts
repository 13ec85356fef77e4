/**
 * Documents of the records of a batch: the same as `./encoder.ts` writes of one flow, straight from columns.
 *
 * What belongs to a code, such as the fields of a place or the groups of an interface, is written once for the code and
 * copied into the document of every record that has it.
 */
import { type AddedValues, addedFieldOf, wordsOf } from '../enrich/added.ts';
import type { BatchEnricher, EnrichedBatch } from '../enrich/batch.ts';
import { numbersOf } from '../enrich/columns.ts';
import { destinationsOf, type Ends, endsOf, sourcesOf } from '../enrich/ends.ts';
import { type Initiators, initiatorsOf } from '../enrich/initiator.ts';
import { type Location, toPoint } from '../enrich/location.ts';
import { NO_STATE } from '../enrich/states.ts';
import { type Dictionaries, type FlowBatch, MISSING_CODE, MISSING_NUMBER } from '../flow/batch.ts';
import { AsciiWriter, type Piece } from './ascii-writer.ts';
import { PieceTable } from './piece-table.ts';
import { closeObject, nameOf, writeField, writeTime } from './values.ts';

/** Lives as long as its enricher. */
export class BatchDocuments {
  readonly #writer = new AsciiWriter();
  readonly #dictionaries: Dictionaries;
  readonly #enricher: BatchEnricher;
  /** Names with values, by field. */
  readonly #texts = new Map<string, PieceTable>();
  readonly #localAddresses = new PieceTable();
  readonly #peerAddresses = new PieceTable();
  readonly #groupSets = new PieceTable();
  readonly #interfaces = new PieceTable();
  readonly #instances = new PieceTable();
  readonly #sources = new PieceTable();
  readonly #destinations = new PieceTable();

  constructor(dictionaries: Dictionaries, enricher: BatchEnricher) {
    this.#dictionaries = dictionaries;
    this.#enricher = enricher;
  }

  /** Holds the document that `write` wrote last; replaced when it grows. */
  get memory(): Uint8Array {
    return this.#writer.memory;
  }

  /** @param enriched of the same batch, by the enricher of these documents */
  open(batch: FlowBatch, enriched: EnrichedBatch): OpenBatch {
    const ends = endsOf(batch, enriched.directions);
    this.#learn();
    return {
      fields: batch.fields.flatMap((name, index) => this.#fieldOf(batch, name, index)),
      starts: numbersOf(batch, 'start'),
      enriched,
      ends,
      initiators: initiatorsOf(batch, enriched.directions, ends),
      sources: sourcesOf(batch),
      destinations: destinationsOf(batch),
      places: this.#enricher.places,
    };
  }

  /**
   * Writes the document of a row: one JSON object on one line, ASCII, without a line end, into the first bytes of `memory`,
   * where it stands until the next call. Returns the number of bytes.
   *
   * @throws RangeError for a start that no calendar has
   */
  write(batch: OpenBatch, row: number): number {
    const writer = this.#writer;
    writer.reset();
    const start = batch.starts === null ? MISSING_NUMBER : (batch.starts[row] as number);
    writeTime(writer, start === MISSING_NUMBER ? null : start);
    for (let at = 0; at < batch.fields.length; at++) (batch.fields[at] as OwnField).write(writer, row);
    this.#writeAdded(writer, batch, row);
    return closeObject(writer);
  }

  /** In the order of `ADDED_FIELDS`. */
  #writeAdded(writer: AsciiWriter, batch: OpenBatch, row: number): void {
    const { enriched, ends, initiators, sources, destinations, places } = batch;
    DIRECTIONS.copy(enriched.directions[row] as number, writer);
    this.#localAddresses.copy(ends.localAddresses[row] as number, writer);
    this.#peerAddresses.copy(ends.peerAddresses[row] as number, writer);
    this.#groupSets.copy(enriched.groupSets[row] as number, writer);
    writeNumber(writer, SERVICE_PORT, initiators.servicePorts[row] as number);
    INITIATORS.copy(initiators.initiators[row] as number, writer);
    METHODS.copy(initiators.methods[row] as number, writer);
    copyState(this.#interfaces, enriched.states[row] as number, writer);
    if (enriched.instances !== null) copyState(this.#instances, enriched.instances[row] as number, writer);
    this.#sources.copy(places[sources[row] as number] as number, writer);
    this.#destinations.copy(places[destinations[row] as number] as number, writer);
  }

  /** Writes the pieces of what got a code since the last call. */
  #learn(): void {
    const { states, instances, groupSets, locations } = this.#enricher;
    const { texts } = this.#dictionaries.addresses;
    extendTexts(this.#localAddresses, 'local-address', texts);
    extendTexts(this.#peerAddresses, 'peer-address', texts);
    extend(this.#groupSets, groupSets, (writer, ids, code) => {
      if (code !== 0) writeAdded(writer, 'security-group-ids', ids);
    });
    extend(this.#interfaces, states, (writer, { name, type, vpcId, instanceId }) => {
      writeAdded(writer, 'interface-name', name);
      writeAdded(writer, 'interface-kind', type);
      writeAdded(writer, 'interface-vpc-id', vpcId);
      writeAdded(writer, 'attached-instance-id', instanceId);
    });
    extend(this.#instances, instances, (writer, { name }) => writeAdded(writer, 'attached-instance-name', name));
    extend(this.#sources, locations, (writer, location) => writePlace(writer, 'source', location));
    extend(this.#destinations, locations, (writer, location) => writePlace(writer, 'destination', location));
  }

  /** None for a name that an added field has: the added one counts. */
  #fieldOf(batch: FlowBatch, name: string, index: number): OwnField[] {
    if (addedFieldOf(name) !== undefined) return [];
    const column = batch.columns[index];
    if (column === undefined) return [];
    if (column.holds === 'numbers') return [new NumberField(nameOf(name), column.values)];
    const table = this.#texts.get(name) ?? new PieceTable();
    this.#texts.set(name, table);
    extendTexts(table, name, this.#dictionaries.of(name).texts);
    return [new TextField(column.codes, table)];
  }
}

/** A batch with what its documents need. */
export interface OpenBatch {
  readonly fields: readonly OwnField[];
  readonly starts: Int32Array | Float64Array | null;
  readonly enriched: EnrichedBatch;
  readonly ends: Ends;
  readonly initiators: Initiators;
  readonly sources: Int32Array;
  readonly destinations: Int32Array;
  readonly places: Int32Array;
}

/** A field of the record itself. */
interface OwnField {
  write(writer: AsciiWriter, row: number): void;
}

class NumberField implements OwnField {
  readonly #name: Piece;
  readonly #values: Int32Array | Float64Array;

  constructor(name: Piece, values: Int32Array | Float64Array) {
    this.#name = name;
    this.#values = values;
  }

  write(writer: AsciiWriter, row: number): void {
    writeNumber(writer, this.#name, this.#values[row] as number);
  }
}

class TextField implements OwnField {
  readonly #codes: Int32Array;
  readonly #table: PieceTable;

  constructor(codes: Int32Array, table: PieceTable) {
    this.#codes = codes;
    this.#table = table;
  }

  write(writer: AsciiWriter, row: number): void {
    this.#table.copy(this.#codes[row] as number, writer);
  }
}

const writeNumber = (writer: AsciiWriter, name: Piece, value: number): void => {
  if (value === MISSING_NUMBER) return;
  writer.piece(name);
  writer.number(value);
};

const copyState = (table: PieceTable, state: number, writer: AsciiWriter): void => {
  if (state !== NO_STATE) table.copy(state, writer);
};

const extend = <Value>(
  table: PieceTable,
  values: readonly Value[],
  write: (writer: AsciiWriter, value: Value, code: number) => void,
): void => {
  while (table.length < values.length) {
    const code = table.length;
    table.add((writer) => write(writer, values[code] as Value, code));
  }
};

/** A field with each of the texts of a dictionary. */
const extendTexts = (table: PieceTable, name: string, texts: readonly string[]): void => {
  const piece = nameOf(name);
  extend(table, texts, (writer, text, code) => {
    if (code !== MISSING_CODE) writeField(writer, piece, text);
  });
};

const writeAdded = <Name extends keyof AddedValues>(writer: AsciiWriter, name: Name, value: AddedValues[Name]): void =>
  writeField(writer, nameOf(name), value);

const writePlace = (writer: AsciiWriter, end: 'source' | 'destination', location: Location): void => {
  writeAdded(writer, `${end}-country-code`, location.countryCode);
  writeAdded(writer, `${end}-country-name`, location.countryName);
  writeAdded(writer, `${end}-region-code`, location.regionCode);
  writeAdded(writer, `${end}-region-name`, location.regionName);
  writeAdded(writer, `${end}-city`, location.city);
  writeAdded(writer, `${end}-location`, toPoint(location));
};

const SERVICE_PORT = nameOf('service-port');

/** The words of an added field with its name. */
const wordTable = (name: 'direction' | 'initiator' | 'initiator-method'): PieceTable => {
  const table = new PieceTable();
  extendTexts(table, name, wordsOf(name));
  return table;
};

const DIRECTIONS = wordTable('direction');
const INITIATORS = wordTable('initiator');
const METHODS = wordTable('initiator-method');
