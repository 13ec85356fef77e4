/** A part of a proposal that can be had with more rules or fewer: what the curve divides its rules among. */
import type { RulePeer, SecurityGroupRule } from '../inventory/model.ts';

/** One rule to be, before it has an id and a description. */
export interface Piece {
  readonly direction: SecurityGroupRule['direction'];
  /** IANA number. */
  readonly protocol: number;
  readonly ports: readonly [first: number, last: number];
  readonly peer: RulePeer;
}

export interface Option {
  readonly rules: number;
  /** How much of the quotas of each family it takes. */
  readonly weight: { readonly 4: number; readonly 6: number };
  /** Pairs of address and port. */
  readonly ipv4: number;
  readonly ipv6: number;
  readonly pieces: () => readonly Piece[];
}

export interface Slot {
  /** Slots of one direction and protocol have the same. */
  readonly kind: string;
  readonly direction: SecurityGroupRule['direction'];
  /** By rules, ascending; openness falls. At least one. */
  readonly options: readonly Option[];
  /** By rules: the least that any proposal of this kind can admit. */
  readonly bound: (rules: number) => { readonly ipv4: number; readonly ipv6: number };
}
