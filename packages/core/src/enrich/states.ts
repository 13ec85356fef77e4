/**
 * The states of things over time, found by numbers: a thing has an entry, an entry has states one after the other, and
 * a state is an index into the list of all states met so far.
 */
import { MISSING_NUMBER } from '../flow/batch.ts';
import type { Version } from '../inventory/timeline.ts';
import { grown } from './grow.ts';

/** The states of one thing in the order of time. Each one lasts until the next one begins, the first since ever. */
export type StatesOverTime<State> = readonly Pick<Version<State>, 'from' | 'value'>[];

/** Where nothing is known. */
export const NO_STATE = -1;

export class StateTable<State> {
  /** By index; those of one entry are neighbours, in the order of time. */
  readonly states: State[] = [];
  /** Unix seconds, by state; -infinity for the first one of an entry. */
  readonly #begins: number[] = [];
  #entries = 0;
  /** Of each entry the first of its states, and that of the entry behind it. */
  #first = new Int32Array(64);

  /** Number of entries: the next one has this number. */
  get size(): number {
    return this.#entries;
  }

  add(states: StatesOverTime<State>): void {
    for (const [index, { from, value }] of states.entries()) {
      this.states.push(value);
      this.#begins.push(index === 0 || from === null ? Number.NEGATIVE_INFINITY : from);
    }
    this.#entries++;
    this.#first = grown(this.#first, this.#entries + 1);
    this.#first[this.#entries] = this.states.length;
  }

  /**
   * Index of the state of an entry at a time (Unix seconds), or `NO_STATE`. At a missing time it is only the state of
   * what never changed.
   */
  at(entry: number, seconds: number): number {
    const first = this.#first[entry] as number;
    let state = (this.#first[entry + 1] as number) - 1;
    if (state < first) return NO_STATE;
    if (state === first) return state;
    if (seconds === MISSING_NUMBER) return NO_STATE;
    while (state > first && (this.#begins[state] as number) > seconds) state--;
    return state;
  }
}
