/** A replay as a document: `flowfit.replay/1`, what `flowfit replay --json` answers. Times are ISO 8601. */
import { toWindowDocument, type WindowDocument } from '../analysis/documents.ts';
import { REASON_CODES, REASON_OF_DOUBT, type Reason } from '../analysis/reasons.ts';
import { type ChangeSet, differenceOf } from '../change/change-set.ts';
import { formatTime } from '../filter/time.ts';
import { protocolName } from '../net/protocol.ts';
import type { Outcome, Replay, ReplayedTraffic } from './model.ts';

export interface ReplayDocument {
  readonly schema: 'flowfit.replay/1';
  readonly window: WindowDocument;
  readonly change: ChangeSummary;
  readonly connections: Readonly<Record<Outcome, number>>;
  readonly cut: readonly CutDocument[];
  readonly newlyAdmitted: readonly NewlyAdmittedDocument[];
  readonly unknown: readonly UnknownDocument[];
}

/** How much a change set changes: ids, sorted, and numbers of rules. */
export interface ChangeSummary {
  readonly groups: readonly string[];
  readonly rules: { readonly added: number; readonly removed: number };
  readonly interfaces: readonly string[];
  readonly prefixLists: readonly string[];
}

interface TrafficDocument {
  readonly groupIds: readonly string[];
  readonly interfaceId: string;
  readonly direction: 'inbound' | 'outbound';
  /** A name, or the number as text where IANA has none. */
  readonly protocol: string;
  /** Null for protocols without ports, and where it is not known. */
  readonly port: number | null;
  readonly peer: string;
  readonly connections: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface CutDocument extends TrafficDocument {
  /** Ids of today's rules. */
  readonly admittedBy: readonly string[];
  /** Whether it rests on what captures of one side alone show of the interface. */
  readonly extrapolated: boolean;
}

export interface NewlyAdmittedDocument extends TrafficDocument {
  /** Ids of proposed rules. */
  readonly proposedBy: readonly string[];
  readonly extrapolated: boolean;
}

export interface UnknownDocument extends TrafficDocument {
  readonly admittedBy: readonly string[];
  readonly proposedBy: readonly string[];
  /** Codes, in the order of `REASONS`. */
  readonly reasons: readonly Reason[];
}

/** @param window Unix seconds */
export function toReplayDocument(
  { connections, cut, newlyAdmitted, unknown }: Replay,
  window: { readonly from: number; readonly to: number },
  change: ChangeSet,
): ReplayDocument {
  return {
    schema: 'flowfit.replay/1',
    window: toWindowDocument(window),
    change: summariseChange(change),
    connections,
    cut: cut.map((row) => {
      const { admittedBy, extrapolated } = row;
      return { ...toTraffic(row), admittedBy, extrapolated };
    }),
    newlyAdmitted: newlyAdmitted.map((row) => {
      const { proposedBy, extrapolated } = row;
      return { ...toTraffic(row), proposedBy, extrapolated };
    }),
    unknown: unknown.map((row) => {
      const { admittedBy, proposedBy } = row;
      return { ...toTraffic(row), admittedBy, proposedBy, reasons: reasonsOfDoubts(row.doubts) };
    }),
  };
}

function summariseChange({ groups, interfaces, prefixLists }: ChangeSet): ChangeSummary {
  const differences = groups.map(differenceOf);
  return {
    groups: groups.map(({ groupId }) => groupId),
    rules: {
      added: differences.reduce((sum, { added }) => sum + added.length, 0),
      removed: differences.reduce((sum, { removed }) => sum + removed.length, 0),
    },
    interfaces: interfaces.map(({ interfaceId }) => interfaceId),
    prefixLists: prefixLists.map(({ prefixListId }) => prefixListId),
  };
}

/** What bits of `DOUBT` mean, each reason once. */
export function reasonsOfDoubts(doubts: number): readonly Reason[] {
  const found = new Set(REASON_OF_DOUBT.flatMap(([bit, reason]) => ((doubts & bit) === 0 ? [] : [reason])));
  return REASON_CODES.filter((code) => found.has(code));
}

const toTraffic = (row: ReplayedTraffic): TrafficDocument => ({
  groupIds: row.groupIds,
  interfaceId: row.interfaceId,
  direction: row.direction,
  protocol: protocolName(row.protocol),
  port: row.port,
  peer: row.peer,
  connections: row.connections,
  firstSeen: formatTime(row.firstSeen),
  lastSeen: formatTime(row.lastSeen),
});
