/** Which other interfaces recorded a connection as accepted, of connections that somebody wants to know it of. */
import type { Rows } from '../tables/typed.ts';
import { ACCEPT } from '../tables/words.ts';
import { KeyIndex } from './key-index.ts';
import type { END, Segments } from './segments.ts';
import type { Surroundings } from './surroundings.ts';

/** Some rows at a time. */
export type AcceptedEnds = () => AsyncIterable<Rows<typeof END>>;

export class OtherEnds {
  readonly #segments: Segments;
  readonly #surroundings: Surroundings;
  readonly #wanted: number[] = [];
  /** As the other end has it: protocol, local address and port, peer's address and port. */
  readonly #ends = new KeyIndex(5);
  readonly #interfaces: number[][] = [];

  constructor(segments: Segments, surroundings: Surroundings) {
    this.#segments = segments;
    this.#surroundings = surroundings;
  }

  want(segment: number): void {
    const { columns } = this.#segments;
    if (columns.local_address[segment] === 0 || columns.peer_address[segment] === 0) return;
    this.#wanted.push(segment);
    if (this.#mirrored(segment).add() === this.#interfaces.length) this.#interfaces.push([]);
  }

  async look(accepted: AcceptedEnds): Promise<void> {
    if (this.#wanted.length === 0) return;
    const { key } = this.#ends;
    for await (const { count, columns } of accepted()) {
      for (let row = 0; row < count; row++) {
        if (columns.action[row] !== ACCEPT) continue;
        key[0] = columns.protocol[row]!;
        key[1] = columns.local_address[row]!;
        key[2] = columns.local_port[row]!;
        key[3] = columns.peer_address[row]!;
        key[4] = columns.peer_port[row]!;
        const ends = this.#ends.find();
        if (ends < 0) continue;
        const known = this.#interfaces[ends]!;
        if (!known.includes(columns.interface[row]!)) known.push(columns.interface[row]!);
      }
    }
  }

  /** Calls for each other interface that recorded the connection of a segment. */
  each(visit: (segment: number, interfaceCode: number) => void): void {
    for (const segment of this.#wanted) {
      const own = this.#segments.columns.interface[segment]!;
      for (const code of this.#interfaces[this.#mirrored(segment).find()]!) {
        if (code !== own && this.#surroundings.canReach(own, code)) visit(segment, code);
      }
    }
  }

  #mirrored(segment: number): KeyIndex {
    const { columns } = this.#segments;
    const { key } = this.#ends;
    key[0] = columns.protocol[segment]!;
    key[1] = columns.peer_address[segment]!;
    key[2] = columns.peer_port[segment]!;
    key[3] = columns.local_address[segment]!;
    key[4] = columns.local_port[segment]!;
    return this.#ends;
  }
}
