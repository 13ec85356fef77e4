/**
 * What somebody may know of an account: captures of some instants, flow logs of some interfaces. The rest of its history
 * is hidden, and what is said of its rules must hold whatever it was.
 */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { Account } from './account.ts';
import { Random } from './random.ts';
import { captureAt, carefulInstants, endOf } from './states.ts';

/** Kinds of evidence, and what each shows. */
export const EVIDENCE = {
  all: 'a capture at the start, right before and after each change, and at the end',
  changes: 'a capture at the start, after each change, and at the end',
  hourly: 'a capture at the start, every hour and at the end',
  sevenths: 'a capture at the start, after each seventh of the time',
  bracket: 'a capture at the start and one at the end',
  stale: 'a capture a week before the start and one a week after the end',
  before: 'one capture at the start',
  after: 'one capture at the end',
  middle: 'one capture in the middle',
  'long-before': 'one capture a week before the start',
  'long-after': 'one capture a week after the end',
  unlogged: 'as all, and a fifth of the interfaces have no flow log',
  missing: 'as all, and a fifth of the interfaces are in no capture',
} as const;

export type EvidenceKind = keyof typeof EVIDENCE;

export const EVIDENCE_KINDS = Object.keys(EVIDENCE) as readonly EvidenceKind[];

export interface Evidence {
  /** In the order of time. */
  readonly snapshots: readonly InventorySnapshot[];
  /** Interfaces of which the log holds nothing. */
  readonly unlogged: ReadonlySet<string>;
}

type Past = Pick<Account, 'options' | 'states'>;

const HOUR = 3600;
const WEEK = 7 * 24 * HOUR;
/** Share of the interfaces that have no flow log, or are in no capture: one in so many. */
const ONE_IN = 5;

export function evidenceOf(account: Past, kind: EvidenceKind): Evidence {
  const snapshots = timesOf(account, kind).map((seconds) => captureAt(account.states, seconds));
  if (kind === 'unlogged') {
    const unlogged = someInterfaces(account);
    return { snapshots: snapshots.map((snapshot) => withoutFlowLogs(snapshot, unlogged)), unlogged };
  }
  if (kind !== 'missing') return { snapshots, unlogged: new Set() };
  const missing = someInterfaces(account);
  const without = (snapshot: InventorySnapshot) => ({
    ...snapshot,
    interfaces: snapshot.interfaces.filter(({ id }) => !missing.has(id)),
  });
  return { snapshots: snapshots.map(without), unlogged: new Set() };
}

/** When captures are made, Unix seconds. */
function timesOf({ options, states }: Past, kind: EvidenceKind): readonly number[] {
  const { start } = options;
  const end = endOf(options);
  const changes = states.slice(1).map(({ from }) => from);
  switch (kind) {
    case 'changes':
      return [start, ...changes, end];
    case 'hourly':
      return [...instants(start, end, HOUR), end];
    case 'sevenths':
      return [...instants(start, end, Math.ceil((end - start) / 7)), end];
    case 'bracket':
      return [start, end];
    case 'stale':
      return [start - WEEK, end + WEEK];
    case 'before':
      return [start];
    case 'after':
      return [end];
    case 'middle':
      return [Math.floor((start + end) / 2)];
    case 'long-before':
      return [start - WEEK];
    case 'long-after':
      return [end + WEEK];
    default:
      return carefulInstants({ options, states });
  }
}

const instants = (start: number, end: number, every: number): number[] =>
  Array.from({ length: Math.ceil((end - start) / every) }, (_, index) => start + index * every);

/** One in five of all that ever were, the same ones whatever else is drawn. */
function someInterfaces({ options, states }: Past): Set<string> {
  const random = new Random(options.seed, 4);
  const ids = [...new Set(states.flatMap(({ snapshot }) => snapshot.interfaces.map(({ id }) => id)))].sort();
  const chosen = new Set<string>();
  while (chosen.size < Math.floor(ids.length / ONE_IN)) chosen.add(random.pick(ids));
  return chosen;
}

/** Flow logs of VPCs become those of all interfaces in them but some. */
function withoutFlowLogs(snapshot: InventorySnapshot, unlogged: ReadonlySet<string>): InventorySnapshot {
  const flowLogs = snapshot.flowLogs.flatMap((flowLog) =>
    snapshot.interfaces
      .filter(({ id, vpcId }) => vpcId === flowLog.resourceId && !unlogged.has(id))
      .map(({ id }) => ({ ...flowLog, id: id.replace('eni', 'fl'), resourceId: id })),
  );
  return { ...snapshot, flowLogs };
}

/** Lines of a log without those of some interfaces. */
export function withoutInterfaces(
  lines: readonly string[],
  fields: readonly string[],
  interfaceIds: ReadonlySet<string>,
): readonly string[] {
  if (interfaceIds.size === 0) return lines;
  const at = fields.indexOf('interface-id');
  return lines.filter((line) => !interfaceIds.has(line.split(' ')[at] as string));
}
