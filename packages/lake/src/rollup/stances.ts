/**
 * Stances: interfaces of one gap between captures that all rules treat alike, and the ports that these tell apart.
 *
 * Rules are asked once for each stance rather than for each interface, and once for each class of ports rather than for
 * each port. What counts as alike is said by core/security-group alone.
 */
import { BOOLEAN, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Attributor } from '@flowfit/core/security-group/attribute';
import type { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';

/** One interface that stands for all of its stance. */
export interface Stance {
  readonly interfaceId: string;
  readonly epoch: number;
  /** Whether captures on both sides of the gap show it: only then its rules say anything of what they do not admit. */
  readonly isBracketed: boolean;
}

/** Ports of the rows of `relation`, each to be replaced by the first one of its class. */
export interface PortClassOptions {
  /** Relation with `interface_id`, `epoch` (never null) and the columns named in `ports`. */
  readonly relation: string;
  readonly ports: readonly [string, string];
  readonly attributor: Attributor;
}

/**
 * Makes the temporary tables `stances (interface_id, epoch, stance, is_bracketed)` and `port_class (stance, port,
 * class)`.
 *
 * @returns the stances, by number
 */
export const makePortClasses = async (db: Database, options: PortClassOptions): Promise<readonly Stance[]> => {
  const { relation, ports, attributor } = options;
  await db.run(
    'CREATE OR REPLACE TEMP TABLE stances (interface_id VARCHAR, epoch INTEGER, stance INTEGER, is_bracketed BOOLEAN, class_list INTEGER)',
  );
  await db.run('CREATE OR REPLACE TEMP TABLE first_ports (class_list INTEGER, first_port INTEGER)');
  const states = await db.all<{ id: string; epoch: number }>(
    `SELECT DISTINCT interface_id AS id, epoch FROM ${relation} ORDER BY epoch, id`,
  );
  const { stances, members, firstPorts } = gather(states, attributor);
  await appendColumns(db, 'stances', [VARCHAR, INTEGER, INTEGER, BOOLEAN, INTEGER], transpose(members, 5));
  await appendColumns(db, 'first_ports', [INTEGER, INTEGER], transpose(firstPorts, 2));
  await db.run(`
    CREATE OR REPLACE TEMP TABLE port_class AS
    SELECT seen.stance, seen.port, first_ports.first_port AS class FROM (
      SELECT DISTINCT stance, class_list, unnest([${ports.join(', ')}]) AS port
      FROM ${relation} JOIN stances USING (interface_id, epoch)
    ) AS seen ASOF JOIN first_ports ON first_ports.class_list = seen.class_list AND seen.port >= first_ports.first_port`);
  await db.run('DROP TABLE first_ports');
  return stances;
};

const gather = (states: readonly { readonly id: string; readonly epoch: number }[], attributor: Attributor) => {
  const stances: Stance[] = [];
  const numbers = new Map<string, number>();
  const classLists = new Map<string, number>();
  const listOf: number[] = [];
  const members: [string, number, number, boolean, number][] = [];
  const firstPorts: [number, number][] = [];
  for (const { id, epoch } of states) {
    const key = attributor.stanceOf(id, epoch);
    const stance = numbers.get(key) ?? stances.length;
    if (stance === stances.length) {
      numbers.set(key, stance);
      stances.push({ interfaceId: id, epoch, isBracketed: attributor.isBracketed(id, epoch) });
      const ports = attributor.portClasses(id, epoch);
      const text = ports.join();
      const list = classLists.get(text) ?? classLists.size;
      if (list === classLists.size) {
        classLists.set(text, list);
        for (const port of ports) firstPorts.push([list, port]);
      }
      listOf.push(list);
    }
    members.push([id, epoch, stance, stances[stance]?.isBracketed ?? false, listOf[stance] as number]);
  }
  return { stances, members, firstPorts };
};

/** Rows as columns. */
export const transpose = <T>(rows: readonly (readonly T[])[], width: number): T[][] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => row[column] as T));
