/**
 * Replay: observed connections held against a proposed state. A fold over conversations in any order, with memory for
 * what is not kept only.
 *
 * Each connection is asked of two pasts (`./states.ts`), in each way in which it may have been opened and on each port
 * that may be meant; `./compare.ts` holds the answers against each other. Such a pair of way and port is a world here.
 * Of an accepted connection:
 *
 *   notToday  today's rules admit it in no world
 *   kept      in no world do today's rules admit it and the proposed ones not
 *   cut       in every world today's rules certainly admit it and the proposed ones do not, not even possibly
 *   unknown   all else
 *
 * Where that is unknown, its having been accepted counts: ways in which nothing that stood then would have let it in
 * fall away, and a rule that alone can have admitted it (an ICMP rule for one type) did, and would today.
 *
 * Where captures of one side only show the interface, what they show of it is taken to have stood (see
 * `../security-group/attribute.ts`); an accepted connection that nothing explains then refutes what is cut of the same
 * interface, gap and direction. Without an action in the log nothing is known to be cut.
 *
 * Of a rejected connection: newlyAdmitted if in every world the proposed state certainly admits it and today's does
 * not; unknown if there may be such a world; else it is none of the replay's business, and counted nowhere.
 */
import type { UndirectedTraffic } from '../analysis/usage.ts';
import type { ChangeSet } from '../change/change-set.ts';
import { isEmptyChange } from '../change/change-set.ts';
import type { Conversation } from '../conversation/model.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { ruleMeaning } from '../inventory/rule-id.ts';
import { createTimeline, type Timeline } from '../inventory/timeline.ts';
import { hasPorts } from '../net/protocol.ts';
import { Attributor, type AttributorOptions, type Sighting, type WayAdmissions } from '../security-group/attribute.ts';
import { NO_ATTRIBUTION } from '../security-group/attribution.ts';
import { DOUBT } from '../security-group/doubt.ts';
import { Comparer, type Comparison } from './compare.ts';
import type { Outcome, Replay } from './model.ts';
import { PortWorlds } from './port-worlds.ts';
import { type Listed, placeOf, RowTally, type Verdict } from './rows.ts';
import { replayStates } from './states.ts';
import { touchedGroups } from './touched.ts';

export interface ReplayInput {
  readonly snapshots: readonly InventorySnapshot[];
  /** Of the same snapshots, where there is one. */
  readonly timeline?: Timeline | undefined;
  /** Against the newest state of the timeline. */
  readonly change: ChangeSet;
}

export class ReplayFold {
  readonly #history: Attributor;
  readonly #todays: Attributor;
  readonly #proposed: Attributor;
  readonly #comparer: Comparer;
  readonly #ports: PortWorlds;
  readonly #touchedGroups: ReadonlySet<string>;
  readonly #movedInterfaces: ReadonlySet<string>;
  readonly #isIdle: boolean;
  readonly #counts: Record<Outcome, number> = { kept: 0, cut: 0, newlyAdmitted: 0, unknown: 0, notToday: 0 };
  readonly #rows = new RowTally();
  readonly #refuted = new Set<string>();
  readonly #touched = new WeakMap<Sighting, boolean>();

  constructor({ snapshots, timeline = createTimeline(snapshots), change }: ReplayInput, options?: AttributorOptions) {
    const today = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
    const states = replayStates({ snapshots, timeline, today }, change);
    this.#history = new Attributor(timeline, options);
    // Where the rules never changed, both are the same past, and what is remembered of one serves the other.
    this.#todays = states.today === timeline ? this.#history : new Attributor(states.today, options);
    this.#proposed = new Attributor(states.proposed, options);
    this.#comparer = new Comparer(this.#todays, this.#proposed, change);
    this.#ports = new PortWorlds(this.#history, [this.#todays, this.#proposed]);
    this.#touchedGroups = touchedGroups(today, change);
    this.#movedInterfaces = new Set(change.interfaces.map(({ interfaceId }) => interfaceId));
    this.#isIdle = isEmptyChange(change);
  }

  add(conversation: Conversation): void {
    if (conversation.action === 'REJECT') this.#addRejected(conversation);
    else this.#addAccepted(conversation);
  }

  /**
   * Records of which it is not known whose end is whose: kept, where nothing that may have admitted them changes. They
   * are no connections: they count as none, and are listed.
   */
  addUndirected({ addresses, ...traffic }: UndirectedTraffic): void {
    const ports = { localPort: traffic.servicePort, peerPort: traffic.servicePort };
    for (const peerAddress of addresses) {
      const unknown = { initiator: 'unknown', method: 'none', action: null, connections: 0 } as const;
      const conversation: Conversation = { ...traffic, ...ports, ...unknown, peerAddress };
      const worlds = this.#worldsOf(conversation);
      if (isAnyLost(worlds)) this.#list(conversation, worlds, unknownFor(worlds, DOUBT.initiator));
    }
  }

  result(): Replay {
    const rows = this.#rows.result(this.#refuted);
    const of = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome);
    const connections = { ...this.#counts };
    for (const outcome of ['cut', 'newlyAdmitted', 'unknown'] as const) {
      connections[outcome] = of(outcome).reduce((sum, row) => sum + row.connections, 0);
    }
    return { connections, cut: of('cut'), newlyAdmitted: of('newlyAdmitted'), unknown: of('unknown') };
  }

  #addAccepted(conversation: Conversation): void {
    const ways = this.#todays.ways(conversation);
    if (this.#isUntouched(conversation, ways)) {
      this.#counts.kept += conversation.connections;
      return;
    }
    const worlds = this.#compare(conversation, ways);
    if (worlds.every(({ anywhereToday }) => anywhereToday === 'none')) this.#addUnadmitted(conversation, worlds);
    else if (!isAnyLost(worlds)) this.#counts.kept += conversation.connections;
    else this.#addLost(conversation, worlds);
  }

  /** Whether today's rules admit it, and the change is about none of them: then the proposed ones need not be asked. */
  #isUntouched(conversation: Conversation, ways: readonly WayAdmissions[]): boolean {
    const [only] = ways;
    if (ways.length === 1 && only && !only.isClass) return this.#comparer.isSafe(only, conversation.interfaceId);
    if (this.#isTouched(conversation) || this.#todays.sightingOf(conversation).kind !== 'bracketed') return false;
    return ways.some(({ own }) => own.certain.length + own.possible.length > 0);
  }

  /** Whether the change is about the groups that captures show on the interface, or about whom their rules refer to. */
  #isTouched(conversation: Conversation): boolean {
    if (this.#isIdle) return false;
    if (this.#movedInterfaces.has(conversation.interfaceId)) return true;
    const sighting = this.#todays.sightingOf(conversation);
    const known = this.#touched.get(sighting);
    if (known !== undefined) return known;
    const touched = sighting.groupIds.some((id) => this.#touchedGroups.has(id));
    this.#touched.set(sighting, touched);
    return touched;
  }

  #worldsOf(conversation: Conversation): readonly Comparison[] {
    return this.#compare(conversation, this.#todays.ways(conversation));
  }

  #compare(conversation: Conversation, ways: readonly WayAdmissions[]): readonly Comparison[] {
    const proposed = this.#proposed.ways(conversation);
    const [only] = ways;
    if (ways.length === 1 && only && !only.isClass) return [this.#ask(conversation, only, proposed[0])];
    const worlds = ways.map((way, index) => this.#ask(conversation, way, proposed[index]));
    if (!hasPorts(conversation.protocol)) return worlds;
    return [...worlds, ...ways.flatMap((way, index) => this.#onOtherPorts(conversation, way, index))];
  }

  #onOtherPorts(conversation: Conversation, { isClass, servicePort, direction }: WayAdmissions, index: number) {
    if (!isClass || servicePort === null) return [];
    return this.#ports.others(conversation, servicePort).flatMap((port) => {
      const variant = { ...conversation, ...(direction === 'inbound' ? { localPort: port } : { peerPort: port }) };
      const today = this.#todays.ways(variant)[index];
      return today === undefined ? [] : [this.#ask(variant, today, this.#proposed.ways(variant)[index])];
    });
  }

  /** Both states know the same of a connection but for rules: they have the same ways. */
  #ask(conversation: Conversation, today: WayAdmissions, proposed: WayAdmissions | undefined): Comparison {
    const isShown = this.#todays.sightingOf(conversation).kind !== 'unknown';
    return this.#comparer.compare(today, proposed as WayAdmissions, conversation, isShown);
  }

  #addUnadmitted(conversation: Conversation, worlds: readonly Comparison[]): void {
    const { kind, groupIds } = this.#todays.sightingOf(conversation);
    if (kind !== 'unknown' && groupIds.length === 0) this.#addWithoutGroups(conversation, worlds);
    else if (conversation.action === null && worlds.some(({ gains }) => gains !== null)) {
      this.#list(conversation, worlds, unknownFor(worlds, DOUBT.action));
    } else {
      this.#counts.notToday += conversation.connections;
      if (kind === 'extrapolated') this.#refute(conversation, worlds);
    }
  }

  /** An interface without groups admits everything, and no rule is about it. */
  #addWithoutGroups(conversation: Conversation, worlds: readonly Comparison[]): void {
    const isMoved = this.#movedInterfaces.has(conversation.interfaceId);
    if (isMoved) this.#list(conversation, worlds, unknownFor(worlds, DOUBT.attachment));
    else this.#counts.kept += conversation.connections;
  }

  #refute(conversation: Conversation, worlds: readonly Comparison[]): void {
    if (this.#history.attribute(conversation).status !== 'unexplained') return;
    for (const { direction } of worlds) this.#refuted.add(placeOf(conversation, direction));
  }

  #addLost(conversation: Conversation, worlds: readonly Comparison[]): void {
    const kind = this.#todays.sightingOf(conversation).kind;
    const ofKind = kind === 'unknown' ? DOUBT.unknownInterface : 0;
    if (conversation.action === null) {
      this.#list(conversation, worlds, unknownFor(worlds, DOUBT.action | ofKind));
      return;
    }
    const extrapolated = kind === 'extrapolated';
    if (worlds.every(isCut)) {
      this.#list(conversation, worlds, { outcome: 'cut', doubts: 0, extrapolated });
      return;
    }
    const left = this.#credible(conversation, worlds);
    if (left.length > 0 && !isAnyLost(left)) this.#counts.kept += conversation.connections;
    else if (left.length > 0 && left.every(isCut)) {
      this.#list(conversation, left, { outcome: 'cut', doubts: 0, extrapolated });
    } else this.#list(conversation, worlds, unknownFor(worlds, ofKind));
  }

  /**
   * What is left once the connection was accepted: the only way that anything which stood then would have let in, and
   * the type that the only rule which can have admitted it is for. Nothing, where that tells no more.
   */
  #credible(conversation: Conversation, worlds: readonly Comparison[]): readonly Comparison[] {
    const { attribution, status } = this.#history.attribute(conversation);
    if (status !== 'explained') return [];
    const ruleOf = (version: number) => this.#history.versions[version]?.value;
    const rules = [...attribution.certain, ...attribution.possible].flatMap((version) => ruleOf(version) ?? []);
    const directions = new Set(rules.map(({ direction }) => direction));
    if (directions.size !== 1) return [];
    const certain = new Set(attribution.certain.flatMap((version) => ruleOf(version) ?? []).map(ruleMeaning));
    return worlds
      .filter(({ direction }) => directions.has(direction))
      .map((world) => {
        const isSure = world.possible.some(
          (rule) => rule.peer.kind !== 'prefix-list' && certain.has(ruleMeaning(rule)),
        );
        // What is certain only now says nothing of groups that the interface may have had.
        return isSure && world.anywhereProposed === 'none' ? { ...world, today: 'certain' } : world;
      });
  }

  #addRejected(conversation: Conversation): void {
    const { kind } = this.#todays.sightingOf(conversation);
    if (kind !== 'unknown' && !this.#isTouched(conversation)) return;
    if (kind !== 'unknown' && this.#admitsNothing(conversation)) return;
    const worlds = this.#worldsOf(conversation);
    if (worlds.every(({ gains }) => gains === null)) return;
    const isNew = worlds.every(
      ({ today, proposed, gains }) => today !== 'certain' && proposed === 'certain' && gains !== null,
    );
    const extrapolated = kind === 'extrapolated';
    const ofKind = kind === 'unknown' ? DOUBT.unknownInterface : 0;
    const verdict: Verdict = isNew ? { outcome: 'newlyAdmitted', doubts: 0, extrapolated } : unknownFor(worlds, ofKind);
    this.#list(conversation, worlds, verdict);
  }

  /** Whether no proposed rule of its groups admits it, whichever port is meant: most of what is rejected. */
  #admitsNothing(conversation: Conversation): boolean {
    return this.#proposed.ways(conversation).every(({ own, isClass }) => !isClass && own === NO_ATTRIBUTION);
  }

  #list(conversation: Conversation, worlds: readonly Comparison[], verdict: Verdict): void {
    this.#rows.add(verdict, this.#listed(conversation, worlds), worlds);
  }

  #listed(conversation: Conversation, worlds: readonly Comparison[]): Listed {
    const { interfaceId, epoch, protocol, peerAddress, servicePort, connections, firstSeen, lastSeen } = conversation;
    const groupIds =
      conversation.groupIds.length > 0 ? conversation.groupIds : this.#todays.sightingOf(conversation).groupIds;
    const { direction } = worlds[0] as Comparison;
    const port = hasPorts(protocol) ? servicePort : null;
    const what = { interfaceId, epoch, protocol, groupIds, direction, port, peer: peerAddress };
    return { ...what, connections, firstSeen, lastSeen };
  }
}

const isAnyLost = (worlds: readonly Comparison[]): boolean => worlds.some(({ loses }) => loses !== null);

const isCut = ({ today, proposed }: Comparison): boolean => today === 'certain' && proposed === 'none';

/** With all that is in doubt; and who opened it, where that makes a difference. */
function unknownFor(worlds: readonly Comparison[], doubts: number): Verdict {
  const found = worlds.flatMap(({ loses, gains }) => [loses ?? 0, gains ?? 0]);
  const ofWays = worlds.length > 1 ? DOUBT.initiator : 0;
  const all = found.reduce((sum, one) => sum | one, doubts | ofWays);
  return { outcome: 'unknown', doubts: all, extrapolated: false };
}
