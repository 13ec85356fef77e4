/**
 * The rung of the rules: what the groups in force admit of connections that flags left open.
 *
 * Rules are evaluated by core/security-group alone. To ask it millions of times less than there are connections,
 * interfaces that have the same rules are asked for once (a *stance*: VPC, epoch and groups), ports are replaced by
 * their class (`portClasses`: ports that no rule of the stance tells apart), and each distinct question is asked once.
 */
import { INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Attributor } from '@flowfit/core/security-group/attribute';
import { portClasses } from '@flowfit/core/security-group/port-classes';
import type { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';
import { IS_OPEN } from './evidence.ts';
import { isFirmPortsSql, isPorted } from './initiator-sql.ts';

/**
 * Interfaces of one VPC with the same groups in one epoch and the ones beside it. Those that the inventory does not hold
 * are one stance without groups: nothing is asked of it, but any group might be theirs, so that all rules cut its ports.
 */
interface Stance {
  readonly interfaceId: string;
  readonly vpcId: string | null;
  readonly epoch: number;
  readonly groupIds: readonly string[];
}

export interface JudgementOptions {
  readonly timeline: Timeline;
  readonly attributor: Attributor;
  /** Relation of what all interfaces did on the day: their ids, protocols, actions, ends. */
  readonly everybody: string;
}

/**
 * Makes the temporary table `judged (id, rules_in, rules_out, local_class, peer_class)` of the open segments: what the
 * rules say (certain, possible, none; null where there is nothing to ask), and the first ports of both ports' classes.
 */
export const makeJudged = async (db: Database, options: JudgementOptions): Promise<void> => {
  await db.run(`
    CREATE OR REPLACE TEMP TABLE asked AS
    SELECT segments.rowid AS id, segments.interface_id, clues.epoch, segments.protocol, segments.local_port,
      segments.peer_port, segments.peer_address, segments.action = 'ACCEPT' AS accepted
    FROM segments JOIN clues ON clues.id = segments.rowid
    WHERE ${IS_OPEN} AND clues.epoch IS NOT NULL`);
  await judgeAsked(db, 'judged', options);
  await judgeOtherEnds(db, options);
};

/**
 * The rules of the other end, where its interface recorded the connection as accepted too: what neither lets out there
 * was not opened there. Asked only where our own rules admit both ways and the ports are no firm inference.
 */
const judgeOtherEnds = async (db: Database, options: JudgementOptions): Promise<void> => {
  await db.run(`
    CREATE OR REPLACE TEMP TABLE ambiguous AS
    SELECT segments.rowid AS id, segments.interface_id, clues.epoch, segments.protocol, segments.local_address, segments.local_port,
      segments.peer_address, segments.peer_port
    FROM segments JOIN judged ON judged.id = segments.rowid JOIN clues ON clues.id = segments.rowid
    WHERE rules_in <> 'none' AND rules_out <> 'none' AND NOT (${isPorted} AND ${isFirmPortsSql('local_port', 'peer_port')})`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE asked AS
    SELECT DISTINCT ambiguous.id, record.interface_id, ambiguous.epoch, ambiguous.protocol, ambiguous.peer_port AS local_port,
      ambiguous.local_port AS peer_port, ambiguous.local_address AS peer_address, TRUE AS accepted
    FROM ambiguous
    JOIN ${options.everybody} AS record
      ON record.action = 'ACCEPT' AND record.protocol = ambiguous.protocol AND record.local_address = ambiguous.peer_address
      AND record.peer_address = ambiguous.local_address AND record.local_port IS NOT DISTINCT FROM ambiguous.peer_port
      AND record.peer_port IS NOT DISTINCT FROM ambiguous.local_port AND record.interface_id <> ambiguous.interface_id
    JOIN interface_vpcs AS mine ON mine.interface_id = ambiguous.interface_id
    JOIN interface_vpcs AS theirs ON theirs.interface_id = record.interface_id
    JOIN reachable_vpcs ON reachable_vpcs.vpc_id = mine.vpc_id AND reachable_vpcs.other_vpc_id = theirs.vpc_id`);
  await judgeAsked(db, 'judged_there', options);
  await db.run(`
    UPDATE judged SET rules_in = CASE WHEN there.none_out THEN 'none' ELSE judged.rules_in END,
      rules_out = CASE WHEN there.none_in THEN 'none' ELSE judged.rules_out END
    FROM (SELECT id, coalesce(bool_and(rules_in = 'none'), FALSE) AS none_in, coalesce(bool_and(rules_out = 'none'), FALSE) AS none_out
      FROM judged_there GROUP BY id) AS there
    WHERE there.id = judged.id`);
  for (const table of ['ambiguous', 'judged_there']) await db.run(`DROP TABLE ${table}`);
};

/** Turns the table `asked` into a table of answers like `judged`. */
const judgeAsked = async (
  db: Database,
  target: string,
  { timeline, attributor }: Pick<JudgementOptions, 'timeline' | 'attributor'>,
): Promise<void> => {
  const stances = await loadStances(db, timeline);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE port_class AS
    SELECT seen.stance, seen.port, first_ports.first_port AS class FROM (
      SELECT DISTINCT stance, unnest([local_port, peer_port]) AS port FROM asked JOIN stances USING (interface_id, epoch)
    ) AS seen ASOF JOIN first_ports ON first_ports.stance = seen.stance AND seen.port >= first_ports.first_port`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE classed AS
    SELECT id, stances.stance, protocol, accepted, local.class AS local_class, peer.class AS peer_class, peer_address
    FROM asked JOIN stances USING (interface_id, epoch)
    LEFT JOIN port_class AS local ON local.stance = stances.stance AND local.port = asked.local_port
    LEFT JOIN port_class AS peer ON peer.stance = stances.stance AND peer.port = asked.peer_port`);
  await loadAnswers(db, stances, attributor);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE ${target} AS
    SELECT classed.id, answers.rules_in, answers.rules_out, classed.local_class, classed.peer_class
    FROM classed LEFT JOIN answers ON answers.stance = classed.stance AND answers.protocol = classed.protocol
      AND answers.local_class = coalesce(classed.local_class, -1) AND answers.peer_class = coalesce(classed.peer_class, -1)
      AND answers.peer_address = classed.peer_address`);
  for (const table of ['asked', 'stances', 'first_ports', 'port_class', 'classed', 'answers']) {
    await db.run(`DROP TABLE ${table}`);
  }
};

/** Tables `stances (interface_id, epoch, stance)` and `first_ports (stance, first_port)`; interfaces known to have no groups have none. */
const loadStances = async (db: Database, timeline: Timeline): Promise<readonly Stance[]> => {
  await db.run('CREATE OR REPLACE TEMP TABLE stances (interface_id VARCHAR, epoch INTEGER, stance INTEGER)');
  await db.run('CREATE OR REPLACE TEMP TABLE first_ports (stance INTEGER, first_port INTEGER)');
  const states = await db.all<{ id: string; epoch: number }>(
    'SELECT DISTINCT interface_id AS id, epoch FROM asked ORDER BY epoch, id',
  );
  const stances: Stance[] = [];
  const known = new Map<string, number>();
  const members: [string, number, number][] = [];
  for (const { id, epoch } of states) {
    const state = timeline.interfaceAt(id, timeline.epochs[epoch] ?? 0);
    if (state?.groupIds.length === 0) continue;
    const beside = [epoch - 1, epoch + 1].map((at) => timeline.interfaceAt(id, timeline.epochs[at] ?? 0)?.groupIds);
    const key = JSON.stringify([state?.vpcId, epoch, state?.groupIds, beside]);
    const stance = known.get(key) ?? stances.length;
    if (stance === stances.length) {
      known.set(key, stance);
      stances.push({ interfaceId: id, vpcId: state?.vpcId ?? null, epoch, groupIds: state?.groupIds ?? [] });
    }
    members.push([id, epoch, stance]);
  }
  const firstPorts = stances.flatMap((stance, index) =>
    classesOf(timeline, stance).map((port) => [index, port] as const),
  );
  await appendColumns(db, 'stances', [VARCHAR, INTEGER, INTEGER], transpose(members, 3));
  await appendColumns(db, 'first_ports', [INTEGER, INTEGER], transpose(firstPorts, 2));
  return stances;
};

/** First ports of the classes that the rules of the epoch, and of those beside it, tell apart. */
const classesOf = (timeline: Timeline, { interfaceId, epoch, groupIds }: Stance): number[] => {
  const firsts = [epoch - 1, epoch, epoch + 1]
    .filter((at) => at >= 0 && at < timeline.epochs.length)
    .flatMap((at) => {
      const seconds = timeline.epochs[at] ?? 0;
      const snapshot = timeline.snapshotAt(seconds);
      if (groupIds.length === 0)
        return portClasses(
          snapshot,
          snapshot.groups.map(({ id }) => id),
        );
      const groups = at === epoch ? groupIds : (timeline.interfaceAt(interfaceId, seconds)?.groupIds ?? groupIds);
      return portClasses(snapshot, groups);
    });
  return [...new Set(firsts)].sort((a, b) => a - b);
};

interface Question {
  readonly stance: number;
  readonly protocol: number;
  readonly local_class: number | null;
  readonly peer_class: number | null;
  readonly peer_address: string;
}

const loadAnswers = async (db: Database, stances: readonly Stance[], attributor: Attributor): Promise<void> => {
  await db.run(
    'CREATE OR REPLACE TEMP TABLE answers (stance INTEGER, protocol INTEGER, local_class INTEGER, peer_class INTEGER, peer_address VARCHAR, rules_in VARCHAR, rules_out VARCHAR)',
  );
  const questions = await db.all<Question & Record<string, unknown>>(
    'SELECT DISTINCT stance, protocol, local_class, peer_class, peer_address FROM classed WHERE accepted ORDER BY stance',
  );
  const rows = questions.map(
    ({ stance, protocol, local_class: localPort, peer_class: peerPort, peer_address: peerAddress }) => {
      const rules = attributor.admitsEitherWay({
        ...(stances[stance] as Stance),
        protocol,
        localPort,
        peerPort,
        peerAddress,
      });
      return [stance, protocol, localPort ?? -1, peerPort ?? -1, peerAddress, rules.inbound, rules.outbound];
    },
  );
  const types = [INTEGER, INTEGER, INTEGER, INTEGER, VARCHAR, VARCHAR, VARCHAR];
  await appendColumns(db, 'answers', types, transpose(rows, types.length));
};

const transpose = <T>(rows: readonly (readonly T[])[], width: number): T[][] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => row[column] as T));
