/** Traffic with the same fate, put together: by outcome, interface, direction, protocol, port and peer. */
import type { Conversation } from '../conversation/model.ts';
import { findOrMake } from '../multimap.ts';
import { DOUBT } from '../security-group/doubt.ts';
import type { Comparison } from './compare.ts';
import type { Outcome, ReplayedTraffic } from './model.ts';

/** What is kept of single connections: all that is not kept as it was. */
type ListedOutcome = Exclude<Outcome, 'kept' | 'notToday'>;

export interface Verdict {
  readonly outcome: ListedOutcome;
  readonly doubts: number;
  /** Whether a cut rests on the interface having had the groups that captures of one side show. */
  readonly extrapolated: boolean;
}

/** How the connection is listed: opened the way that is taken to be true. */
export interface Listed extends Pick<Conversation, 'interfaceId' | 'epoch' | 'protocol' | 'groupIds'> {
  readonly direction: 'inbound' | 'outbound';
  readonly port: number | null;
  readonly peer: string;
  readonly connections: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

interface Row extends ReplayedTraffic {
  connections: number;
  firstSeen: number;
  lastSeen: number;
  doubts: number;
  admittedBy: readonly string[];
  proposedBy: readonly string[];
}

export class RowTally {
  /** Cuts that rest on what captures of one side show, by the place that would refute them. */
  readonly #byPlace = new Map<string, Map<string, Row>>();
  readonly #rows = new Map<string, Row>();

  add(verdict: Verdict, listed: Listed, worlds: readonly Comparison[]): void {
    const rows =
      verdict.extrapolated && verdict.outcome === 'cut'
        ? findOrMake(this.#byPlace, placeOf(listed, listed.direction), newRows)
        : this.#rows;
    const row = findOrMake(rows, keyOf(verdict.outcome, listed), () => newRow(verdict, listed));
    row.doubts |= verdict.doubts;
    row.connections += listed.connections;
    row.firstSeen = Math.min(row.firstSeen, listed.firstSeen);
    row.lastSeen = Math.max(row.lastSeen, listed.lastSeen);
    for (const { admittedBy, proposedBy } of worlds) {
      row.admittedBy = union(row.admittedBy, admittedBy);
      row.proposedBy = union(row.proposedBy, proposedBy);
    }
  }

  /** All rows; what a refuted place has cut is unknown. */
  result(refuted: ReadonlySet<string>): ReplayedTraffic[] {
    const rows = new Map(this.#rows);
    for (const [place, cuts] of this.#byPlace) {
      for (const row of cuts.values()) merge(rows, refuted.has(place) ? asUnknown(row) : row);
    }
    return [...rows.values()].sort(byWeight);
  }
}

const asUnknown = (row: Row): Row => ({ ...row, outcome: 'unknown', doubts: row.doubts | DOUBT.unexplained });

function merge(rows: Map<string, Row>, row: Row): void {
  const key = keyOf(row.outcome, row);
  const known = rows.get(key);
  rows.set(key, known === undefined ? row : joined(known, row));
}

const joined = (a: Row, b: Row): Row => ({
  ...a,
  connections: a.connections + b.connections,
  firstSeen: Math.min(a.firstSeen, b.firstSeen),
  lastSeen: Math.max(a.lastSeen, b.lastSeen),
  doubts: a.doubts | b.doubts,
  extrapolated: a.extrapolated || b.extrapolated,
  admittedBy: union(a.admittedBy, b.admittedBy),
  proposedBy: union(a.proposedBy, b.proposedBy),
});

/** Mostly of the same list, which is then shared by all rows that have it. */
function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a === b || b.length === 0) return a;
  return a.length === 0 ? b : [...new Set([...a, ...b])].sort();
}

/** Where captures of one side are missing: what refutes them there speaks of the gap and the direction. */
export const placeOf = (
  { interfaceId, epoch }: Pick<Conversation, 'interfaceId' | 'epoch'>,
  direction: 'inbound' | 'outbound',
): string => `${interfaceId} ${epoch} ${direction}`;

const newRows = (): Map<string, Row> => new Map();

const keyOf = (
  outcome: Outcome,
  {
    interfaceId,
    direction,
    protocol,
    port,
    peer,
  }: Pick<Listed, 'interfaceId' | 'direction' | 'protocol' | 'port' | 'peer'>,
): string => `${outcome} ${interfaceId} ${direction} ${protocol} ${port} ${peer}`;

const newRow = ({ outcome, extrapolated }: Verdict, listed: Listed): Row => ({
  outcome,
  groupIds: listed.groupIds,
  interfaceId: listed.interfaceId,
  direction: listed.direction,
  protocol: listed.protocol,
  port: listed.port,
  peer: listed.peer,
  connections: 0,
  firstSeen: listed.firstSeen,
  lastSeen: listed.lastSeen,
  admittedBy: [],
  proposedBy: [],
  doubts: 0,
  extrapolated,
});

function byWeight(a: ReplayedTraffic, b: ReplayedTraffic): number {
  return (
    b.connections - a.connections ||
    compare(a.interfaceId, b.interfaceId) ||
    compare(a.direction, b.direction) ||
    a.protocol - b.protocol ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compare(a.peer, b.peer)
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
