/** Service ports seen, one bit each. */
import { PortSet } from '../net/port-set.ts';

export class PortTally {
  readonly #bits = new Uint32Array(2048);

  add(port: number): void {
    this.#bits[port >>> 5] = (this.#bits[port >>> 5] as number) | (1 << (port & 31));
  }

  toSet(): PortSet {
    const ports: [number, number][] = [];
    for (let word = 0; word < 2048; word++) {
      const bits = this.#bits[word] as number;
      if (bits === 0) continue;
      for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) ports.push([word * 32 + bit, word * 32 + bit]);
    }
    return PortSet.of(...ports);
  }
}
