/** Attributions: sets of rule versions, certain and possible. The same answer is the same object, so that it can be a key. */
import { DOUBT, explainsBy, isLess, vanishesWhenSole } from './doubt.ts';

/** Indexes into `Attributor.versions`, ascending. */
export interface Attribution {
  readonly certain: readonly number[];
  readonly possible: readonly number[];
  /** Of each possible one: what is in doubt, bits of `DOUBT`. */
  readonly doubts: readonly number[];
}

export const NO_ATTRIBUTION: Attribution = { certain: [], possible: [], doubts: [] };

/** Makes attributions from others; equal questions get the same object. */
export class AttributionAlgebra {
  readonly #ruleOf: (version: number) => string;
  readonly #directionOf: (version: number) => string;
  readonly #combined = new WeakMap<Attribution, Map<Attribution, Map<number, Attribution>>>();
  readonly #weakened = new WeakMap<Attribution, Map<number, Attribution>>();
  readonly #sole = new WeakMap<Attribution, Attribution>();

  constructor(versions: readonly { readonly id: string; readonly value: { readonly direction: string } }[]) {
    this.#ruleOf = (version) => versions[version]?.id ?? '';
    this.#directionOf = (version) => versions[version]?.value.direction ?? '';
  }

  /** What `first` says, and as possible whatever else `second` says; `doubt` is added to that. */
  combine(first: Attribution, second: Attribution, doubt: number): Attribution {
    if (second === NO_ATTRIBUTION || second === first) return first;
    const partners = this.#combined.get(first) ?? new Map<Attribution, Map<number, Attribution>>();
    this.#combined.set(first, partners);
    const byDoubt = partners.get(second) ?? new Map<number, Attribution>();
    partners.set(second, byDoubt);
    const known = byDoubt.get(doubt);
    if (known) return known;
    const combined = this.#join(first, second, doubt);
    byDoubt.set(doubt, combined);
    return combined;
  }

  #join(first: Attribution, second: Attribution, doubt: number): Attribution {
    // A rule that admits by one of its versions is not also possible by another.
    const certain = new Set(first.certain.map(this.#ruleOf));
    const possible = new Map<string, { version: number; doubts: number }>();
    const note = (version: number, doubts: number) => {
      const rule = this.#ruleOf(version);
      if (certain.has(rule)) return;
      const known = possible.get(rule);
      // Of two ways the one with fewer doubts is the reason.
      if (!known) possible.set(rule, { version, doubts });
      else if (isLess(doubts, known.doubts)) possible.set(rule, { version: known.version, doubts });
    };
    first.possible.forEach((version, index) => {
      note(version, first.doubts[index] as number);
    });
    second.certain.forEach((version) => {
      note(version, doubt);
    });
    second.possible.forEach((version, index) => {
      note(version, (second.doubts[index] as number) | doubt);
    });
    const sorted = [...possible.values()].sort((a, b) => a.version - b.version);
    if (sorted.length === 0 && first.certain.length === 0) return NO_ATTRIBUTION;
    return {
      certain: first.certain,
      possible: sorted.map(({ version }) => version),
      doubts: sorted.map(({ doubts }) => doubts),
    };
  }

  /** Everything as possible only, with this doubt. */
  weaken(attribution: Attribution, doubt: number): Attribution {
    if (attribution === NO_ATTRIBUTION) return attribution;
    const byDoubt = this.#weakened.get(attribution) ?? new Map<number, Attribution>();
    this.#weakened.set(attribution, byDoubt);
    const known = byDoubt.get(doubt);
    if (known) return known;
    const certain = { ...attribution, possible: [], doubts: [] };
    const possible = { ...attribution, certain: [] };
    const weak = this.#join(this.#join(NO_ATTRIBUTION, certain, doubt), possible, doubt);
    byDoubt.set(doubt, weak);
    return weak;
  }

  /**
   * Of an accepted connection: where a single rule that captures show can have admitted it, it did. Rules that would
   * need something unseen stay possible beside it.
   */
  decideSole(attribution: Attribution): Attribution {
    if (attribution.certain.length > 0 || attribution === NO_ATTRIBUTION) return attribution;
    const known = this.#sole.get(attribution);
    if (known) return known;
    const decided = decideSole(attribution, this.#directionOf);
    this.#sole.set(attribution, decided);
    return decided;
  }
}

function decideSole(attribution: Attribution, directionOf: (version: number) => string): Attribution {
  const { certain, possible, doubts } = attribution;
  const explaining = possible.filter((_, index) => explainsBy(doubts[index] as number));
  const [sole, another] = explaining;
  if (certain.length > 0 || sole === undefined || another !== undefined) return attribution;
  const doubt = doubts[possible.indexOf(sole)] as number;
  if (!vanishesWhenSole(doubt)) return attribution;
  // Who opened it is decided only where nothing at all, seen or not, would have let it in the other way.
  const isOneWay = possible.every((version) => directionOf(version) === directionOf(sole));
  if ((doubt & DOUBT.initiator) !== 0 && !isOneWay) return attribution;
  const isOther = (index: number) => possible[index] !== sole;
  return {
    certain: [sole],
    possible: possible.filter((_, index) => isOther(index)),
    doubts: doubts.filter((_, index) => isOther(index)),
  };
}

/** Whether another shown rule than a single certain one explains it as well, opened the same way. */
export function isShared({ certain, doubts }: Attribution): boolean {
  const rivals = doubts.filter((doubt) => explainsBy(doubt) && (doubt & DOUBT.initiator) === 0).length;
  return certain.length > 0 && certain.length + rivals > 1;
}
