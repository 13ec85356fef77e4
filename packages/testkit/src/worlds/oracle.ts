/**
 * In which worlds each rule of the newest capture was used. A rule is its id here: whatever it meant when it admitted.
 *
 *   all        at least one connection was admitted by it in every world
 *   inferred   in every world in which that connection was opened the way that its ports tell
 *   some       in some worlds
 *   none       in none
 *
 * Which worlds of a connection count (see `./choices.ts` for how far captures speak for one):
 *
 *  1 Those that captures show or hint at. If there is a shown one, rules that all of these have in common are certain.
 *  2 Unseen ones. Where both neighbouring captures show the interface they count like (1). Elsewhere they add rules that
 *    may have been used, but take nothing from (1): what is shown stood, as far as it is needed.
 *    But a way of opening the connection that has unseen worlds stays open: elimination needs that nothing admits it.
 *  3 Those with other groups on the interface: they add rules, and take nothing.
 *  4 Where (1) has no world, that is where nothing in the captures explains the connection, a rule with a meaning that no
 *    capture shows may have admitted it: one that differs between the two captures, or, where not both show the
 *    interface, any rule of the groups that it is shown with. Nothing is certain then. And of an interface that not both
 *    show it tells that the rules were others in that gap and direction: nothing else is certain there either.
 */
import type { Conversation } from '@flowfit/core/conversation/model';
import { around, interfaceIn } from './around.ts';
import type { Doubt } from './choices.ts';
import { type Direction, meaningOf } from './documents.ts';
import { type World, worldsOf } from './enumerate.ts';
import type { Evidence } from './evidence.ts';
import { readingsOf } from './readings.ts';

export const USES = ['none', 'some', 'inferred', 'all'] as const;
export type Use = (typeof USES)[number];

/** What one accepted connection says of rules, by id. */
export interface Testimony {
  readonly conversation: Conversation;
  readonly uses: ReadonlyMap<string, Use>;
  /** No capture shows anything that explains it. */
  readonly isUnexplained: boolean;
}

export interface Answer {
  /** By rule id of the newest capture. */
  readonly uses: ReadonlyMap<string, Use>;
  /** In the order of the conversations; null of rejected ones. */
  readonly testimonies: readonly (Testimony | null)[];
}

export function askOracle(evidence: Evidence): Answer {
  const accepted = evidence.conversations.map((conversation) =>
    conversation.action === 'ACCEPT' ? { conversation, worlds: worldsOf(evidence, conversation) } : null,
  );
  const refuting = accepted.flatMap((one) =>
    one && isUnexplained(one.worlds) && !isBracketed(evidence, one.conversation) ? [one.conversation] : [],
  );
  const refuted: Refuted = {
    all: new Set(refuting.flatMap((one) => directionsOf(one).map((direction) => placeOf(one, direction)))),
    inferred: new Set(refuting.flatMap((one) => likelyOf(one).map((direction) => placeOf(one, direction)))),
  };
  const testimonies = accepted.map((one) => one && testify(evidence, one.conversation, one.worlds, refuted));
  const rules = evidence.snapshots.at(-1)?.groups.flatMap((group) => group.rules) ?? [];
  const best = (id: string) =>
    testimonies.reduce<Use>((most, testimony) => larger(most, testimony?.uses.get(id) ?? 'none'), 'none');
  return { uses: new Map(rules.map(({ id }) => [id, best(id)])), testimonies };
}

const HINTED: readonly Doubt[] = ['shown', 'hinted'];

const larger = (a: Use, b: Use): Use => (USES.indexOf(a) >= USES.indexOf(b) ? a : b);

/** Interface, gap and direction of connections that nothing explains: in every way they may have been opened, or the likely one. */
type Refuted = Readonly<Record<'all' | 'inferred', ReadonlySet<string>>>;

const directionsOf = (conversation: Conversation): Direction[] =>
  readingsOf(conversation).map(({ direction }) => direction);

/** The inferred way, or both where none is. */
const likelyOf = (conversation: Conversation): Direction[] =>
  directionsOf(conversation).slice(0, conversation.initiator === 'unknown' ? 2 : 1);

const placeOf = ({ interfaceId, epoch }: Conversation, direction: Direction): string =>
  `${interfaceId} ${epoch} ${direction}`;

const isUnexplained = (worlds: readonly World[]): boolean => worlds.every(({ doubt }) => !HINTED.includes(doubt));

function isBracketed(evidence: Evidence, { epoch, interfaceId }: Conversation): boolean {
  const { before, after } = around(evidence, epoch);
  return interfaceIn(before, interfaceId) !== undefined && interfaceIn(after, interfaceId) !== undefined;
}

function testify(
  evidence: Evidence,
  conversation: Conversation,
  worlds: readonly World[],
  refuted: Refuted,
): Testimony {
  const uses = new Map<string, Use>();
  const note = (use: Use, ids: Iterable<string>) => {
    for (const id of ids) uses.set(id, larger(use, uses.get(id) ?? 'none'));
  };
  for (const { admittedBy } of worlds) note('some', admittedBy);
  const directions = directionsOf(conversation);
  note('inferred', certainIn(evidence, conversation, worlds, likelyOf(conversation), refuted.inferred));
  note('all', certainIn(evidence, conversation, worlds, directions, refuted.all));
  if (isUnexplained(worlds)) note('some', otherMeanings(evidence, conversation, directions));
  return { conversation, uses, isUnexplained: isUnexplained(worlds) };
}

/** The rules that admitted it in each world in which it was opened one of these ways. */
function certainIn(
  evidence: Evidence,
  conversation: Conversation,
  worlds: readonly World[],
  directions: readonly Direction[],
  refuted: ReadonlySet<string>,
): string[] {
  if (directions.some((direction) => refuted.has(placeOf(conversation, direction)))) return [];
  const doubts: readonly Doubt[] = isBracketed(evidence, conversation) ? [...HINTED, 'unseen'] : HINTED;
  const those = worlds.filter(({ doubt, direction }) => doubt !== 'attached' && directions.includes(direction));
  const counted = those.filter(({ doubt }) => doubts.includes(doubt));
  if (those.some((world) => counted.every(({ direction }) => direction !== world.direction))) return [];
  if (!counted.some(({ doubt }) => doubt === 'shown')) return [];
  const [first, ...others] = counted;
  return [...(first as World).admittedBy].filter((id) => others.every(({ admittedBy }) => admittedBy.has(id)));
}

function otherMeanings(evidence: Evidence, conversation: Conversation, directions: readonly Direction[]): string[] {
  const { interfaceId, epoch } = conversation;
  const { shown } = around(evidence, epoch);
  const groupIds = new Set(shown.flatMap((snapshot) => interfaceIn(snapshot, interfaceId)?.groupIds ?? []));
  const states = shown.map(({ groups }) => {
    const rules = groups.filter(({ id }) => groupIds.has(id)).flatMap((group) => group.rules);
    return new Map(rules.filter(({ direction }) => directions.includes(direction)).map((rule) => [rule.id, rule]));
  });
  const ids = new Set(states.flatMap((state) => [...state.keys()]));
  if (!isBracketed(evidence, conversation)) return [...ids];
  const texts = (id: string) => states.map((state) => state.get(id)).map((rule) => (rule ? meaningOf(rule) : null));
  return [...ids].filter((id) => new Set(texts(id)).size > 1);
}
