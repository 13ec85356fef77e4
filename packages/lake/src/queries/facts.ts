/** What the inventory says of interfaces, as a table beside the records: facts that are too many to store with each. */
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Database } from '../database.ts';
import { loadTimeline } from '../inventory/timeline.ts';
import { joinVersion, validityOf } from '../sql/versions.ts';
import { filesIn, type LakeState } from '../state.ts';

/** Fields that come from the joined facts, and their columns there. */
export const FACT_COLUMNS: Readonly<Record<string, string>> = {
  'interface-name': 'name',
  'interface-kind': 'kind',
  'interface-vpc-id': 'vpc_id',
  'attached-instance-id': 'instance_id',
  'attached-instance-name': 'instance_name',
};

interface Known {
  readonly signature: string;
  readonly timeline: Timeline;
  /** Table of facts, once a query wanted it. */
  table: Promise<string> | null;
}

/** Of a database: what was asked of last, the newest last. */
const knownOf = new WeakMap<Database, Known[]>();
/** A reader of an older state may ask beside those of the newest. */
const KEPT = 2;
let serial = 0;

const current = (lake: LakeState): Known => {
  const signature = filesIn(lake, 'inventory')
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .join('\n');
  const all = knownOf.get(lake.db) ?? [];
  const known = all.find((one) => one.signature === signature) ?? {
    signature,
    timeline: loadTimeline(lake),
    table: null,
  };
  knownOf.set(lake.db, [...all.filter((one) => one !== known), known].slice(-KEPT));
  return known;
};

/** The timeline, read again only when a snapshot was added. */
export const currentTimeline = (lake: LakeState): Timeline => current(lake).timeline;

/** A table `(id, valid_from, valid_to, name, kind, vpc_id, instance_id, instance_name)` that all connections see. */
export const factsTable = async (lake: LakeState): Promise<string> => {
  const known = current(lake);
  known.table ??= makeTable(lake.db, known.timeline);
  return await known.table;
};

const makeTable = async (db: Database, timeline: Timeline): Promise<string> => {
  const table = `interface_facts_${++serial}`;
  const versions = timeline.interfaceVersions();
  const validity = validityOf(versions);
  const documents = versions.map(({ id, from, value }, index) => ({
    id,
    ...validity[index],
    name: value.name,
    kind: value.type,
    vpc_id: value.vpcId,
    instance_id: value.instanceId,
    instance_name:
      value.instanceId === null
        ? null
        : (timeline.instanceAt(value.instanceId, from ?? Number.NEGATIVE_INFINITY)?.name ?? null),
  }));
  const text = 'VARCHAR';
  const structure = JSON.stringify([
    {
      id: text,
      valid_from: 'BIGINT',
      valid_to: 'BIGINT',
      name: text,
      kind: text,
      vpc_id: text,
      instance_id: text,
      instance_name: text,
    },
  ]);
  await db.run(`CREATE TABLE ${table} AS SELECT unnest(from_json($1::JSON, '${structure}'), recursive := true)`, [
    JSON.stringify(documents),
  ]);
  return table;
};

/** Joins the facts in force at the time of a row. */
export const joinFacts = (table: string, row: string, seconds: string): string =>
  joinVersion(table, 'facts', `${row}.interface_id`, seconds);
