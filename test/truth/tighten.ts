/**
 * What happens if recommendations are followed: asked of the simulated account's firewall, which shares no code with
 * what recommends. Both for the account as it is at the end, and for each connection at the time when it was made.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyChange, type ChangeSet, rulesChange, withTodaysRules } from '@flowfit/core/change/change-set';
import type { InventorySnapshot, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { chosenPoint } from '@flowfit/core/recommend/document';
import type { GroupRecommendation } from '@flowfit/core/recommend/model';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import type { Window } from '@flowfit/lake/queries/window';
import { type LakeRecommendation, type LakeRecommendOptions, recommendLake } from '@flowfit/lake/recommend';
import { fieldsOf } from '@flowfit/testkit/account/account';
import { type Evidence, withoutInterfaces } from '@flowfit/testkit/account/evidence';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import { Firewall } from './firewall.ts';
import { type Simulated, writeObjects } from './observe.ts';

/** Writes, ingests what the evidence shows, and recommends. The lake is gone afterwards. */
export const recommendFor = async (
  simulated: Simulated,
  { snapshots, unlogged }: Evidence,
  window: Window = {},
  options: LakeRecommendOptions = {},
): Promise<LakeRecommendation> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-tighten-'));
  try {
    const logs = join(folder, 'logs');
    const fields = fieldsOf(simulated.format);
    await writeObjects(logs, fields.join(' '), withoutInterfaces(simulated.truth.lines, fields, unlogged));
    const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1 });
    try {
      await ingest(lake, [logs], { snapshots });
      return await recommendLake(lake, window, options);
    } finally {
      lake.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What following all recommendations changes. */
export const changeOf = ({ groups, analysis }: LakeRecommendation, point = chosenPoint): ChangeSet =>
  rulesChange(
    analysis.snapshot,
    new Map(groups.map((one) => [one.group.id, point(one).proposed.map(({ rule }) => rule)])),
  );

export interface Followed {
  /** Different first packets that today's rules admit. */
  readonly packets: number;
  readonly connections: number;
  readonly cut: readonly string[];
  readonly cutConnections: number;
}

/** Asks for every accepted connection of the truth that was seen, or only for those of a time. */
export function followChange(
  simulated: Simulated,
  change: ChangeSet,
  {
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
  }: { readonly from?: number; readonly to?: number } = {},
): Followed {
  const rows = simulated.truth.connections.filter(
    ({ action, groupIds, firstSeen, began }) =>
      action === 'ACCEPT' && groupIds.length > 0 && firstSeen !== null && began >= from && began < to,
  );
  const firewall = new Firewall(simulated);
  const states = statesOf(simulated, firewall.newest);
  const cut = new Set<string>();
  const packets = new Set<string>();
  let [connections, cutConnections] = [0, 0];
  const asked = states.map(({ since, snapshot }) => ({
    since,
    today: firewall.asked(snapshot),
    proposed: firewall.asked(applyChange(snapshot, change)),
    holderOf: firewall.holderIn(snapshot),
  }));
  for (const row of rows) {
    const then = asked.findLast(({ since }) => since <= row.began) ?? asked[0];
    // At the end only what is still there can be cut.
    const views = [then, asked.at(-1)].filter(
      (view) => view !== undefined && view.holderOf(row) === then?.holderOf(row),
    ) as typeof asked;
    const lost = views.filter(({ today, proposed }) => today(row).allowed && !proposed(row).allowed);
    if (!views.some(({ today }) => today(row).allowed)) continue;
    packets.add(packetOf(row));
    connections++;
    if (lost.length === 0) continue;
    cutConnections++;
    cut.add(`${lost.includes(views[0] as (typeof views)[0]) ? 'then' : 'at the end'}: ${packetOf(row)}`);
  }
  return { packets: packets.size, connections, cut: [...cut], cutConnections };
}

/** Every state of the account, with the rules of the end. */
function statesOf({ account }: Simulated, newest: InventorySnapshot) {
  const snapshots = withTodaysRules(
    account.states.map(({ snapshot }) => snapshot),
    newest,
  );
  return account.states.map(({ from }, index) => ({ since: from, snapshot: snapshots[index] as InventorySnapshot }));
}

const packetOf = ({ interfaceId, groupIds, initiator, service, protocol, servicePort, peerAddress }: ConnectionTruth) =>
  `${interfaceId} (${groupIds.join()}) ${initiator} ${service} ${protocol} ${servicePort} ${peerAddress}`;

/** Rules whose source is the whole internet, by which a group counts as broad. */
export const isBroad = ({ group }: GroupRecommendation): boolean =>
  group.rules.some(({ peer }: SecurityGroupRule) => peer.kind === 'cidr' && peer.cidr.endsWith('/0'));
