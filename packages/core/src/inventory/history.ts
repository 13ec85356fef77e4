/**
 * What the snapshots say about the objects of one kind, over time.
 *
 * AWS never reuses an id, so an object has one life. Its *value* at a time is the one of the newest snapshot up to
 * then that holds it, else of the first that does. Whether it *existed* is another question: a snapshot tells that an
 * object is absent only if it holds others of the same account and region (adding a second account's snapshot must
 * not empty the first account). So an object may have existed from the last snapshot that lacked it before its first
 * sighting, until the first one that lacks it after its last sighting.
 */
import { isSameJson } from './json.ts';

/** Which account and region an object belongs to; null = the answer does not say. */
export interface Scope {
  readonly accountId: string | null;
  readonly region: string | null;
}

/** A value and the epochs (indexes of snapshots) in which it was in force: from `epoch` until the next version. */
interface Sighting<T> {
  readonly epoch: number;
  readonly value: T;
}

interface Life<T> {
  /** Changes only, oldest first. */
  readonly sightings: Sighting<T>[];
  readonly first: number;
  last: number;
}

/** A value that was in force from a time (inclusive) to a time (exclusive), Unix seconds. */
export interface Version<T> {
  readonly id: string;
  /** null = since ever. */
  readonly from: number | null;
  /** null = until now. */
  readonly to: number | null;
  readonly value: T;
}

const overlaps = (a: string | null, b: string | null): boolean => a === null || b === null || a === b;

export class History<T extends { readonly id: string }> {
  readonly #lives = new Map<string, Life<T>>();
  /** By epoch: the scopes of the objects seen. */
  readonly #covered: (readonly Scope[])[] = [];
  readonly #scopeOf: (value: T) => Scope;

  constructor(scopeOf: (value: T) => Scope) {
    this.#scopeOf = scopeOf;
  }

  /** Adds the objects of the next epoch; of two with the same id the later one counts. */
  append(values: readonly T[]): void {
    const epoch = this.#covered.length;
    const scopes = new Map<string, Scope>();
    for (const value of new Map(values.map((v) => [v.id, v])).values()) {
      const scope = this.#scopeOf(value);
      scopes.set(`${scope.accountId} ${scope.region}`, scope);
      this.#see(value, epoch);
    }
    this.#covered.push([...scopes.values()]);
  }

  #see(value: T, epoch: number): void {
    const life = this.#lives.get(value.id);
    if (life === undefined) {
      this.#lives.set(value.id, { sightings: [{ epoch, value }], first: epoch, last: epoch });
      return;
    }
    life.last = epoch;
    if (!isSameJson(life.sightings.at(-1)?.value, value)) life.sightings.push({ epoch, value });
  }

  /** The value of an id in an epoch; undefined only for ids that no snapshot holds. */
  at(id: string, epoch: number): T | undefined {
    const life = this.#lives.get(id);
    return life === undefined ? undefined : valueIn(life.sightings, epoch);
  }

  /** The values of all objects that may have existed in an epoch, sorted by id. */
  existingIn(epoch: number): T[] {
    const values: T[] = [];
    for (const [, life] of this.#sortedLives()) {
      const { born, gone } = this.#span(life);
      if (epoch >= born && (gone === null || epoch < gone)) values.push(valueIn(life.sightings, epoch));
    }
    return values;
  }

  /** All versions of all objects, by id and time; the first is valid since ever, the last until now. */
  versions(epochs: readonly number[]): Version<T>[] {
    return this.#sortedLives().flatMap(([id, { sightings }]) =>
      sightings.map(({ epoch, value }, index) => ({
        id,
        from: index === 0 ? null : (epochs[epoch] ?? null),
        to: epochs[sightings[index + 1]?.epoch ?? epochs.length] ?? null,
        value,
      })),
    );
  }

  /** The epoch that first lacks an object after its last sighting; null while it is not known to be gone. */
  goneIn(id: string): number | null {
    const life = this.#lives.get(id);
    return life === undefined ? null : this.#span(life).gone;
  }

  #span(life: Life<T>): { readonly born: number; readonly gone: number | null } {
    const scope = this.#scopeOf(valueIn(life.sightings, life.last));
    let born = life.first - 1;
    while (born >= 0 && !this.#covers(born, scope)) born--;
    let gone = life.last + 1;
    while (gone < this.#covered.length && !this.#covers(gone, scope)) gone++;
    return { born, gone: gone < this.#covered.length ? gone : null };
  }

  #covers(epoch: number, scope: Scope): boolean {
    return (this.#covered[epoch] ?? []).some(
      (seen) => overlaps(seen.accountId, scope.accountId) && overlaps(seen.region, scope.region),
    );
  }

  #sortedLives(): [string, Life<T>][] {
    return [...this.#lives].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** The last value sighted up to an epoch, else the first. Lives change rarely: a scan from the end is short. */
const valueIn = <T>(sightings: readonly Sighting<T>[], epoch: number): T => {
  let index = sightings.length - 1;
  while (index > 0 && (sightings[index]?.epoch ?? 0) > epoch) index--;
  return (sightings[index] as Sighting<T>).value;
};
