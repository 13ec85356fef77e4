/**
 * What the decorator knows of the account, without a call to EC2 per batch.
 *
 * The newest snapshot is asked for by ETag, at most once a minute. The last few are kept, so that a record is matched
 * with the state of its own time. An interface that no snapshot holds is looked up, all unknown ones of a batch with one
 * filtered call; an id that EC2 does not know either is not asked for again for a while, since interfaces of other
 * accounts and those long gone stay unknown. When EC2 throttles, the look-ups rest: records go on without groups.
 */
import type { StoredSnapshot } from '@flowfit/aws/s3/snapshots';
import type { StatesOverTime } from '@flowfit/core/enrich/states';
import { messageOf } from '@flowfit/core/errors';
import type {
  FlowLogConfiguration,
  Instance,
  InventorySnapshot,
  NetworkInterface,
} from '@flowfit/core/inventory/model';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import type { Count, Log } from '../telemetry.ts';

export interface InventoryEffects {
  /** The newest snapshot unless it is still the one of `etag`; null = none was written yet. */
  readonly readNewest: (etag: string | null) => Promise<StoredSnapshot | 'unchanged' | null>;
  /** One filtered call; ids that do not exist are absent from the answer. */
  readonly findInterfaces: (ids: readonly string[]) => Promise<readonly NetworkInterface[]>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  readonly count: Count;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const INVENTORY_LIMITS = {
  /** Between two looks at the newest snapshot. */
  refreshEvery: MINUTE,
  /** Snapshots kept. */
  snapshots: 4,
  /** Ids in one look-up: what one filter takes. */
  lookup: 200,
  /** Until an id that EC2 did not know is asked for again: new interfaces may show late. */
  unknownFor: 10 * MINUTE,
  /** Until the next look-up after one that failed. */
  restAfterFailure: MINUTE,
  /** Looked-up and unknown ids remembered. */
  remembered: 20_000,
} as const;

const INTERFACE_ID = /^eni-[0-9a-f]{8,17}$/;

export class Inventory {
  readonly #effects: InventoryEffects;
  #snapshots: readonly InventorySnapshot[] = [];
  #timeline = createTimeline([]);
  #revision = 0;
  #etag: string | null = null;
  #nextRefresh = 0;
  #nextLookup = 0;
  readonly #found = new Map<string, NetworkInterface>();
  /** Id → time at which it may be asked for again. */
  readonly #unknown = new Map<string, number>();
  #lookup: Promise<void> | null = null;

  constructor(effects: InventoryEffects) {
    this.#effects = effects;
  }

  /** Flow logs of the newest snapshot: where the formats are discovered. */
  get flowLogs(): readonly FlowLogConfiguration[] {
    return this.#snapshots.at(-1)?.flowLogs ?? [];
  }

  /** Changes with every answer that the methods below may give. */
  get revision(): number {
    return this.#revision;
  }

  statesOf(id: string): StatesOverTime<NetworkInterface> {
    const states = this.#timeline.statesOfInterface(id);
    const found = this.#found.get(id);
    return states.length > 0 || found === undefined ? states : [{ from: null, value: found }];
  }

  instanceStatesOf(id: string): StatesOverTime<Instance> {
    return this.#timeline.statesOfInstance(id);
  }

  /** Takes over a newer snapshot. Failing to read it keeps what is known: an old inventory is better than none. */
  async refresh(): Promise<void> {
    const { now, readNewest, log, count } = this.#effects;
    if (now() < this.#nextRefresh) return;
    this.#nextRefresh = now() + INVENTORY_LIMITS.refreshEvery;
    try {
      const newest = await readNewest(this.#etag);
      if (newest === null) log.warn('no inventory yet: records have no security groups', {});
      else if (newest !== 'unchanged') this.#take(newest);
    } catch (error) {
      count('InventoryUnreadable', 1);
      log.error('the inventory cannot be read', { reason: messageOf(error) });
    }
  }

  #take({ snapshot, etag }: StoredSnapshot): void {
    this.#etag = etag;
    this.#snapshots = [...this.#snapshots, snapshot].slice(-INVENTORY_LIMITS.snapshots);
    this.#timeline = createTimeline(this.#snapshots);
    this.#revision++;
    for (const { id } of snapshot.interfaces) {
      this.#found.delete(id);
      this.#unknown.delete(id);
    }
  }

  /** Looks up those of `ids` that nothing is known of, unless a look-up is under way or has to rest. */
  async learn(ids: Iterable<string>): Promise<void> {
    // Two callers at once would ask for the same interfaces: the second waits for the first's answer.
    if (this.#lookup) await this.#lookup;
    const missing = this.#missing(ids);
    if (missing.length === 0 || this.#effects.now() < this.#nextLookup) return;
    this.#lookup = this.#find(missing).finally(() => {
      this.#lookup = null;
    });
    await this.#lookup;
  }

  #missing(ids: Iterable<string>): string[] {
    const now = this.#effects.now();
    const missing = new Set<string>();
    for (const id of ids) {
      const isKnown = this.statesOf(id).length > 0 || (this.#unknown.get(id) ?? 0) > now;
      if (!isKnown && INTERFACE_ID.test(id)) missing.add(id);
      if (missing.size === INVENTORY_LIMITS.lookup) break;
    }
    return [...missing];
  }

  async #find(ids: readonly string[]): Promise<void> {
    const { now, findInterfaces, log, count } = this.#effects;
    try {
      const found = await findInterfaces(ids);
      count('InterfaceLookups', 1);
      for (const id of ids) remember(this.#unknown, id, now() + INVENTORY_LIMITS.unknownFor);
      for (const each of found) {
        this.#unknown.delete(each.id);
        this.#revision++;
        remember(this.#found, each.id, each);
      }
    } catch (error) {
      this.#nextLookup = now() + INVENTORY_LIMITS.restAfterFailure;
      count('InterfaceLookupsFailed', 1);
      log.warn('unknown interfaces cannot be looked up', { ids: ids.length, reason: messageOf(error) });
    }
  }
}

/** Oldest entries give way. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > INVENTORY_LIMITS.remembered) map.delete(map.keys().next().value as string);
}
