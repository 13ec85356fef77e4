/** Recommendations from a few captures and connections, for tests: what a lake would make of them. */
import { CoverageFold, HOUR } from '../src/analysis/coverage.ts';
import { foldUsage } from '../src/analysis/usage.ts';
import { resolveVerdicts, sinceByRule } from '../src/analysis/verdict.ts';
import { withTodaysRules } from '../src/change/change-set.ts';
import type { Conversation } from '../src/conversation/model.ts';
import type { InventorySnapshot } from '../src/inventory/model.ts';
import { createTimeline } from '../src/inventory/timeline.ts';
import { protocolNumber } from '../src/net/protocol.ts';
import type { GroupRecommendation, Recommendation } from '../src/recommend/model.ts';
import { cutsOf, ObservationFold, partOf } from '../src/recommend/observations.ts';
import { MAY_CUT, type RecommendOptions, recommend } from '../src/recommend/recommend.ts';
import { Attributor } from '../src/security-group/attribute.ts';
import { formatRule, parseRule } from '../src/security-group/notation.ts';

export const DAYS = 10;
export const DAY = 24 * HOUR;
/** Unix seconds. */
export const BEGIN = Date.parse('2024-01-01T00:00:00Z') / 1000;
const WINDOW = { from: BEGIN, to: BEGIN + DAYS * DAY };

export interface Scene {
  /** By day, ascending; the last one is today. */
  readonly captures: readonly (readonly [day: number, state: InventorySnapshot])[];
  readonly conversations: readonly Conversation[];
  /** Interfaces without logs. */
  readonly unlogged?: readonly string[];
  readonly options?: Partial<RecommendOptions>;
}

/** The same state from the beginning to the end. */
export const steadily = (state: InventorySnapshot): Scene['captures'] => [
  [0, state],
  [DAYS, state],
];

/** A connection, such as `inbound tcp 443 from 192.0.2.1` of `eni-1`, opened that way by its flags, on a day. */
export function connection(
  interfaceId: string,
  text: string,
  day: number,
  some: Partial<Conversation> = {},
): Conversation {
  const rule = parseRule(text);
  if (rule?.peer.kind !== 'cidr') throw new Error(`"${text}" is no connection.`);
  const at = BEGIN + Math.floor(day * DAY);
  return {
    ...{ interfaceId, vpcId: 'vpc-1', epoch: 0, method: 'tcp-flags', localPort: null, peerPort: null },
    initiator: rule.direction === 'inbound' ? 'remote' : 'local',
    protocol: protocolNumber(rule.protocol) ?? 6,
    servicePort: rule.fromPort,
    peerAddress: rule.peer.cidr,
    ...{ action: 'ACCEPT', groupIds: [], hour: Math.floor(at / HOUR) * HOUR, flows: 2, packets: 10, bytes: 1000 },
    ...{ connections: 1, firstSeen: at, lastSeen: at + 60, ...some },
  };
}

/** On each day of the window. */
export const daily = (interfaceId: string, text: string): Conversation[] =>
  Array.from({ length: DAYS }, (_, day) => connection(interfaceId, text, day + 0.5));

export function recommendationOf({ captures, conversations, unlogged = [], options }: Scene): Recommendation {
  const snapshots = captures.map(([day, state]): InventorySnapshot => {
    return { ...state, capturedAt: new Date((BEGIN + day * DAY) * 1000).toISOString() };
  });
  const today = snapshots.at(-1) as InventorySnapshot;
  const timeline = createTimeline(snapshots);
  const past = new Attributor(timeline, { windowGap: 0 });
  const unchanging = new Attributor(createTimeline(withTodaysRules(snapshots, today)), { windowGap: 0 });
  const cuts = cutsOf(WINDOW);
  const fold = new ObservationFold(unchanging, past, today);
  const seen = conversations.map((one) => ({ ...one, epoch: timeline.gapAt(one.firstSeen) }));
  for (const one of seen) fold.add(one, partOf(cuts, one.hour));
  const coverage = new CoverageFold();
  const interfaceIds = new Set(snapshots.flatMap(({ interfaces }) => interfaces.map(({ id }) => id)));
  for (const interfaceId of interfaceIds) {
    if (unlogged.includes(interfaceId)) continue;
    for (let hour = WINDOW.from; hour < WINDOW.to; hour += HOUR) {
      coverage.add({ interfaceId, hour, ok: 0, noData: 1, skipData: 0 });
    }
  }
  return recommend({
    ...{ today, observations: fold.result(), window: WINDOW, since: sinceByRule(timeline.ruleVersions()) },
    verdicts: resolveVerdicts(timeline, foldUsage(past, seen), coverage.result(WINDOW, timeline)),
    options: {
      ...{ groups: null, pins: [], rulesPerGroup: null, mayCut: MAY_CUT, wish: { kind: 'suggested' } },
      ...options,
    },
  });
}

/** Rules of a point of the curve in words, sorted; those that stay as they are with `=`. */
export const rulesAt = ({ curve, chosen }: GroupRecommendation, point = chosen): string[] =>
  (curve.at(point)?.proposed ?? []).map(({ rule, exists }) => `${exists ? '= ' : ''}${formatRule(rule)}`).sort();
