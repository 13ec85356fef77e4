/** Who opened the connection of each segment: the ladder of core/conversation/initiator.ts, climbed for each. */
import {
  type ConnectionEvidence,
  type Flags,
  initiatorOfFlags,
  resolveInitiator,
} from '@flowfit/core/conversation/initiator';
import { hasPorts, TCP } from '@flowfit/core/net/protocol';
import { makeColumns, type Rows, type Shape } from '../tables/typed.ts';
import { ACCEPT, ACTIONS, codeOfInitiator, codeOfMethod, NONE } from '../tables/words.ts';
import { type Clues, hasFlags } from './clues.ts';
import type { Judgements } from './elimination.ts';
import { FanIns } from './fan-in.ts';
import type { OtherInterfaces } from './other-interface.ts';
import type { Segments } from './segments.ts';
import type { Stances } from './stances.ts';

/** What was found out about a segment. Ports are `NONE` where they are null. */
export const DECISION = {
  /** Unix seconds. */
  began: 'whole',
  /** The gap between captures in which it began: -1 before the first one. */
  gap: 'int',
  /** Codes. */
  initiator: 'tiny',
  method: 'tiny',
  service_port: 'int',
  open_local_port: 'int',
  open_peer_port: 'int',
  /** 1 on the first segment of a connection, in the direction that it counts in. */
  opened_in: 'tiny',
  opened_out: 'tiny',
} as const satisfies Shape;

export type Decisions = Rows<typeof DECISION>;

const NO_FLAGS: Flags = { inbound: null, outbound: null };

/** The flags of segments, as far as they prove anything. */
export class FlagEvidence {
  readonly #segments: Segments;
  readonly #clues: Clues;

  constructor(segments: Segments, clues: Clues) {
    this.#segments = segments;
    this.#clues = clues;
  }

  /** Of the segment alone. */
  own(segment: number): Flags {
    const { columns } = this.#segments;
    return this.#flags(segment, columns.flags_in[segment]!, columns.flags_out[segment]!);
  }

  /** Of all of the connection. */
  all(segment: number): Flags {
    return this.#flags(segment, this.#clues.allIn[segment]!, this.#clues.allOut[segment]!);
  }

  /** Whether they leave open who opened it. */
  isOpen(segment: number): boolean {
    if (this.#segments.columns.protocol[segment] !== TCP) return true;
    return initiatorOfFlags(this.own(segment)) === null && initiatorOfFlags(this.all(segment)) === null;
  }

  #flags(segment: number, inbound: number, outbound: number): Flags {
    if (inbound === NONE && outbound === NONE) return NO_FLAGS;
    const { columns } = this.#segments;
    const isKnown = hasFlags(columns.protocol[segment]!, columns.local_port[segment]!, columns.peer_port[segment]!);
    return isKnown ? { inbound: orNull(inbound), outbound: orNull(outbound) } : NO_FLAGS;
  }
}

const orNull = (value: number): number | null => (value === NONE ? null : value);

export interface DecisionOptions {
  readonly segments: Segments;
  readonly clues: Clues;
  readonly flags: FlagEvidence;
  readonly others: OtherInterfaces;
  /** See `openSegments`. */
  readonly isOpen: Uint8Array;
  readonly judgements: Judgements;
  readonly stances: Stances;
}

/** 1 for each segment of which the flags of neither end tell who opened the connection. */
export const openSegments = (count: number, flags: FlagEvidence, others: OtherInterfaces): Uint8Array => {
  const isOpen = new Uint8Array(count);
  for (let segment = 0; segment < count; segment++) {
    if (!flags.isOpen(segment)) continue;
    const seen = others.of(segment);
    const shown = seen && initiatorOfFlags({ inbound: orNull(seen.inbound), outbound: orNull(seen.outbound) });
    if (!shown) isOpen[segment] = 1;
  }
  return isOpen;
};

export const decide = (options: DecisionOptions): Decisions => {
  const { segments, clues, judgements, stances } = options;
  const { count, columns } = segments;
  const decisions = makeColumns(DECISION, count);
  const evidence = new SegmentEvidence(options);
  for (let segment = 0; segment < count; segment++) {
    evidence.segment = segment;
    const { initiator, method, alternative } = resolveInitiator(evidence);
    decisions.began[segment] = clues.began[segment]!;
    decisions.gap[segment] = clues.gap[segment]!;
    decisions.initiator[segment] = codeOfInitiator(initiator);
    decisions.method[segment] = codeOfMethod(method);
    decisions.service_port[segment] =
      initiator === 'unknown' || !hasPorts(columns.protocol[segment]!)
        ? NONE
        : (initiator === 'remote' ? columns.local_port : columns.peer_port)[segment]!;
    const stance = alternative ? judgements.stances[segment]! : NONE;
    decisions.open_local_port[segment] = stance === NONE ? NONE : stances.classOf(stance, columns.local_port[segment]!);
    decisions.open_peer_port[segment] = stance === NONE ? NONE : stances.classOf(stance, columns.peer_port[segment]!);
    if (clues.isFirst[segment] === 1) {
      const isInbound = columns.flows_out[segment] === 0 || (columns.flows_in[segment]! > 0 && initiator !== 'local');
      (isInbound ? decisions.opened_in : decisions.opened_out)[segment] = 1;
    }
  }
  return { count, columns: decisions };
};

const WAYS = [0, 1, 2, 3].map((ways) => ({ inbound: (ways & 1) !== 0, outbound: (ways & 2) !== 0 }));

/** All that the ladder may want to know of one segment's connection after the other: looked up as it asks. */
class SegmentEvidence implements ConnectionEvidence {
  segment = 0;
  readonly #options: DecisionOptions;
  readonly #columns: Segments['columns'];
  readonly #fanIns: FanIns;

  constructor(options: DecisionOptions) {
    this.#options = options;
    this.#columns = options.segments.columns;
    this.#fanIns = new FanIns(options.segments, (segment) => this.#isInferred(segment));
  }

  get protocol(): number {
    return this.#columns.protocol[this.segment]!;
  }

  get action(): ConnectionEvidence['action'] {
    return ACTIONS[this.#columns.action[this.segment]!] as ConnectionEvidence['action'];
  }

  get localPort(): number | null {
    return orNull(this.#columns.local_port[this.segment]!);
  }

  get peerPort(): number | null {
    return orNull(this.#columns.peer_port[this.segment]!);
  }

  get flags(): Flags {
    return this.#options.flags.own(this.segment);
  }

  get otherIntervals(): Flags {
    return this.#options.flags.all(this.segment);
  }

  /** What goes in there comes out here. */
  get otherInterface(): Flags | undefined {
    const seen = this.#options.others.of(this.segment);
    return seen && { inbound: orNull(seen.outbound), outbound: orNull(seen.inbound) };
  }

  get rules(): ConnectionEvidence['rules'] {
    return this.#options.judgements.rulesOf(this.segment);
  }

  get fanIn(): ConnectionEvidence['fanIn'] {
    return this.#fanIns.of(this.segment);
  }

  get ways(): ConnectionEvidence['ways'] {
    const { hasIn, hasOut } = this.#options.clues;
    return WAYS[hasIn[this.segment]! | (hasOut[this.segment]! << 1)];
  }

  /** Whether neither flags nor rules tell who opened its connection. */
  #isInferred(segment: number): boolean {
    if (this.#options.isOpen[segment] === 0) return false;
    const rules = this.#options.judgements.rulesOf(segment);
    return (
      this.#columns.action[segment] !== ACCEPT ||
      rules === undefined ||
      (rules.inbound === 'none') === (rules.outbound === 'none')
    );
  }
}
