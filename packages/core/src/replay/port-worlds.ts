/** Ports that may be meant where a conversation names a class of them. */
import type { Conversation } from '../conversation/model.ts';
import { findOrMake } from '../multimap.ts';
import { LAST_PORT } from '../net/port-set.ts';
import type { Attributor } from '../security-group/attribute.ts';
import { classOfPort } from '../security-group/port-classes.ts';

type Place = Pick<Conversation, 'interfaceId' | 'epoch' | 'vpcId'>;

interface Cuts {
  /** First ports of the classes that the rules of the time tell apart. */
  readonly classes: readonly number[];
  /** First ports of those that today's and the proposed rules tell apart. */
  readonly finer: readonly number[];
}

export class PortWorlds {
  readonly #history: Attributor;
  readonly #states: readonly Attributor[];
  readonly #cuts = new Map<string, Cuts>();

  /** @param history in whose classes the conversations name ports */
  constructor(history: Attributor, states: readonly Attributor[]) {
    this.#history = history;
    this.#states = states;
  }

  /** Of the class of a port, one port of each part that the states tell apart from the port itself. */
  others(place: Place, port: number): readonly number[] {
    const { classes, finer } = this.#cutsOf(place);
    const next = classes[classOfPort(classes, port) + 1] ?? LAST_PORT + 1;
    return finer.filter((first) => first > port && first < next);
  }

  #cutsOf(place: Place): Cuts {
    const { interfaceId, epoch } = place;
    // Of interfaces that may have had any group the rules of all groups count.
    const isBracketed = this.#history.sightingOf(place).kind === 'bracketed';
    return findOrMake(this.#cuts, isBracketed ? `${epoch} ${interfaceId}` : `${epoch}`, () => ({
      classes: this.#history.portClasses(interfaceId, epoch),
      finer: sorted(this.#states.flatMap((state) => state.portClasses(interfaceId, epoch))),
    }));
  }
}

const sorted = (ports: readonly number[]): number[] => [...new Set(ports)].sort((a, b) => a - b);
