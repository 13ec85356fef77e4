/**
 * For how much of a window each interface was really logged.
 *
 * An hour with an OK or NODATA record was observed. An hour without any, between the first and the last observed one, is
 * a gap; so is the time before the first or after the last one, if a snapshot within it shows that the interface
 * existed. Gaps can be told from silence only where NODATA records are kept at all: a delivery that drops them makes an
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
  /** What its flow logs record; null = the inventory does not say. */
  readonly trafficType: 'ALL' | 'ACCEPT' | 'REJECT' | null;
}

export interface Coverage {
  readonly window: Span;
  readonly tellsSilence: boolean;
  /** Interfaces with records; the others were not logged. */
  readonly interfaces: ReadonlyMap<string, InterfaceCoverage>;
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

type State = Pick<Timeline, 'epochs' | 'epochAt' | 'snapshotAt'>;

/** Gathers rows in any order. */
export class CoverageFold {
  readonly #observed = new Map<string, Set<number>>();
  readonly #skipped = new Map<string, Set<number>>();
  #tellsSilence = false;

  add({ interfaceId, hour, ok, noData, skipData }: CoverageRow): void {
    if (ok + noData > 0) note(this.#observed, interfaceId, hour);
    if (skipData > 0) note(this.#skipped, interfaceId, hour);
    if (noData > 0) this.#tellsSilence = true;
  }

  result(window: Span, timeline: State): Coverage {
    const ids = [...new Set([...this.#observed.keys(), ...this.#skipped.keys()])].sort();
    const existence = new Existence(timeline, window);
    const flowLogs = trafficTypes(timeline.snapshotAt(window.to));
    const cover = (interfaceId: string): InterfaceCoverage => {
      const observed = toSpans(this.#observed.get(interfaceId) ?? []);
      const gaps = this.#tellsSilence ? [...between(observed), ...existence.unlogged(interfaceId, observed)] : [];
      return {
        interfaceId,
        observedSeconds: seconds(observed),
        gaps: gaps.sort((a, b) => a.from - b.from),
        skipped: toSpans(this.#skipped.get(interfaceId) ?? []),
        trafficType: flowLogs(interfaceId),
      };
    };
    return {
      window,
      tellsSilence: this.#tellsSilence,
      interfaces: new Map(ids.map((id) => [id, cover(id)])),
    };
  }
}

function note(hours: Map<string, Set<number>>, interfaceId: string, hour: number): void {
  const known = hours.get(interfaceId);
  if (known) known.add(hour);
  else hours.set(interfaceId, new Set([hour]));
}

/**
 * Which interfaces a snapshot within the window shows. The timeline also lists what may have come into being after a
 * capture; what is listed for the epoch before as well was really there at the capture.
 */
class Existence {
  readonly #window: Span;
  readonly #sightings: readonly { readonly time: number; readonly ids: ReadonlySet<string> }[];

  constructor(timeline: State, window: Span) {
    this.#window = window;
    const listed = (time: number) => new Set(timeline.snapshotAt(time).interfaces.map(({ id }) => id));
    this.#sightings = timeline.epochs.flatMap((time, epoch) => {
      if (epoch === 0 || time < window.from || time >= window.to) return [];
      const before = listed(timeline.epochs[epoch - 1] as number);
      return [{ time, ids: new Set([...listed(time)].filter((id) => before.has(id))) }];
    });
  }

  /** Time at both ends of the window in which the interface existed and was not observed. */
  unlogged(interfaceId: string, observed: readonly Span[]): Span[] {
    const first = observed[0]?.from ?? this.#window.to;
    const last = observed.at(-1)?.to ?? this.#window.to;
    const ends: Span[] = [
      { from: this.#window.from, to: first },
      { from: last, to: this.#window.to },
    ];
    return ends.filter(({ from, to }) =>
      this.#sightings.some(({ time, ids }) => time >= from && time < to && ids.has(interfaceId)),
    );
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
