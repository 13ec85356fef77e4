/**
 * The inventory over time: every snapshot known, asked for the state at the time of a flow.
 *
 * Time is cut into epochs, one for each capture time: epoch `i` lasts from `epochs[i]` to `epochs[i + 1]`, the first
 * one also covers all time before it, the last one all time after. Nothing is interpolated: a change is dated to the
 * snapshot that first shows it.
 */
import { History, type Version } from './history.ts';
import { isSameJson } from './json.ts';
import type {
  Instance,
  InventorySnapshot,
  NetworkInterface,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from './model.ts';
import { emptySnapshot, SNAPSHOT_LISTS, serializeSnapshot } from './snapshot.ts';

export type { Version } from './history.ts';

/** Times of captures, Unix seconds. */
export interface InterfaceLife {
  /** As last shown. */
  readonly value: NetworkInterface;
  readonly firstShown: number;
  readonly lastShown: number;
  /** The last capture of its place before that, which lacks it; null = there is none. */
  readonly absentUntil: number | null;
  /** The first capture of its place after that. */
  readonly absentFrom: number | null;
}

export class Timeline {
  /** Capture times, Unix seconds, ascending, distinct. Empty without snapshots. */
  readonly epochs: readonly number[];
  readonly #histories: Histories;
  readonly #snapshots = new Map<number, InventorySnapshot>();
  readonly #around = new Map<number, { readonly before: InventorySnapshot; readonly after: InventorySnapshot }>();

  /** Snapshots in any order: it changes nothing, not even where two of the same second differ. */
  constructor(snapshots: readonly InventorySnapshot[]) {
    const bySecond = new Map<number, InventorySnapshot[]>();
    for (const snapshot of snapshots) {
      const second = Math.floor(Date.parse(snapshot.capturedAt) / 1000);
      bySecond.set(second, [...(bySecond.get(second) ?? []), snapshot]);
    }
    this.epochs = [...bySecond.keys()].sort((a, b) => a - b);
    this.#histories = emptyHistories();
    for (const second of this.epochs) {
      const captured = inFixedOrder(bySecond.get(second) ?? []);
      for (const list of SNAPSHOT_LISTS) appendTo(this.#histories, list, captured);
    }
  }

  /** Index into `epochs` of a time in Unix seconds; 0 before the first snapshot, and without any. */
  epochAt(seconds: number): number {
    let low = 0;
    let high = this.epochs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.epochs[middle] as number) <= seconds) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * The gap between captures that holds a time: `i` from capture `i` (inclusive) to the next one, -1 before the first.
   * The last gap has no end: nothing shows what came after it.
   */
  gapAt(seconds: number): number {
    return this.epochs.length === 0 || seconds < (this.epochs[0] as number) ? -1 : this.epochAt(seconds);
  }

  /**
   * What the captures next to a gap show, each account and region by the last capture before it, or the first after it,
   * that covers the place. What a capture of the other side alone shows is missing: so an object is in both states only
   * if captures on both sides of the gap show it.
   */
  statesAround(gap: number): { readonly before: InventorySnapshot; readonly after: InventorySnapshot } {
    const known = this.#around.get(gap);
    if (known !== undefined) return known;
    const neighbour = gap >= 0 ? this.statesAround(gap - 1) : undefined;
    const before = this.#stateIn('shownBefore', gap, this.epochs[gap] ?? 0, neighbour?.after);
    const after = this.#stateIn('shownAfter', gap, this.epochs[gap + 1] ?? 0, before);
    const states = { before, after };
    this.#around.set(gap, states);
    return states;
  }

  /** Lists that are as in another state are the same objects: so that many captures need little room. */
  #stateIn(
    shown: 'shownBefore' | 'shownAfter',
    gap: number,
    time: number,
    like: InventorySnapshot | undefined,
  ): InventorySnapshot {
    const lists = SNAPSHOT_LISTS.map((list) => {
      const values: readonly unknown[] = this.#histories[list][shown](gap);
      const other: readonly unknown[] = like?.[list] ?? [];
      const isSame = values.length === other.length && values.every((value, index) => value === other[index]);
      return [list, isSame ? other : values];
    });
    return { ...emptySnapshot(new Date(time * 1000).toISOString()), ...Object.fromEntries(lists) };
  }

  /** Undefined only for an interface that no snapshot holds: one that is gone keeps its last state. */
  interfaceAt(id: string, seconds: number): NetworkInterface | undefined {
    return this.#histories.interfaces.at(id, this.epochAt(seconds));
  }

  /** When captures show each interface and when they lack it, by id. */
  interfaceLives(): InterfaceLife[] {
    const time = (epoch: number | null) => (epoch === null ? null : (this.epochs[epoch] as number));
    return this.#histories.interfaces.lives().map(({ value, first, last, born, gone }) => ({
      value,
      firstShown: this.epochs[first] as number,
      lastShown: this.epochs[last] as number,
      absentUntil: time(born),
      absentFrom: time(gone),
    }));
  }

  groupAt(id: string, seconds: number): SecurityGroup | undefined {
    return this.#histories.groups.at(id, this.epochAt(seconds));
  }

  prefixListAt(id: string, seconds: number): PrefixList | undefined {
    return this.#histories.prefixLists.at(id, this.epochAt(seconds));
  }

  instanceAt(id: string, seconds: number): Instance | undefined {
    return this.#histories.instances.at(id, this.epochAt(seconds));
  }

  /** The states of one interface over time, as `interfaceVersions` has them; empty for one that no snapshot holds. */
  statesOfInterface(id: string): Version<NetworkInterface>[] {
    return this.#histories.interfaces.versionsOf(id, this.epochs);
  }

  /** The same of an instance. */
  statesOfInstance(id: string): Version<Instance>[] {
    return this.#histories.instances.versionsOf(id, this.epochs);
  }

  /** For joins by time: equal neighbours are merged; every interface is covered since ever and until now. */
  interfaceVersions(): Version<NetworkInterface>[] {
    return this.#histories.interfaces.versions(this.epochs);
  }

  /**
   * `ModifySecurityGroupRules` keeps a rule's id and changes its meaning: this lists the meanings. A version ends when
   * the rule changed, or when it or its group was gone. By rule id and time.
   */
  ruleVersions(): Version<SecurityGroupRule>[] {
    const versions = new Map<string, Version<SecurityGroupRule>[]>();
    for (const group of this.#histories.groups.versions(this.epochs)) {
      const goneIn = group.to === null ? this.#histories.groups.goneIn(group.id) : null;
      const to = goneIn === null ? group.to : (this.epochs[goneIn] ?? null);
      for (const rule of group.value.rules) {
        const known = versions.get(rule.id) ?? [];
        const previous = known.at(-1);
        if (previous !== undefined && previous.to === group.from && isSameJson(previous.value, rule)) {
          known[known.length - 1] = { ...previous, to };
        } else {
          known.push({ id: rule.id, from: group.from, to, value: rule });
        }
        versions.set(rule.id, known);
      }
    }
    return [...versions.keys()].sort().flatMap((id) => versions.get(id) ?? []);
  }

  /** All that may have existed at a time, with its state then: the union of what accounts and regions last showed. */
  snapshotAt(seconds: number): InventorySnapshot {
    const epoch = this.epochAt(seconds);
    const known = this.#snapshots.get(epoch);
    if (known !== undefined) return known;
    const lists = Object.fromEntries(SNAPSHOT_LISTS.map((list) => [list, this.#histories[list].existingIn(epoch)]));
    const capturedAt = new Date((this.epochs[epoch] ?? 0) * 1000).toISOString();
    const snapshot: InventorySnapshot = { ...emptySnapshot(capturedAt), ...lists };
    this.#snapshots.set(epoch, snapshot);
    return snapshot;
  }
}

export const createTimeline = (snapshots: readonly InventorySnapshot[]): Timeline => new Timeline(snapshots);

/** Of two states of an object in the same second neither is right; the choice must only be the same every time. */
const inFixedOrder = (snapshots: readonly InventorySnapshot[]): readonly InventorySnapshot[] => {
  if (snapshots.length < 2) return snapshots;
  const texts = snapshots.map((snapshot) => ({ snapshot, text: serializeSnapshot(snapshot) }));
  return texts.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ snapshot }) => snapshot);
};

type ListName = (typeof SNAPSHOT_LISTS)[number];
type ItemOf<List extends ListName> = InventorySnapshot[List][number];
type Histories = { readonly [List in ListName]: History<ItemOf<List>> };

interface Placed {
  readonly accountId: string | null;
  readonly region?: string | null;
  readonly vpcId?: string | null;
}

/** Account and region; where the answers do not tell the region, the VPC bounds it more closely. */
export const placeOf = ({ accountId, region, vpcId }: Placed): string => `${accountId} ${region ?? vpcId}`;

/** AWS's lists are the same in all accounts of a region, and a capture reads the entries of only those that it needs. */
const fillEntries = (list: PrefixList, neighbour: PrefixList): PrefixList =>
  list.entries === null && neighbour.entries !== null && list.version === neighbour.version
    ? { ...list, entries: neighbour.entries }
    : list;

const emptyHistories = (): Histories => ({
  interfaces: new History<NetworkInterface>(placeOf),
  groups: new History<SecurityGroup>(placeOf),
  prefixLists: new History(({ ownerId, region }) => placeOf({ accountId: ownerId, region }), fillEntries),
  vpcs: new History<Vpc>(placeOf),
  subnets: new History<Subnet>(placeOf),
  instances: new History<Instance>(placeOf),
  // Whose capture these come from cannot be seen in them; a peering that is gone was `deleted` before.
  peerings: new History(() => null),
  flowLogs: new History(() => null),
});

const appendTo = <List extends ListName>(
  histories: Histories,
  list: List,
  captured: readonly InventorySnapshot[],
): void => {
  const history = histories[list] as History<ItemOf<List>>;
  history.append(captured.flatMap((snapshot) => snapshot[list] as readonly ItemOf<List>[]));
};
