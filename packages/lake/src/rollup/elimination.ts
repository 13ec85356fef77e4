/**
 * The rung of the rules: what the groups in force admit of connections that flags left open.
 *
 * Rules are evaluated by core/security-group alone. To ask it millions of times less than there are connections, ports
 * are first replaced by their class (`portClasses`: ports that no rule of the interface's groups tells apart), and each
 * distinct question is asked once.
 */
import { BIGINT, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Attributor } from '@flowfit/core/security-group/attribute';
import { portClasses } from '@flowfit/core/security-group/port-classes';
import type { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';

/** Flags decided nothing: the rungs below may. */
const OPEN = 'by_flags IS NULL AND by_other_interval IS NULL AND by_other_interface IS NULL';

interface Question {
  readonly interface_id: string;
  readonly epoch: number;
  readonly protocol: number;
  readonly local_class: number | null;
  readonly peer_class: number | null;
  readonly peer_address: string;
}

/**
 * Makes the temporary table `judged`: the evidence with `inventory_at`, `rules_in`, `rules_out` (certain, possible,
 * none, or null where there is nothing to ask) and the first ports of both classes, `local_class` and `peer_class`.
 */
export const makeJudged = async (db: Database, timeline: Timeline, attributor: Attributor): Promise<void> => {
  await loadEpochs(db, timeline);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE dated AS
    SELECT evidence.*, epochs.epoch, epochs.inventory_at
    FROM evidence LEFT JOIN epochs ON evidence.began >= epochs.valid_from AND evidence.began < epochs.valid_to`);
  await db.run('DROP TABLE evidence');
  await loadPortClasses(db, timeline);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE classed AS
    SELECT open.*, local_classes.first_port AS local_class, peer_classes.first_port AS peer_class
    FROM (SELECT * FROM dated WHERE ${OPEN} AND inventory_at IS NOT NULL) AS open
    ASOF LEFT JOIN port_classes AS local_classes ON local_classes.interface_id = open.interface_id
      AND local_classes.epoch = open.epoch AND open.local_port >= local_classes.first_port
    ASOF LEFT JOIN port_classes AS peer_classes ON peer_classes.interface_id = open.interface_id
      AND peer_classes.epoch = open.epoch AND open.peer_port >= peer_classes.first_port`);
  await loadAnswers(db, timeline, attributor);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE judged AS
    SELECT classed.*, answers.rules_in, answers.rules_out FROM classed LEFT JOIN answers
      ON answers.interface_id = classed.interface_id AND answers.epoch = classed.epoch AND answers.protocol = classed.protocol
      AND answers.local_class IS NOT DISTINCT FROM classed.local_class AND answers.peer_class IS NOT DISTINCT FROM classed.peer_class
      AND answers.peer_address = classed.peer_address
    UNION ALL BY NAME
    SELECT *, NULL::INTEGER AS local_class, NULL::INTEGER AS peer_class, NULL::VARCHAR AS rules_in, NULL::VARCHAR AS rules_out
    FROM dated WHERE NOT (${OPEN} AND inventory_at IS NOT NULL)`);
  for (const table of ['dated', 'classed', 'answers', 'port_classes']) await db.run(`DROP TABLE ${table}`);
};

/** Table `epochs (epoch, inventory_at, valid_from, valid_to)`; empty without inventory. */
const loadEpochs = async (db: Database, { epochs }: Timeline): Promise<void> => {
  await db.run(
    'CREATE OR REPLACE TEMP TABLE epochs (epoch INTEGER, inventory_at BIGINT, valid_from BIGINT, valid_to BIGINT)',
  );
  const ends = epochs.map((_, index) => BigInt(epochs[index + 1] ?? Number.MAX_SAFE_INTEGER));
  const begins = epochs.map((epoch, index) => BigInt(index === 0 ? Number.MIN_SAFE_INTEGER : epoch));
  await appendColumns(
    db,
    'epochs',
    [INTEGER, BIGINT, BIGINT, BIGINT],
    [epochs.map((_, index) => index), epochs.map(BigInt), begins, ends],
  );
};

const loadPortClasses = async (db: Database, timeline: Timeline): Promise<void> => {
  await db.run('CREATE OR REPLACE TEMP TABLE port_classes (interface_id VARCHAR, epoch INTEGER, first_port INTEGER)');
  const states = await db.all<{ id: string; epoch: number }>(
    `SELECT DISTINCT interface_id AS id, epoch FROM dated WHERE ${OPEN} AND inventory_at IS NOT NULL`,
  );
  const known = new Map<string, number[]>();
  const rows: [string, number, number][] = [];
  for (const { id, epoch } of states) {
    const groupIds = groupsOf(timeline, id, epoch);
    const key = `${epoch} ${groupIds.join()}`;
    const classes = known.get(key) ?? portClasses(timeline.snapshotAt(timeline.epochs[epoch] ?? 0), groupIds);
    known.set(key, classes);
    for (const first of classes) rows.push([id, epoch, first]);
  }
  await appendColumns(db, 'port_classes', [VARCHAR, INTEGER, INTEGER], transpose(rows, 3));
};

const loadAnswers = async (db: Database, timeline: Timeline, attributor: Attributor): Promise<void> => {
  await db.run(
    `CREATE OR REPLACE TEMP TABLE answers (interface_id VARCHAR, epoch INTEGER, protocol INTEGER, local_class INTEGER, peer_class INTEGER, peer_address VARCHAR, rules_in VARCHAR, rules_out VARCHAR)`,
  );
  const questions = await db.all<Question & Record<string, unknown>>(
    `SELECT DISTINCT interface_id, epoch, protocol, local_class, peer_class, peer_address FROM classed
     WHERE action = 'ACCEPT' ORDER BY epoch, interface_id`,
  );
  const rows = questions.flatMap((question): unknown[][] => {
    const {
      interface_id: id,
      epoch,
      protocol,
      local_class: localPort,
      peer_class: peerPort,
      peer_address: peer,
    } = question;
    const groupIds = groupsOf(timeline, id, epoch);
    if (groupIds.length === 0) return [];
    const vpcId = interfaceOf(timeline, id, epoch)?.vpcId ?? null;
    const rules = attributor.admitsEitherWay({
      interfaceId: id,
      vpcId,
      epoch,
      groupIds,
      protocol,
      localPort,
      peerPort,
      peerAddress: peer,
    });
    return [[id, epoch, protocol, localPort, peerPort, peer, rules.inbound, rules.outbound]];
  });
  const types = [VARCHAR, INTEGER, INTEGER, INTEGER, INTEGER, VARCHAR, VARCHAR, VARCHAR];
  await appendColumns(db, 'answers', types, transpose(rows as never, types.length));
};

const interfaceOf = (timeline: Timeline, id: string, epoch: number) =>
  timeline.interfaceAt(id, timeline.epochs[epoch] ?? 0);

const groupsOf = (timeline: Timeline, id: string, epoch: number): readonly string[] =>
  interfaceOf(timeline, id, epoch)?.groupIds ?? [];

const transpose = <T>(rows: readonly (readonly T[])[], width: number): T[][] =>
  Array.from({ length: width }, (_, column) => rows.map((row) => row[column] as T));
