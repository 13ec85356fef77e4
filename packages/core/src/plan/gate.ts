/**
 * The gate: what a plan does to observed traffic, as findings with the place in the plan. Pure; `flowfit check` shows it
 * in several formats.
 */
import { REASONS } from '../analysis/reasons.ts';
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';
import { push } from '../multimap.ts';
import { parseAddress } from '../net/address.ts';
import { parsePrefix, prefixContains } from '../net/prefix.ts';
import { protocolName } from '../net/protocol.ts';
import { SPECIAL_PURPOSE } from '../net/special.ts';
import { reasonsOfDoubts } from '../replay/document.ts';
import type { Replay, ReplayedTraffic } from '../replay/model.ts';
import { formatRule, formatService } from '../security-group/notation.ts';
import { Causes } from './causes.ts';
import type { PlanProblem, PlanRead } from './model.ts';
import { type Opening, openingsOf } from './world.ts';

/** In the order in which they are shown. */
export const GATE_KINDS = {
  cut: 'Observed traffic that the plan would cut.',
  open: 'A port that the plan opens to the whole world.',
  scanned: 'Traffic of public addresses that was only ever rejected, and that the plan would admit.',
  admitted: 'Other traffic that was rejected when it was seen, and that the plan would admit.',
  unknown: 'What cannot be decided: traffic about which the evidence is not clear, and parts of the plan.',
} as const;

export type GateKind = keyof typeof GATE_KINDS;

/** Kinds that may fail the gate. */
export const FAILING_KINDS = ['cut', 'open', 'scanned', 'unknown'] as const satisfies readonly GateKind[];

export interface GateTraffic {
  readonly groupIds: readonly string[];
  readonly interfaceId: string;
  readonly interfaceName: string | null;
  readonly direction: 'inbound' | 'outbound';
  /** `tcp`, or a number as text. */
  readonly protocol: string;
  readonly port: number | null;
  /** Of one row; of several, the first addresses, most connections first. */
  readonly peers: readonly { readonly address: string; readonly name: string | null }[];
  readonly peerCount: number;
  readonly connections: number;
  /** Unix seconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface GateFinding {
  /** `<kind>:<subject>`: equal on every run over the same plan and traffic. */
  readonly id: string;
  readonly kind: GateKind;
  /** Places in the plan; none where no single resource is the cause. */
  readonly addresses: readonly string[];
  /** A sentence. */
  readonly title: string;
  readonly rules: readonly { readonly ruleId: string; readonly text: string }[];
  readonly traffic: GateTraffic | null;
}

export interface GateReport {
  readonly findings: readonly GateFinding[];
  readonly counts: Readonly<Record<GateKind, number>>;
  /** What was assumed: told, but no finding. */
  readonly assumptions: readonly PlanProblem[];
}

/** What an address or an interface is called; null where it has no name. */
export type NameOf = (idOrAddress: string) => string | null;

export const gateOf = (read: PlanRead, replay: Replay, today: InventorySnapshot, nameOf: NameOf): GateReport => {
  const causes = new Causes(read, today);
  const isScan = ({ direction, peer }: ReplayedTraffic): boolean => direction === 'inbound' && isPublic(peer);
  const findings: readonly GateFinding[] = [
    ...replay.cut.map((row) => cutOf(row, causes, nameOf)),
    ...openingsOf(read, today).map(openingFinding),
    ...admittedOf('scanned', replay.newlyAdmitted.filter(isScan), causes, nameOf),
    ...admittedOf(
      'admitted',
      replay.newlyAdmitted.filter((row) => !isScan(row)),
      causes,
      nameOf,
    ),
    ...read.problems.filter(({ code }) => code !== 'plan-assumed').map(problemFinding),
    ...unknownOf(replay.unknown, causes, nameOf),
  ];
  const counts = { cut: 0, open: 0, scanned: 0, admitted: 0, unknown: 0 };
  for (const { kind } of findings) counts[kind]++;
  return {
    findings,
    counts,
    assumptions: read.problems.filter(({ code }) => code === 'plan-assumed'),
  };
};

const cutOf = (row: ReplayedTraffic, causes: Causes, nameOf: NameOf): GateFinding => {
  const traffic = toTraffic([row], nameOf);
  const { addresses, rules } = causes.of(row, row.admittedBy, 'removed');
  return {
    id: `cut:${subjectOf(row)}:${row.peer}`,
    kind: 'cut',
    addresses,
    title: `Cuts ${flowText(traffic)}: ${connectionsText(traffic)}.`,
    rules: rules.map(toRuleText),
    traffic,
  };
};

const openingFinding = ({ rule, groupName, interfaceId, blocks, address }: Opening): GateFinding => {
  const group = groupName === '' || groupName === rule.groupId ? rule.groupId : `${groupName} (${rule.groupId})`;
  const what = `${formatService(rule)} of ${group}`;
  const whom = blocks.join(' and ');
  return {
    id: `open:${interfaceId === null ? '' : `${interfaceId}:`}${rule.groupId}:${rule.id}`,
    kind: 'open',
    addresses: address === null ? [] : [address],
    title:
      interfaceId === null
        ? `Opens ${what} to the world (${whom}).`
        : `Opens ${interfaceId} to the world (${whom}) by ${what}.`,
    rules: [toRuleText(rule)],
    traffic: null,
  };
};

/** Many addresses may knock at the same port: rows that differ by nothing else are one finding. */
const byPlace = (rows: readonly ReplayedTraffic[]): readonly ReplayedTraffic[][] => {
  const places = new Map<string, ReplayedTraffic[]>();
  for (const row of rows) {
    push(places, `${subjectOf(row)} ${row.admittedBy.join()} ${row.proposedBy.join()} ${row.doubts}`, row);
  }
  return [...places.values()];
};

const admittedOf = (
  kind: 'scanned' | 'admitted',
  rows: readonly ReplayedTraffic[],
  causes: Causes,
  nameOf: NameOf,
): GateFinding[] =>
  byPlace(rows).map((some) => {
    const [first] = some as [ReplayedTraffic];
    const traffic = toTraffic(some, nameOf);
    const { addresses, rules } = causes.of(first, first.proposedBy, 'added');
    const what = kind === 'scanned' ? 'only ever rejected so far' : 'rejected when it was seen';
    return {
      id: `${kind}:${subjectOf(first)}:${first.proposedBy.join()}`,
      kind,
      addresses,
      title: `Admits ${flowText(traffic)}, ${what}: ${connectionsText(traffic)}.`,
      rules: rules.map(toRuleText),
      traffic,
    };
  });

const unknownOf = (rows: readonly ReplayedTraffic[], causes: Causes, nameOf: NameOf): GateFinding[] =>
  byPlace(rows).map((some) => {
    const [first] = some as [ReplayedTraffic];
    const traffic = toTraffic(some, nameOf);
    const [lost, gained] = [causes.of(first, first.admittedBy, 'removed'), causes.of(first, first.proposedBy, 'added')];
    const why = reasonsOfDoubts(first.doubts).map((reason) => REASONS[reason].meaning);
    return {
      id: `unknown:${subjectOf(first)}:${[...first.admittedBy, ...first.proposedBy].join()}:${first.doubts}`,
      kind: 'unknown',
      addresses: [...new Set([...lost.addresses, ...gained.addresses])].sort(),
      title: [`Cannot tell what becomes of ${flowText(traffic)}: ${connectionsText(traffic)}.`, ...why].join(' '),
      rules: [...new Set([...lost.rules, ...gained.rules])].map(toRuleText),
      traffic,
    };
  });

const toRuleText = (rule: SecurityGroupRule) => ({ ruleId: rule.id, text: formatRule(rule) });

const problemFinding = ({ code, address, message }: PlanProblem): GateFinding => ({
  id: `unknown:${code}:${address}`,
  kind: 'unknown',
  addresses: [address],
  title: message,
  rules: [],
  traffic: null,
});

const subjectOf = ({ interfaceId, direction, protocol, port }: ReplayedTraffic): string =>
  `${interfaceId}:${direction}:${protocolName(protocol)}:${port ?? 'all'}`;

const MOST_PEERS = 5;

const toTraffic = (rows: readonly ReplayedTraffic[], nameOf: NameOf): GateTraffic => {
  const [first] = rows as [ReplayedTraffic];
  const peers = [...new Set(rows.map(({ peer }) => peer))];
  return {
    groupIds: first.groupIds,
    interfaceId: first.interfaceId,
    interfaceName: nameOf(first.interfaceId),
    direction: first.direction,
    protocol: protocolName(first.protocol),
    port: first.port,
    peers: peers.slice(0, MOST_PEERS).map((address) => ({ address, name: nameOf(address) })),
    peerCount: peers.length,
    connections: rows.reduce((sum, { connections }) => sum + connections, 0),
    firstSeen: Math.min(...rows.map(({ firstSeen }) => firstSeen)),
    lastSeen: Math.max(...rows.map(({ lastSeen }) => lastSeen)),
  };
};

/** `tcp 443 from 203.0.113.9 to eni-1 (web)` */
export const flowText = (traffic: GateTraffic): string => {
  const { interfaceId, interfaceName, direction, protocol, port, peers, peerCount } = traffic;
  const [peer] = peers;
  const far = peerCount === 1 && peer !== undefined ? named(peer.address, peer.name) : `${peerCount} addresses`;
  const near = named(interfaceId, interfaceName);
  const [from, to] = direction === 'inbound' ? [far, near] : [near, far];
  return `${protocol}${port === null ? '' : ` ${port}`} from ${from} to ${to}`;
};

const named = (id: string, name: string | null): string => (name === null || name === id ? id : `${id} (${name})`);

const connectionsText = ({ connections }: GateTraffic): string =>
  `${connections} ${connections === 1 ? 'connection' : 'connections'}`;

/** Blocks whose addresses are somebody's own: scans come from elsewhere. */
const OWN_PURPOSES: ReadonlySet<string> = new Set([
  'private use',
  'shared address space',
  'loopback',
  'link-local',
  'unique local',
]);

const OWN = SPECIAL_PURPOSE.filter(([, purpose]) => OWN_PURPOSES.has(purpose)).flatMap(
  ([cidr]) => parsePrefix(cidr) ?? [],
);

const isPublic = (text: string): boolean => {
  const address = parseAddress(text);
  return address !== null && !OWN.some((prefix) => prefixContains(prefix, address));
};
