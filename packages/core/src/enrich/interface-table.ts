/** What the inventory knows of the interfaces that have a code, and of the instances that they are attached to. */
import type { Dictionaries } from '../flow/batch.ts';
import type { Instance, NetworkInterface } from '../inventory/model.ts';
import { grown } from './grow.ts';
import { Ownership } from './ownership.ts';
import { NO_STATE, type StatesOverTime, StateTable } from './states.ts';

/** Each is asked once for each id. */
export interface InterfaceSources {
  /** Ascending by time, as `Timeline.interfaceVersions` has them; empty for an interface that nothing is known of. */
  statesOf(interfaceId: string): StatesOverTime<NetworkInterface>;
  /** The same of instances; absent = not wanted. */
  instanceStatesOf?(instanceId: string): StatesOverTime<Instance>;
}

/** An entry for each code. */
export class InterfaceTable {
  readonly table = new StateTable<NetworkInterface>();
  readonly instances = new StateTable<Instance>();
  readonly ownership: Ownership;
  /** The first one is of interfaces that are not known. */
  readonly groupSets: (readonly string[])[] = [[]];
  /** Entry in `instances` of each state of an interface. */
  readonly instanceOf: number[] = [];
  readonly #dictionaries: Dictionaries;
  readonly #sources: InterfaceSources;
  readonly #instanceEntries = new Map<string | null, number>();
  readonly #groupSetCodes = new Map<string, number>();
  /** By state. */
  #groupSetOf = new Int32Array(64);

  constructor(dictionaries: Dictionaries, sources: InterfaceSources) {
    this.#dictionaries = dictionaries;
    this.#sources = sources;
    this.ownership = new Ownership(dictionaries.addresses);
  }

  /** Asks for what got a code since the last call. */
  learn(): void {
    const { texts } = this.#dictionaries.of('interface-id');
    while (this.table.size < texts.length) {
      const id = texts[this.table.size] as string;
      this.#add(id === '' ? [] : this.#sources.statesOf(id));
    }
    this.ownership.learnAddresses();
  }

  #add(states: StatesOverTime<NetworkInterface>): void {
    for (const { value } of states) {
      const state = this.instanceOf.length;
      this.ownership.add(value);
      this.instanceOf.push(this.#instanceEntryOf(value.instanceId));
      this.#groupSetOf = grown(this.#groupSetOf, state + 1);
      this.#groupSetOf[state] = this.#groupSetCodeOf(value.groupIds);
    }
    this.table.add(states);
  }

  #instanceEntryOf(id: string | null): number {
    const known = this.#instanceEntries.get(id);
    if (known !== undefined) return known;
    const entry = this.instances.size;
    this.instances.add((id === null ? undefined : this.#sources.instanceStatesOf?.(id)) ?? []);
    this.#instanceEntries.set(id, entry);
    return entry;
  }

  #groupSetCodeOf(groupIds: readonly string[]): number {
    const key = groupIds.join(' ');
    const known = this.#groupSetCodes.get(key);
    if (known !== undefined) return known;
    this.#groupSetCodes.set(key, this.groupSets.length);
    return this.groupSets.push(groupIds) - 1;
  }

  groupSetsOf(states: Int32Array): Int32Array {
    const codes = new Int32Array(states.length);
    for (let row = 0; row < codes.length; row++) {
      const state = states[row] as number;
      codes[row] = state === NO_STATE ? 0 : (this.#groupSetOf[state] as number);
    }
    return codes;
  }
}
