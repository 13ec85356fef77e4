/**
 * The rung of the rules: what the groups in force admit of connections that flags left open.
 *
 * Rules are evaluated by core/security-group alone. To ask it millions of times less than there are connections,
 * interfaces that have the same rules are asked for once, ports are replaced by their class (`./stances.ts`), and each
 * distinct question is asked once. Nothing is asked where captures do not show the interface on both sides of the gap:
 * there its rules may have been others.
 */
import type { ConnectionEvidence } from '@flowfit/core/conversation/initiator';
import { inferByPorts } from '@flowfit/core/conversation/ports';
import { push } from '@flowfit/core/multimap';
import { TCP } from '@flowfit/core/net/protocol';
import type { Attributor } from '@flowfit/core/security-group/attribute';
import type { Database } from '../database.ts';
import { loadRows, type Shape } from '../tables/typed.ts';
import { ACCEPT, NONE } from '../tables/words.ts';
import type { Clues } from './clues.ts';
import { KeyIndex } from './key-index.ts';
import { type AcceptedEnds, OtherEnds } from './other-ends.ts';
import type { Segments } from './segments.ts';
import type { Stances } from './stances.ts';
import type { Surroundings } from './surroundings.ts';

type Rules = ConnectionEvidence['rules'];

export interface Judgements {
  /** What the rules say of the connection of a segment; undefined where there was nothing to ask. */
  rulesOf(segment: number): Rules;
  /** Its stance; `NONE` where nothing was asked. */
  readonly stances: Int32Array;
}

export interface JudgementOptions {
  readonly attributor: Attributor;
  readonly stances: Stances;
  readonly surroundings: Surroundings;
  /** Table of the texts of addresses, by code. */
  readonly addresses: string;
  /** What all interfaces did on the day. */
  readonly accepted: AcceptedEnds;
  /** Without any, there are no rules. */
  readonly hasCaptures: boolean;
}

/** Questions to the rules, each distinct one once. */
class Questions {
  readonly #stances: Stances;
  /** Stance, protocol, class of the local port, class of the peer's, address of the peer. */
  readonly #index = new KeyIndex(5);
  /** The rows of the index, one after the other. */
  readonly #asked: number[] = [];
  readonly #answers: Rules[] = [];

  constructor(stances: Stances) {
    this.#stances = stances;
  }

  /** The number of the question; `NONE` if nobody can answer it. */
  ask(stance: number, protocol: number, localPort: number, peerPort: number, peerAddress: number): number {
    if (peerAddress === 0 || !this.#stances.at(stance).isBracketed) return NONE;
    const { key, size } = this.#index;
    key[0] = stance;
    key[1] = protocol;
    key[2] = this.#stances.classOf(stance, localPort);
    key[3] = this.#stances.classOf(stance, peerPort);
    key[4] = peerAddress;
    const question = this.#index.add();
    if (question === size) this.#asked.push(...key);
    return question;
  }

  /** Asks the rules, gap by gap. */
  async answer(
    db: Database,
    { attributor, addresses }: Pick<JudgementOptions, 'attributor' | 'addresses'>,
  ): Promise<void> {
    const texts = await textsOf(
      db,
      addresses,
      Int32Array.from({ length: this.#index.size }, (_, question) => this.#at(question, 4)),
    );
    for (let question = 0; question < this.#index.size; question++) this.#answers.push(undefined);
    for (const question of this.#byGap()) {
      const { interfaceId, epoch } = this.#stances.at(this.#at(question, 0));
      const rules = attributor.admitsEitherWay({
        ...{ interfaceId, vpcId: null, epoch },
        protocol: this.#at(question, 1),
        localPort: orNull(this.#at(question, 2)),
        peerPort: orNull(this.#at(question, 3)),
        peerAddress: texts.get(this.#at(question, 4)) as string,
      });
      this.#answers[question] = rules ?? undefined;
    }
  }

  /** The rules of a few gaps are remembered at a time. */
  *#byGap(): Generator<number> {
    const byGap = new Map<number, number[]>();
    for (let question = 0; question < this.#index.size; question++) {
      push(byGap, this.#stances.at(this.#at(question, 0)).epoch, question);
    }
    for (const gap of [...byGap.keys()].sort((a, b) => a - b)) yield* byGap.get(gap) ?? [];
  }

  #at(question: number, place: number): number {
    return this.#asked[5 * question + place]!;
  }

  answerTo(question: number): Rules {
    return question === NONE ? undefined : this.#answers[question];
  }
}

const orNull = (value: number): number | null => (value === NONE ? null : value);

const CODE = { code: 'int' } as const satisfies Shape;

const textsOf = async (db: Database, addresses: string, codes: Int32Array): Promise<ReadonlyMap<number, string>> => {
  const distinct = Int32Array.from(new Set(codes));
  const wanted = await loadRows(db, 'wanted_addresses', CODE, { count: distinct.length, columns: { code: distinct } });
  const rows = await db.all<{ code: number; text: string }>(
    `SELECT code, text FROM ${addresses} SEMI JOIN ${wanted.name} USING (code)`,
  );
  await db.run(`DROP TABLE ${wanted.name}`);
  return new Map(rows.map(({ code, text }) => [code, text]));
};

/** @param isOpen see `openSegments` */
export const judge = async (
  db: Database,
  segments: Segments,
  clues: Clues,
  isOpen: Uint8Array,
  options: JudgementOptions,
): Promise<Judgements> => {
  const { count, columns } = segments;
  const { stances } = options;
  const questions = new Questions(stances);
  const asked = new Int32Array(count).fill(NONE);
  const stanceOf = new Int32Array(count).fill(NONE);
  for (let segment = 0; segment < count; segment++) {
    if (!options.hasCaptures || isOpen[segment] === 0) continue;
    const stance = stances.of(columns.interface[segment]!, clues.gap[segment]!);
    stanceOf[segment] = stance;
    // What may have begun before its first record may have been admitted by rules of an earlier gap.
    const isTooOld = clues.mayBeOlder[segment] === 1 && clues.gap[segment]! > 0;
    if (columns.action[segment] !== ACCEPT || isTooOld) continue;
    asked[segment] = questions.ask(
      stance,
      columns.protocol[segment]!,
      columns.local_port[segment]!,
      columns.peer_port[segment]!,
      columns.peer_address[segment]!,
    );
  }
  await questions.answer(db, options);
  const own = (segment: number) => questions.answerTo(asked[segment]!);
  const refusals = await judgeOtherEnds(db, segments, clues, own, options);
  return {
    stances: stanceOf,
    rulesOf: (segment) => {
      const rules = own(segment);
      return rules === undefined || refusals[segment] === 0 ? rules : without(rules, refusals[segment]!);
    },
  };
};

/** Ways that the other end does not admit, as bits, in our directions: what is inbound here is outbound there. */
const REFUSED_INBOUND = 1;
const REFUSED_OUTBOUND = 2;

const without = ({ inbound, outbound }: NonNullable<Rules>, refused: number): Rules => ({
  inbound: (refused & REFUSED_INBOUND) === 0 ? inbound : 'none',
  outbound: (refused & REFUSED_OUTBOUND) === 0 ? outbound : 'none',
});

/**
 * The rules of the other end, by segment, where its interface recorded the connection as accepted too: what neither lets out there
 * was not opened there. Asked only where our own rules admit both ways and the ports do not close one.
 */
const judgeOtherEnds = async (
  db: Database,
  segments: Segments,
  clues: Clues,
  own: (segment: number) => Rules,
  options: JudgementOptions,
): Promise<Uint8Array> => {
  const { columns } = segments;
  const others = new OtherEnds(segments, options.surroundings);
  for (let segment = 0; segment < segments.count; segment++) {
    const rules = own(segment);
    if (rules === undefined || rules.inbound === 'none' || rules.outbound === 'none') continue;
    if (!isClosedByPorts(columns.protocol[segment]!, columns.local_port[segment]!, columns.peer_port[segment]!)) {
      others.want(segment);
    }
  }
  await others.look(options.accepted);
  const questions = new Questions(options.stances);
  const asked: number[] = [];
  const askedOf: number[] = [];
  others.each((segment, code) => {
    const stance = options.stances.of(code, clues.gap[segment]!);
    const [localPort, peerPort] = [columns.peer_port[segment]!, columns.local_port[segment]!];
    askedOf.push(segment);
    asked.push(questions.ask(stance, columns.protocol[segment]!, localPort, peerPort, columns.local_address[segment]!));
  });
  await questions.answer(db, options);
  const refused = new Uint8Array(segments.count);
  for (const segment of askedOf) refused[segment] = REFUSED_INBOUND | REFUSED_OUTBOUND;
  for (const [nth, segment] of askedOf.entries()) {
    const there = questions.answerTo(asked[nth]!);
    if (there?.outbound !== 'none') refused[segment]! &= ~REFUSED_INBOUND;
    if (there?.inbound !== 'none') refused[segment]! &= ~REFUSED_OUTBOUND;
  }
  return refused;
};

const isClosedByPorts = (protocol: number, localPort: number, peerPort: number): boolean =>
  protocol === TCP && inferByPorts(orNull(localPort), orNull(peerPort))?.firm === true;
