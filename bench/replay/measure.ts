/**
 * A process that measures one subject: `tsx measure.ts SUBJECT CONVERSATIONS RULES FOLDER`, prints one JSON object.
 *
 *   core   conversations made one by one, replayed against a change of a tenth of the groups
 *   wide   the same against a change of all groups
 *   late   the same as `wide` with one capture only, made after all of them
 *   lake   the same as `wide` over the lake FOLDER/lake, which `bench/attribution/measure.ts fill` makes
 */
import { join } from 'node:path';
import { type ChangeSet, rulesChange } from '@flowfit/core/change/change-set';
import type { InventorySnapshot, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { ReplayFold } from '@flowfit/core/replay/fold';
import type { Replay } from '@flowfit/core/replay/model';
import { openLake } from '@flowfit/lake/lake';
import { newestInventory } from '@flowfit/lake/observed';
import { replayLake } from '@flowfit/lake/replay';
import { CAPTURED, makeConversations, makeSnapshot } from '../attribution/account.ts';

export interface ReplayMeasurement extends Readonly<Record<'kept' | 'cut' | 'newlyAdmitted' | 'unknown', number>> {
  readonly seconds: number;
  /** Of those, what making the conversations takes. */
  readonly makingSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const [subject, conversations, rules, folder] = [
  process.argv[2] ?? '',
  Number(process.argv[3]),
  Number(process.argv[4]),
  process.argv[5] ?? '',
];
const seconds = () => performance.now() / 1000;
const WINDOW_SECONDS = 720 * 3600;

/** In every tenth group, or in all: the first rule goes, the second is for one address only. */
function changeOf(snapshot: InventorySnapshot, every: number): ChangeSet {
  const changed = snapshot.groups.filter((_, index) => index % every === 0);
  return rulesChange(
    snapshot,
    new Map(changed.map(({ id, rules: [, second, ...rest] }) => [id, narrowed(second, rest)])),
  );
}

const narrowed = (second: SecurityGroupRule | undefined, rest: readonly SecurityGroupRule[]): SecurityGroupRule[] =>
  second === undefined
    ? [...rest]
    : [{ ...second, id: `${second.id}-new`, peer: { kind: 'cidr', cidr: '10.0.0.1/32' } }, ...rest];

function inCore(every: number, which: 'both' | 'late'): Replay {
  const snapshot = makeSnapshot(rules);
  const late = { ...snapshot, capturedAt: new Date((CAPTURED + WINDOW_SECONDS) * 1000).toISOString() };
  const snapshots = which === 'both' ? [snapshot, late] : [late];
  const timeline = createTimeline(snapshots);
  const fold = new ReplayFold({ snapshots, timeline, change: changeOf(snapshot, every) });
  const epoch = timeline.gapAt(CAPTURED);
  for (const conversation of makeConversations(snapshot, conversations, epoch)) fold.add(conversation);
  return fold.result();
}

async function inLake(): Promise<Replay> {
  const lake = await openLake(join(folder, 'lake'));
  const { replay } = await replayLake(lake, {}, changeOf(newestInventory(lake), 1));
  lake.close();
  return replay;
}

const SUBJECTS: Readonly<Record<string, () => Replay | Promise<Replay>>> = {
  core: () => inCore(10, 'both'),
  wide: () => inCore(1, 'both'),
  late: () => inCore(1, 'late'),
  lake: inLake,
};

function makingSeconds(): number {
  const snapshot = makeSnapshot(rules);
  const beganAt = seconds();
  let count = 0;
  for (const _conversation of makeConversations(snapshot, conversations)) count++;
  return count === conversations ? seconds() - beganAt : Number.NaN;
}

const beganAt = seconds();
const replay = await SUBJECTS[subject]?.();
if (replay === undefined) throw new Error(`no subject ${subject}`);
const tookSeconds = seconds() - beganAt;
const { user, system } = process.cpuUsage();
const measured: ReplayMeasurement = {
  ...replay.connections,
  seconds: tookSeconds,
  cpuSeconds: (user + system) / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  makingSeconds: subject === 'lake' ? 0 : makingSeconds(),
};
process.stdout.write(JSON.stringify(measured));
