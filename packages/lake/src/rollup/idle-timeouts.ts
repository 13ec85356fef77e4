/** Idle time-outs as tables to join with: of protocols, and of the few interfaces that have their own. */
import { idleTimeout } from '@flowfit/core/conversation/timeouts';
import { TCP, UDP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import { SECONDS_PER_DAY } from '../relations.ts';
import { loadRows, type Shape } from '../tables/typed.ts';
import type { Surroundings, Tracked } from './surroundings.ts';

const STANDARD = { protocol: 'int', both_ways: 'int', seconds: 'int' } as const satisfies Shape;
const OWN = { ...STANDARD, interface: 'int', valid_from: 'whole', valid_to: 'whole' } as const satisfies Shape;

const STANDARD_TABLE = 'idle_timeouts';
const OWN_TABLE = 'own_timeouts';

export interface IdleTimeouts {
  /** Codes of the interfaces whose TCP connections may end and begin again within a day. */
  readonly shortTcp: readonly number[];
  /** SQL: seconds, by the columns `interface`, `protocol`, `start` and `both_ways` (0 or 1) of `row`. */
  readonly seconds: string;
  /** The joins that `seconds` needs after `FROM … AS row`. */
  readonly joins: string;
  drop(): Promise<void>;
}

export const loadIdleTimeouts = async (db: Database, surroundings: Surroundings): Promise<IdleTimeouts> => {
  const protocols = [...Array(256).keys()];
  const standard = protocols.flatMap((protocol) =>
    [0, 1].map((bothWays) => [protocol, bothWays, idleTimeout(protocol, bothWays === 1)] as const),
  );
  await loadRows(db, STANDARD_TABLE, STANDARD, {
    count: standard.length,
    columns: {
      protocol: Int32Array.from(standard, ([protocol]) => protocol),
      both_ways: Int32Array.from(standard, ([, bothWays]) => bothWays),
      seconds: Int32Array.from(standard, ([, , seconds]) => seconds),
    },
  });
  const tracked = [...surroundings.tracked()];
  if (tracked.length === 0) {
    return {
      shortTcp: [],
      seconds: 'standard.seconds',
      joins: JOIN_STANDARD,
      drop: async () => await db.run(`DROP TABLE ${STANDARD_TABLE}`),
    };
  }
  await loadOwn(db, tracked);
  return {
    shortTcp: tracked
      .filter(({ version }) => idleTimeout(TCP, true, version.value.connectionTracking) < SECONDS_PER_DAY)
      .map(({ code }) => code),
    seconds: 'coalesce(own.seconds, standard.seconds)',
    joins: `${JOIN_STANDARD} LEFT JOIN ${OWN_TABLE} AS own ON own.interface = row.interface AND own.protocol = row.protocol
      AND own.both_ways = row.both_ways AND row.start >= own.valid_from AND row.start < own.valid_to`,
    drop: async () => {
      for (const table of [STANDARD_TABLE, OWN_TABLE]) await db.run(`DROP TABLE ${table}`);
    },
  };
};

const JOIN_STANDARD = `JOIN ${STANDARD_TABLE} AS standard ON standard.protocol = row.protocol AND standard.both_ways = row.both_ways`;

const loadOwn = async (db: Database, tracked: readonly Tracked[]): Promise<void> => {
  const rows = tracked.flatMap(({ code, version: { from, to, value } }) =>
    [TCP, UDP].flatMap((protocol) =>
      [0, 1].map((bothWays) => ({
        code,
        ...{ from: from ?? Number.MIN_SAFE_INTEGER, to: to ?? Number.MAX_SAFE_INTEGER },
        ...{ protocol, bothWays, seconds: idleTimeout(protocol, bothWays === 1, value.connectionTracking) },
      })),
    ),
  );
  await loadRows(db, OWN_TABLE, OWN, {
    count: rows.length,
    columns: {
      protocol: Int32Array.from(rows, ({ protocol }) => protocol),
      both_ways: Int32Array.from(rows, ({ bothWays }) => bothWays),
      seconds: Int32Array.from(rows, ({ seconds }) => seconds),
      interface: Int32Array.from(rows, ({ code }) => code),
      valid_from: Float64Array.from(rows, ({ from }) => from),
      valid_to: Float64Array.from(rows, ({ to }) => to),
    },
  });
};
