/** What the steps of an ingest cost. */

/** `read` includes what cannot be told from it: decompression, and appending rows to DuckDB. */
export type IngestStep = 'read' | 'enrich' | 'write' | 'roll-up';

export interface StepCost {
  /** Of all threads of the process. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Sums up the time between one call of `begin` and the next. */
export class StepClock {
  readonly #costs = new Map<IngestStep, { cpuSeconds: number; seconds: number }>();
  #step: IngestStep | null = null;
  #cpu = process.cpuUsage();
  #wall = process.hrtime.bigint();

  begin(step: IngestStep | null): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    const wall = process.hrtime.bigint();
    if (this.#step !== null) {
      const cost = this.#costs.get(this.#step) ?? { cpuSeconds: 0, seconds: 0 };
      cost.cpuSeconds += (user + system) / 1e6;
      cost.seconds += Number(wall - this.#wall) / 1e9;
      this.#costs.set(this.#step, cost);
    }
    this.#step = step;
    this.#cpu = process.cpuUsage();
    this.#wall = wall;
  }

  /** So far, in the order in which the steps began. */
  get costs(): ReadonlyMap<IngestStep, StepCost> {
    return this.#costs;
  }
}
