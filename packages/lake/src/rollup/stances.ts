/**
 * Stances: interfaces of one gap between captures that all rules treat alike, and the ports that these tell apart.
 *
 * Rules are asked once for each stance rather than for each interface, and once for each class of ports rather than for
 * each port. What counts as alike is said by core/security-group alone.
 */
import type { Attributor } from '@flowfit/core/security-group/attribute';
import { classOfPort } from '@flowfit/core/security-group/port-classes';
import { NONE } from '../tables/words.ts';
import { KeyIndex } from './key-index.ts';

/** One interface that stands for all of its stance. */
export interface Stance {
  readonly interfaceId: string;
  /** The gap between captures. */
  readonly epoch: number;
  /** Whether captures on both sides of the gap show it: only then its rules say anything of what they do not admit. */
  readonly isBracketed: boolean;
  /** First ports of the classes. */
  readonly ports: readonly number[];
}

export class Stances {
  readonly #attributor: Attributor;
  readonly #interfaceIds: readonly string[];
  readonly #all: Stance[] = [];
  readonly #byText = new Map<string, number>();
  readonly #seen = new KeyIndex(2);
  readonly #ofSeen: number[] = [];
  /** What was asked for last: mostly it is the same again. */
  #last = { interfaceCode: -1, gap: -1, stance: -1 };

  /** @param interfaceIds by code */
  constructor(attributor: Attributor, interfaceIds: readonly string[]) {
    this.#attributor = attributor;
    this.#interfaceIds = interfaceIds;
  }

  /** The number of the stance of an interface in a gap. */
  of(interfaceCode: number, gap: number): number {
    const last = this.#last;
    if (last.interfaceCode === interfaceCode && last.gap === gap) return last.stance;
    const stance = this.#look(interfaceCode, gap);
    this.#last = { interfaceCode, gap, stance };
    return stance;
  }

  #look(interfaceCode: number, gap: number): number {
    const seen = this.#seen;
    seen.key[0] = interfaceCode;
    seen.key[1] = gap;
    const size = seen.size;
    const number = seen.add();
    if (number === size) this.#ofSeen.push(this.#find(this.#interfaceIds[interfaceCode] as string, gap));
    return this.#ofSeen[number] as number;
  }

  at(stance: number): Stance {
    return this.#all[stance] as Stance;
  }

  /** The first port of the class of a port. */
  classOf(stance: number, port: number): number {
    if (port === NONE) return NONE;
    const { ports } = this.at(stance);
    return ports[classOfPort(ports, port)] as number;
  }

  #find(interfaceId: string, epoch: number): number {
    const text = this.#attributor.stanceOf(interfaceId, epoch);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.#all.length);
    const isBracketed = this.#attributor.isBracketed(interfaceId, epoch);
    const ports = this.#attributor.portClasses(interfaceId, epoch);
    return this.#all.push({ interfaceId, epoch, isBracketed, ports }) - 1;
  }
}
