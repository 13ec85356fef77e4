/** Records that belong to no connection, since their direction, interface, protocol or time is not known. */
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Database } from '../database.ts';
import { loadRows, readRows, type Shape } from '../tables/typed.ts';
import { codeOfInitiator, codeOfMethod, NONE } from '../tables/words.ts';
import { hasPortsSql, looseServicePort } from './records-sql.ts';
import { IS_CONNECTED, SECONDS_PER_HOUR } from './segments.ts';
import type { Stances } from './stances.ts';

const GAP = { start: 'whole', gap: 'int', inventory_at: 'whole' } as const satisfies Shape;
const STANCE = { interface: 'int', gap: 'int', stance: 'int' } as const satisfies Shape;
const PORT = { stance: 'int', port: 'int' } as const satisfies Shape;
const PORT_CLASS = { ...PORT, class: 'int' } as const satisfies Shape;

export interface LooseOptions {
  readonly timeline: Timeline;
  readonly stances: Stances;
}

/** A query, and what it reads from. */
export interface LooseRows {
  readonly sql: string;
  drop(): Promise<void>;
}

/** Records of which it is known where they are from and to, and not which of both ends is the interface's. */
const isUndirected = (alias: string): string =>
  `${alias}.start IS NOT NULL AND ${alias}.interface <> 0 AND ${alias}.incoming IS NULL AND ${hasPortsSql(`${alias}.protocol`)}`;

/** Rows as of `conversations/`, coded: see `./conversations.ts`. */
export const makeLoose = async (db: Database, records: string, options: LooseOptions): Promise<LooseRows> => {
  const hasCaptures = options.timeline.epochs.length > 0;
  const loose = `(SELECT * FROM ${records} WHERE NOT coalesce(${IS_CONNECTED}, FALSE))`;
  if (hasCaptures) await makeClasses(db, loose, options);
  const classOf = (port: string) => (hasCaptures ? `coalesce(${port}_class.class, ${NONE})` : `${NONE}`);
  const joinClass = (port: string) =>
    `LEFT JOIN loose_classes AS ${port}_class ON ${port}_class.stance = stances.stance AND ${port}_class.port = loose.${port}`;
  const joins = hasCaptures
    ? `LEFT JOIN loose_gaps AS gaps ON gaps.start = loose.start
       LEFT JOIN loose_stances AS stances ON stances.interface = loose.interface AND stances.gap = gaps.gap AND ${isUndirected('loose')}
       ${joinClass('srcport')} ${joinClass('dstport')}`
    : '';
  return {
    sql: `
      SELECT loose.start // ${SECONDS_PER_HOUR} * ${SECONDS_PER_HOUR} AS hour, ${hasCaptures ? `coalesce(gaps.inventory_at, ${NONE})` : NONE} AS inventory_at,
        loose.interface, incoming, srcaddr, dstaddr, protocol, coalesce(${looseServicePort('')}, ${NONE}) AS service_port,
        ${classOf('srcport')} AS open_local_port, ${classOf('dstport')} AS open_peer_port, action,
        ${codeOfInitiator('unknown')} AS initiator, ${codeOfMethod('none')} AS method,
        count(*) AS flows, sum(packets) AS packets, sum(bytes) AS bytes, min(loose.start) AS first_seen, max(coalesce("end", loose.start)) AS last_seen
      FROM ${loose} AS loose ${joins} GROUP BY ALL`,
    drop: async () => {
      if (!hasCaptures) return;
      for (const table of ['loose_gaps', 'loose_stances', 'loose_classes']) await db.run(`DROP TABLE ${table}`);
    },
  };
};

/** Gaps of times, stances of interfaces in them, and classes of ports of stances: each distinct one once. */
const makeClasses = async (db: Database, loose: string, { timeline, stances }: LooseOptions): Promise<void> => {
  const starts = await readRows(db, { start: 'whole' }, `SELECT DISTINCT start FROM ${loose} WHERE start IS NOT NULL`);
  const gaps = Int32Array.from(starts.columns.start.subarray(0, starts.count), (start) => timeline.gapAt(start));
  await loadRows(db, 'loose_gaps', GAP, {
    count: starts.count,
    columns: {
      start: starts.columns.start,
      gap: gaps,
      inventory_at: Float64Array.from(gaps, (gap) => timeline.epochs[gap] ?? NONE),
    },
  });
  const undirected = `(SELECT interface, gap, srcport, dstport FROM ${loose} AS loose JOIN loose_gaps USING (start) WHERE ${isUndirected('loose')})`;
  const seen = await readRows(
    db,
    { interface: 'int', gap: 'int' },
    `SELECT DISTINCT interface, gap FROM ${undirected} ORDER BY gap, interface`,
  );
  await loadRows(db, 'loose_stances', STANCE, {
    count: seen.count,
    columns: {
      ...seen.columns,
      stance: Int32Array.from({ length: seen.count }, (_, row) =>
        stances.of(seen.columns.interface[row]!, seen.columns.gap[row]!),
      ),
    },
  });
  const ports = await readRows(
    db,
    PORT,
    `SELECT DISTINCT stance, port FROM (SELECT stance, unnest([srcport, dstport]) AS port FROM ${undirected} JOIN loose_stances USING (interface, gap)) WHERE port IS NOT NULL`,
  );
  await loadRows(db, 'loose_classes', PORT_CLASS, {
    count: ports.count,
    columns: {
      ...ports.columns,
      class: Int32Array.from({ length: ports.count }, (_, row) =>
        stances.classOf(ports.columns.stance[row]!, ports.columns.port[row]!),
      ),
    },
  });
};
