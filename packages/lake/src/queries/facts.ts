/** What the inventory says of interfaces, as a table beside the records: facts that are too many to store with each. */
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { namesIn } from '../commit.ts';
import type { Database } from '../database.ts';
import { loadTimeline } from '../inventory/timeline.ts';
import type { Lake } from '../lake.ts';
import { joinVersion, validityOf } from '../sql/versions.ts';

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
  table: string | null;
}

const knownOf = new WeakMap<Lake, Known>();
let serial = 0;

const current = async (lake: Lake): Promise<Known> => {
  const signature = (await namesIn(lake.paths.inventory)).join(' ');
  const known = knownOf.get(lake);
  if (known?.signature === signature) return known;
  const fresh: Known = { signature, timeline: await loadTimeline(lake), table: null };
  knownOf.set(lake, fresh);
  return fresh;
};

/** The timeline, read again only when a snapshot was added. */
export const currentTimeline = async (lake: Lake): Promise<Timeline> => (await current(lake)).timeline;

/** A table `(id, valid_from, valid_to, name, kind, vpc_id, instance_id, instance_name)` that all connections see. */
export const factsTable = async (lake: Lake): Promise<string> => {
  const known = await current(lake);
  known.table ??= await makeTable(lake.db, known.timeline);
  return known.table;
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
