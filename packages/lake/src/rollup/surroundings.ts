/** What the inventory and the records say of the day's interfaces, by code. */
import type { TrackingSettings } from '@flowfit/core/conversation/timeouts';
import type { NetworkInterface } from '@flowfit/core/inventory/model';
import type { Timeline, Version } from '@flowfit/core/inventory/timeline';
import { push } from '@flowfit/core/multimap';
import type { Database } from '../database.ts';
import type { CodedRecords } from '../tables/coded.ts';
import { loadInterfaceVersions } from '../tables/interfaces.ts';

/** A state of an interface, with the code of the interface. */
export interface Tracked {
  readonly code: number;
  readonly version: Version<NetworkInterface>;
}

export class Surroundings {
  /** Ids by code; '' = not known. */
  readonly interfaceIds: readonly string[];
  readonly #vpcs: readonly (string | null)[];
  readonly #versions: readonly (readonly Version<NetworkInterface>[])[];
  readonly #peered: ReadonlySet<string>;

  constructor(timeline: Timeline, seen: readonly { readonly id: string; readonly vpc: string | null }[]) {
    const versions = new Map<string, Version<NetworkInterface>[]>();
    for (const version of timeline.interfaceVersions()) push(versions, version.id, version);
    this.interfaceIds = seen.map(({ id }) => id);
    this.#versions = seen.map(({ id }) => versions.get(id) ?? []);
    this.#vpcs = seen.map(
      ({ vpc }, code) => this.#versions[code]?.find(({ value }) => value.vpcId)?.value.vpcId ?? vpc,
    );
    this.#peered = peeredVpcs(timeline);
  }

  /**
   * Whether a private address means the same interface in the VPCs of both: those of an active peering connection cannot
   * overlap, and neither can a VPC with itself.
   */
  canReach(one: number, other: number): boolean {
    const [mine, theirs] = [this.#vpcs[one] ?? null, this.#vpcs[other] ?? null];
    if (mine === null || theirs === null) return false;
    return mine === theirs || this.#peered.has(`${mine} ${theirs}`);
  }

  /** The idle time-outs of its own that an interface had at a time in Unix seconds. */
  settingsAt(code: number, seconds: number): TrackingSettings | undefined {
    const version = this.#versions[code]?.find(
      ({ from, to }) => (from === null || seconds >= from) && (to === null || seconds < to),
    );
    return version?.value.connectionTracking;
  }

  /** All states of interfaces that have settings of their own, with the code of the interface. */
  *tracked(): Generator<Tracked> {
    for (const [code, versions] of this.#versions.entries()) {
      for (const version of versions) {
        if (Object.values(version.value.connectionTracking).some((seconds) => seconds !== null))
          yield { code, version };
      }
    }
  }
}

const peeredVpcs = (timeline: Timeline): Set<string> => {
  const pairs = timeline.epochs
    .flatMap((moment) => timeline.snapshotAt(moment).peerings)
    .filter(({ status }) => status === 'active')
    .flatMap(({ requesterVpcId, accepterVpcId }) => [
      `${requesterVpcId} ${accepterVpcId}`,
      `${accepterVpcId} ${requesterVpcId}`,
    ]);
  return new Set(pairs);
};

/** Table `(interface, id, account_id, vpc_id)`: an interface as its records name it, each once. */
export const INTERFACE_FACTS = 'interface_facts';

/** Makes `INTERFACE_FACTS` and the versions of the interfaces. */
export const loadSurroundings = async (
  db: Database,
  timeline: Timeline,
  { interfaces, owners }: CodedRecords,
): Promise<Surroundings> => {
  await db.run(`
    CREATE OR REPLACE TEMP TABLE ${INTERFACE_FACTS} AS
    SELECT code AS interface, any_value(text) AS id, min(account) AS account_id, min(vpc) AS vpc_id
    FROM ${interfaces} LEFT JOIN ${owners} AS owner ON owner.interface = code GROUP BY code`);
  const rows = await db.all<{ code: number; id: string | null; vpc: string | null }>(
    `SELECT interface AS code, id, vpc_id AS vpc FROM ${INTERFACE_FACTS} ORDER BY interface`,
  );
  const seen: { id: string; vpc: string | null }[] = [];
  for (const { code, id, vpc } of rows) seen[code] = { id: id ?? '', vpc };
  await loadInterfaceVersions(db, timeline, new Map(rows.map(({ code, id }) => [id ?? '', code])));
  return new Surroundings(
    timeline,
    Array.from(seen, (one) => one ?? { id: '', vpc: null }),
  );
};
