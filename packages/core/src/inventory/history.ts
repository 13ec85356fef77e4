/**
 * What the snapshots say about the objects of one kind, over time.
 *
 * AWS never reuses an id, so an object has one life. Its *value* at a time is the one of the newest snapshot up to
 * then that holds it, else of the first that does. Whether it *existed* is another question: a snapshot tells that an
 * object is absent only if it covers the object's scope (its account and region), which it does if it holds others of
 * that scope: adding a second account's snapshot must not empty the first account. So an object may have existed from
 * the last snapshot that covers its scope and lacks it before its first sighting, until the first such one after its
 * last sighting. Where in doubt it exists: what exists too long can explain a flow wrongly, what is missing would
 * make a rule look unused.
 */
import { isSameJson } from './json.ts';

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

export class History<T extends { readonly id: string }> {
  readonly #lives = new Map<string, Life<T>>();
  #sorted: [string, Life<T>][] | null = null;
  /** By epoch: the scopes of the objects seen. */
  readonly #covered: ReadonlySet<string | null>[] = [];
  readonly #scopeOf: (value: T) => string | null;
  readonly #fill: (value: T, neighbour: T) => T;

  /**
   * @param scopeOf Names the scope of an object; null = no snapshot can tell that it is gone.
   * @param fill Completes what one sighting does not say from the one before or after it.
   */
  constructor(scopeOf: (value: T) => string | null, fill: (value: T, neighbour: T) => T = (value) => value) {
    this.#scopeOf = scopeOf;
    this.#fill = fill;
  }

  /** Adds the objects of the next epoch; of two with the same id the later one counts. */
  append(values: readonly T[]): void {
    const epoch = this.#covered.length;
    this.#sorted = null;
    for (const value of new Map(values.map((v) => [v.id, v])).values()) this.#see(value, epoch);
    this.#covered.push(new Set(values.map(this.#scopeOf)));
  }

  #see(value: T, epoch: number): void {
    const life = this.#lives.get(value.id);
    if (life === undefined) {
      this.#lives.set(value.id, { sightings: [{ epoch, value }], first: epoch, last: epoch });
      return;
    }
    life.last = epoch;
    const before = life.sightings.pop() as Sighting<T>;
    const previous = { epoch: before.epoch, value: this.#fill(before.value, value) };
    const next = this.#fill(value, previous.value);
    life.sightings.push(previous);
    if (!isSameJson(previous.value, next)) life.sightings.push({ epoch, value: next });
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

  /**
   * The values that the last capture up to a gap shows; a gap is named by the capture that it follows, -1 comes before
   * the first. Captures that do not cover an object's scope say nothing of it.
   */
  shownBefore(gap: number): T[] {
    return this.#shownIn((scope) => {
      let epoch = gap;
      while (epoch >= 0 && scope !== null && !this.#covers(epoch, scope)) epoch--;
      return epoch >= 0 ? epoch : null;
    });
  }

  /** The values that the first capture after a gap shows. */
  shownAfter(gap: number): T[] {
    return this.#shownIn((scope) => {
      let epoch = gap + 1;
      while (epoch < this.#covered.length && scope !== null && !this.#covers(epoch, scope)) epoch++;
      return epoch < this.#covered.length ? epoch : null;
    });
  }

  #shownIn(captureOf: (scope: string | null) => number | null): T[] {
    const captures = new Map<string | null, number | null>();
    const values: T[] = [];
    for (const [, life] of this.#sortedLives()) {
      const scope = this.#scopeOf(valueIn(life.sightings, life.last));
      if (!captures.has(scope)) captures.set(scope, captureOf(scope));
      const epoch = captures.get(scope) ?? null;
      if (epoch !== null && life.first <= epoch && epoch <= life.last) values.push(valueIn(life.sightings, epoch));
    }
    return values;
  }

  /** When captures show each object, as epochs: first and last, and the ones that lack it before and after (or null). */
  lives(): {
    readonly value: T;
    readonly first: number;
    readonly last: number;
    readonly born: number | null;
    readonly gone: number | null;
  }[] {
    return this.#sortedLives().map(([, life]) => {
      const { born, gone } = this.#span(life);
      return {
        value: valueIn(life.sightings, life.last),
        first: life.first,
        last: life.last,
        born: born < 0 ? null : born,
        gone,
      };
    });
  }

  /** All versions of all objects, by id and time; the first is valid since ever, the last until now. */
  versions(epochs: readonly number[]): Version<T>[] {
    return this.#sortedLives().flatMap(([id]) => this.versionsOf(id, epochs));
  }

  /** Those of one object; empty for an id that no snapshot holds. */
  versionsOf(id: string, epochs: readonly number[]): Version<T>[] {
    const sightings = this.#lives.get(id)?.sightings ?? [];
    return sightings.map(({ epoch, value }, index) => ({
      id,
      from: index === 0 ? null : (epochs[epoch] ?? null),
      to: epochs[sightings[index + 1]?.epoch ?? epochs.length] ?? null,
      value,
    }));
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

  #covers(epoch: number, scope: string | null): boolean {
    return scope !== null && this.#covered[epoch]?.has(scope) === true;
  }

  #sortedLives(): readonly [string, Life<T>][] {
    this.#sorted ??= [...this.#lives].sort(([a], [b]) => (a < b ? -1 : 1));
    return this.#sorted;
  }
}

/** The last value sighted up to an epoch, else the first. Lives change rarely: a scan from the end is short. */
const valueIn = <T>(sightings: readonly Sighting<T>[], epoch: number): T => {
  let index = sightings.length - 1;
  while (index > 0 && (sightings[index]?.epoch ?? 0) > epoch) index--;
  return (sightings[index] as Sighting<T>).value;
};
