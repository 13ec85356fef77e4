/**
 * For how much of a window each interface was really logged.
 *
 * An hour with an OK or NODATA record was observed. An hour without any, between the first and the last observed one, is
 * a gap; so is the time before the first or after the last one, if anything shows that the interface existed then: a
 * capture, within the window or outside, or the time of its attachment. Gaps can be told from silence only where NODATA records are kept at all: a delivery that drops them makes an
 * idle hour look like an unlogged one, so then no gaps are reported and the evidence is worth less
 * (`tellsSilence: false`). SKIPDATA means that AWS dropped records, how many is not known.
 */
import type { FlowLogConfiguration, InventorySnapshot, NetworkInterface } from '../inventory/model.ts';
import type { Timeline } from '../inventory/timeline.ts';

export const HOUR = 3600;

/** Records of one interface in one hour. */
export interface CoverageRow {
  readonly interfaceId: string;
  /** Beginning of the hour, Unix seconds. */
  readonly hour: number;
  /** Records by log status. */
  readonly ok: number;
  readonly noData: number;
  readonly skipData: number;
  /** OK records by action; absent = not told. */
  readonly accepted?: number;
  readonly rejected?: number;
}

/** What a log's layout may lack. */
export type Lack = 'action' | 'protocol' | 'addresses' | 'ports' | 'start' | 'direction';

/** Records that may be of accepted connections and do not tell enough to be matched with rules. */
export interface BlindRecords {
  /** Null: the layout lacks `interface-id`. */
  readonly interfaceId: string | null;
  readonly lacks: readonly Lack[];
  readonly records: number;
}

/** Unix seconds, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface InterfaceCoverage {
  readonly interfaceId: string;
  readonly observedSeconds: number;
  /** Ascending, disjoint. */
  readonly gaps: readonly Span[];
  /** Hours with SKIPDATA records. */
  readonly skipped: readonly Span[];
  /**
   * What its flow logs record, by the inventory; else `REJECT` where all that the logs hold of its VPC was rejected;
   * null = not known, but the VPC has accepted traffic.
   */
  readonly trafficType: 'ALL' | 'ACCEPT' | 'REJECT' | null;
}

export interface Coverage {
  readonly window: Span;
  readonly tellsSilence: boolean;
  /** Interfaces with records; the others were not logged. */
  readonly interfaces: ReadonlyMap<string, InterfaceCoverage>;
  /** What records lack, by interface; null = records without interface. */
  readonly blind: ReadonlyMap<string | null, ReadonlySet<Lack>>;
  /** Times of which records are stored that were not looked at, since they are not rolled up yet. */
  readonly pending: readonly Span[];
}

/** Hours as spans: ascending, joined where they touch. */
function toSpans(hours: Iterable<number>): Span[] {
  const spans: Span[] = [];
  for (const hour of [...new Set(hours)].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last?.to === hour) spans[spans.length - 1] = { from: last.from, to: hour + HOUR };
    else spans.push({ from: hour, to: hour + HOUR });
  }
  return spans;
}

function seconds(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The time between spans. */
function between(spans: readonly Span[]): Span[] {
  return spans.slice(1).map(({ from }, index) => ({ from: (spans[index] as Span).to, to: from }));
}

type State = Pick<Timeline, 'interfaceLives' | 'snapshotAt'>;

/** Gathers rows in any order. */
export class CoverageFold {
  readonly #observed = new Map<string, Set<number>>();
  readonly #skipped = new Map<string, Set<number>>();
  readonly #actions = new Map<string, { accepted: number; rejected: number }>();
  readonly #blind = new Map<string | null, Set<Lack>>();
  readonly #pending: Span[] = [];
  #tellsSilence = false;

  add({ interfaceId, hour, ok, noData, skipData, accepted = 0, rejected = 0 }: CoverageRow): void {
    if (ok + noData > 0) note(this.#observed, interfaceId, hour);
    if (skipData > 0) note(this.#skipped, interfaceId, hour);
    if (noData > 0) this.#tellsSilence = true;
    if (accepted + rejected === 0) return;
    const actions = this.#actions.get(interfaceId) ?? { accepted: 0, rejected: 0 };
    actions.accepted += accepted;
    actions.rejected += rejected;
    this.#actions.set(interfaceId, actions);
  }

  addBlind({ interfaceId, lacks }: BlindRecords): void {
    const known = this.#blind.get(interfaceId) ?? new Set<Lack>();
    for (const lack of lacks) known.add(lack);
    this.#blind.set(interfaceId, known);
  }

  addPending(span: Span): void {
    this.#pending.push(span);
  }

  result(window: Span, timeline: State): Coverage {
    const ids = [...new Set([...this.#observed.keys(), ...this.#skipped.keys()])].sort();
    const existence = new Existence(timeline, window);
    const trafficType = this.#trafficTypes(timeline.snapshotAt(window.to));
    const cover = (interfaceId: string): InterfaceCoverage => {
      const observed = toSpans(this.#observed.get(interfaceId) ?? []);
      const gaps = this.#tellsSilence ? [...between(observed), ...existence.unlogged(interfaceId, observed)] : [];
      return {
        interfaceId,
        observedSeconds: seconds(observed),
        gaps: gaps.sort((a, b) => a.from - b.from),
        skipped: toSpans(this.#skipped.get(interfaceId) ?? []),
        trafficType: trafficType(interfaceId),
      };
    };
    return {
      window,
      tellsSilence: this.#tellsSilence,
      interfaces: new Map(ids.map((id) => [id, cover(id)])),
      blind: this.#blind,
      pending: this.#pending,
    };
  }

  /** By the inventory, else concluded from the actions that the logs hold of the VPC. */
  #trafficTypes(snapshot: InventorySnapshot): (interfaceId: string) => InterfaceCoverage['trafficType'] {
    const configured = trafficTypes(snapshot);
    const vpcs = new Map(snapshot.interfaces.map(({ id, vpcId }) => [id, vpcId]));
    const accepting = new Set<string | null>();
    const rejecting = new Set<string | null>();
    for (const [id, { accepted, rejected }] of this.#actions) {
      if (accepted > 0) accepting.add(vpcs.get(id) ?? null);
      if (rejected > 0) rejecting.add(vpcs.get(id) ?? null);
    }
    return (interfaceId) => {
      const vpcId = vpcs.get(interfaceId) ?? null;
      return configured(interfaceId) ?? (rejecting.has(vpcId) && !accepting.has(vpcId) ? 'REJECT' : null);
    };
  }
}

function note(hours: Map<string, Set<number>>, interfaceId: string, hour: number): void {
  const known = hours.get(interfaceId);
  if (known) known.add(hour);
  else hours.set(interfaceId, new Set([hour]));
}

/** When interfaces existed for certain, whatever the logs say: by captures, and by the time of their attachment. */
class Existence {
  readonly #window: Span;
  readonly #spans = new Map<string, Span>();

  constructor(timeline: State, window: Span) {
    this.#window = window;
    for (const { value, firstShown, lastShown } of timeline.interfaceLives()) {
      this.#spans.set(value.id, { from: Math.min(firstShown, value.attachedAt ?? firstShown), to: lastShown });
    }
  }

  /** Time at both ends of the window in which the interface existed and was not observed, of an hour at least. */
  unlogged(interfaceId: string, observed: readonly Span[]): Span[] {
    const first = observed[0]?.from ?? this.#window.to;
    const last = observed.at(-1)?.to ?? this.#window.to;
    const { from, to } = this.#spans.get(interfaceId) ?? { from: first, to: last };
    const ends: Span[] = [
      { from: Math.max(from, this.#window.from), to: first },
      { from: last, to: Math.min(to, this.#window.to) },
    ];
    return ends.filter((end) => end.to - end.from >= HOUR);
  }
}

/** By interface: what the flow logs on it, its subnet and its VPC record together. */
function trafficTypes(snapshot: InventorySnapshot): (interfaceId: string) => InterfaceCoverage['trafficType'] {
  const byResource = new Map<string, FlowLogConfiguration[]>();
  for (const flowLog of snapshot.flowLogs) {
    if (flowLog.resourceId === null) continue;
    byResource.set(flowLog.resourceId, [...(byResource.get(flowLog.resourceId) ?? []), flowLog]);
  }
  const interfaces = new Map(snapshot.interfaces.map((one) => [one.id, one]));
  return (interfaceId) => {
    const one: Partial<NetworkInterface> = interfaces.get(interfaceId) ?? {};
    const resources = [interfaceId, one.subnetId, one.vpcId].filter((id) => id !== null && id !== undefined);
    const types = new Set(resources.flatMap((id) => byResource.get(id) ?? []).map(({ trafficType }) => trafficType));
    if (types.has('ALL') || (types.has('ACCEPT') && types.has('REJECT'))) return 'ALL';
    return types.has('ACCEPT') ? 'ACCEPT' : types.has('REJECT') ? 'REJECT' : null;
  };
}
