/**
 * Enrichment of a batch: what the inventory and the geography database know of the interfaces and ends of its records.
 *
 * Everything is looked up once for each distinct interface or address and carried as a code, batch after batch. This is
 * the one definition: the lake and the decorator take it from here.
 *
 * Direction is which way the packets of a record went at its interface. `flow-direction` says it where the record has
 * one. Otherwise one end of the record is the interface's own: source means outbound, destination inbound. An end is the
 * interface's own when its address or its packet address is. Both are asked, because AWS rewrites the former to the
 * primary address of the interface, and a NAT gateway or router carries packets of which the latter is at neither end
 * its own. When both ends are own (an interface talking to itself) or neither is, nothing is known.
 */
import { type Dictionaries, type FlowBatch, MISSING_CODE, MISSING_NUMBER } from '../flow/batch.ts';
import { fieldOf } from '../flow/fields.ts';
import type { Instance, NetworkInterface } from '../inventory/model.ts';
import type { Direction } from './added.ts';
import { codesOf, numbersOf } from './columns.ts';
import { type InterfaceSources, InterfaceTable } from './interface-table.ts';
import type { Locate, Location } from './location.ts';
import type { Ownership } from './ownership.ts';
import { AddressPlaces } from './places.ts';
import { NO_STATE } from './states.ts';

/** What enrichment asks for. Each is asked once for each id or address. */
export interface BatchSources extends InterfaceSources {
  readonly locate: Locate;
}

/** Codes of the words of the added field `direction`; `MISSING_CODE` = unknown. */
export const DIRECTION_CODES = { inbound: 1, outbound: 2 } as const satisfies Record<Direction, number>;

/** One value for each row of the batch. */
export interface EnrichedBatch {
  /** `DIRECTION_CODES`, or `MISSING_CODE`. */
  readonly directions: Uint8Array;
  /** State of the interface at the time of the record: index into `BatchEnricher.states`; `NO_STATE` = not known. */
  readonly states: Int32Array;
  /** Index into `BatchEnricher.groupSets`; 0 where the interface is not known. */
  readonly groupSets: Int32Array;
  /** Index into `BatchEnricher.instances`, or `NO_STATE`; null where `instanceStatesOf` is absent. */
  readonly instances: Int32Array | null;
}

/** Lives as long as the dictionaries of the batches that it is given, and as what its sources say. */
export class BatchEnricher {
  readonly #sources: BatchSources;
  readonly #places: AddressPlaces;
  readonly #interfaces: InterfaceTable;

  constructor(dictionaries: Dictionaries, sources: BatchSources) {
    this.#sources = sources;
    this.#places = new AddressPlaces(dictionaries.addresses, sources.locate);
    this.#interfaces = new InterfaceTable(dictionaries, sources);
  }

  /** States of interfaces, by index. */
  get states(): readonly NetworkInterface[] {
    return this.#interfaces.table.states;
  }

  /** States of instances, by index. */
  get instances(): readonly Instance[] {
    return this.#interfaces.instances.states;
  }

  /** Sets of security groups, each sorted, by index; the first one is of interfaces that are not known. */
  get groupSets(): readonly (readonly string[])[] {
    return this.#interfaces.groupSets;
  }

  /** Code of the location of each address in batches so far; the array may be longer. 0 = nowhere. */
  get places(): Int32Array {
    return this.#places.places;
  }

  /** Distinct locations, by code; the first is nowhere. */
  get locations(): readonly Location[] {
    return this.#places.locations;
  }

  enrich(batch: FlowBatch): EnrichedBatch {
    this.#interfaces.learn();
    this.#places.learn();
    const states = this.#statesOf(batch);
    return {
      states,
      directions: this.#directionsOf(batch, states),
      groupSets: this.#interfaces.groupSetsOf(states),
      instances: this.#sources.instanceStatesOf === undefined ? null : this.#instancesOf(batch, states),
    };
  }

  #statesOf(batch: FlowBatch): Int32Array {
    const { table } = this.#interfaces;
    const states = new Int32Array(batch.length);
    const interfaces = codesOf(batch, 'interface-id');
    if (interfaces === null) return states.fill(NO_STATE);
    const starts = numbersOf(batch, 'start');
    for (let row = 0; row < states.length; row++) {
      states[row] = table.at(interfaces[row] as number, starts === null ? MISSING_NUMBER : (starts[row] as number));
    }
    return states;
  }

  #directionsOf(batch: FlowBatch, states: Int32Array): Uint8Array {
    const directions = new Uint8Array(states.length);
    const stated = codesOf(batch, 'flow-direction');
    if (stated !== null) {
      for (let row = 0; row < directions.length; row++) directions[row] = STATED[stated[row] as number] as number;
    }
    const sources = ['srcaddr', 'pkt-srcaddr'].flatMap((field) => codesOf(batch, field) ?? []);
    const destinations = ['dstaddr', 'pkt-dstaddr'].flatMap((field) => codesOf(batch, field) ?? []);
    const { ownership } = this.#interfaces;
    for (let row = 0; row < directions.length; row++) {
      const state = states[row] as number;
      if (directions[row] !== MISSING_CODE || state === NO_STATE) continue;
      const isSource = ownsAny(ownership, state, sources, row);
      const isDestination = ownsAny(ownership, state, destinations, row);
      if (isSource === isDestination) continue;
      directions[row] = isSource ? DIRECTION_CODES.outbound : DIRECTION_CODES.inbound;
    }
    return directions;
  }

  #instancesOf(batch: FlowBatch, states: Int32Array): Int32Array {
    const { instances, instanceOf } = this.#interfaces;
    const starts = numbersOf(batch, 'start');
    const found = new Int32Array(states.length).fill(NO_STATE);
    for (let row = 0; row < found.length; row++) {
      const state = states[row] as number;
      if (state === NO_STATE) continue;
      found[row] = instances.at(
        instanceOf[state] as number,
        starts === null ? MISSING_NUMBER : (starts[row] as number),
      );
    }
    return found;
  }
}

const ownsAny = (ownership: Ownership, state: number, columns: readonly Int32Array[], row: number): boolean => {
  for (let at = 0; at < columns.length; at++) {
    if (ownership.owns(state, (columns[at] as Int32Array)[row] as number)) return true;
  }
  return false;
};

/** By code of `flow-direction`. */
const STATED: readonly number[] = [
  MISSING_CODE,
  ...(fieldOf('flow-direction')?.values ?? []).map((word) =>
    word === 'ingress' ? DIRECTION_CODES.inbound : DIRECTION_CODES.outbound,
  ),
];
