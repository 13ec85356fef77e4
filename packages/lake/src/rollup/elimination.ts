/**
 * The rung of the rules: what the groups in force admit of connections that flags left open.
 *
 * Rules are evaluated by core/security-group alone. To ask it millions of times less than there are connections,
 * interfaces that have the same rules are asked for once, ports are replaced by their class (`./stances.ts`), and each
 * distinct question is asked once. Nothing is asked where captures do not show the interface on both sides of the gap:
 * there its rules may have been others.
 */
import { INTEGER, VARCHAR } from '@duckdb/node-api';
import { TCP } from '@flowfit/core/net/protocol';
import type { Attributor } from '@flowfit/core/security-group/attribute';
import type { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';
import { IS_OPEN } from './evidence.ts';
import { isFirmPortsSql } from './initiator-sql.ts';
import { makePortClasses, type Stance, transpose } from './stances.ts';

export interface JudgementOptions {
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
      segments.peer_port, segments.peer_address, segments.action = 'ACCEPT' AND NOT ${IS_TOO_OLD} AS is_question
    FROM segments JOIN clues ON clues.id = segments.rowid
    WHERE ${IS_OPEN} AND clues.epoch IS NOT NULL`);
  await judgeAsked(db, 'judged', options.attributor);
  await judgeOtherEnds(db, options);
};

/** What may have begun before its first record may have been admitted by rules of an earlier gap. */
const IS_TOO_OLD = '(clues.may_be_older AND clues.epoch > 0)';

/**
 * The rules of the other end, where its interface recorded the connection as accepted too: what neither lets out there
 * was not opened there. Asked only where our own rules admit both ways and the ports do not close one.
 */
const judgeOtherEnds = async (db: Database, { attributor, everybody }: JudgementOptions): Promise<void> => {
  await db.run(`
    CREATE OR REPLACE TEMP TABLE ambiguous AS
    SELECT segments.rowid AS id, segments.interface_id, clues.epoch, segments.protocol, segments.local_address, segments.local_port,
      segments.peer_address, segments.peer_port
    FROM segments JOIN judged ON judged.id = segments.rowid JOIN clues ON clues.id = segments.rowid
    WHERE rules_in <> 'none' AND rules_out <> 'none' AND NOT (protocol = ${TCP} AND ${isFirmPortsSql('local_port', 'peer_port')})`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE asked AS
    SELECT DISTINCT ambiguous.id, record.interface_id, ambiguous.epoch, ambiguous.protocol, ambiguous.peer_port AS local_port,
      ambiguous.local_port AS peer_port, ambiguous.local_address AS peer_address, TRUE AS is_question
    FROM ambiguous
    JOIN ${everybody} AS record
      ON record.action = 'ACCEPT' AND record.protocol = ambiguous.protocol AND record.local_address = ambiguous.peer_address
      AND record.peer_address = ambiguous.local_address AND record.local_port IS NOT DISTINCT FROM ambiguous.peer_port
      AND record.peer_port IS NOT DISTINCT FROM ambiguous.local_port AND record.interface_id <> ambiguous.interface_id
    JOIN interface_vpcs AS mine ON mine.interface_id = ambiguous.interface_id
    JOIN interface_vpcs AS theirs ON theirs.interface_id = record.interface_id
    JOIN reachable_vpcs ON reachable_vpcs.vpc_id = mine.vpc_id AND reachable_vpcs.other_vpc_id = theirs.vpc_id`);
  await judgeAsked(db, 'judged_there', attributor);
  const refuses = (way: string) => `bool_and(coalesce(${way} = 'none', FALSE))`;
  await db.run(`
    UPDATE judged SET rules_in = CASE WHEN there.none_out THEN 'none' ELSE judged.rules_in END,
      rules_out = CASE WHEN there.none_in THEN 'none' ELSE judged.rules_out END
    FROM (SELECT id, ${refuses('rules_in')} AS none_in, ${refuses('rules_out')} AS none_out FROM judged_there GROUP BY id) AS there
    WHERE there.id = judged.id`);
  for (const table of ['ambiguous', 'judged_there']) await db.run(`DROP TABLE ${table}`);
};

/** Turns the table `asked` into a table of answers like `judged`. Without a stance, a row of `classed` asks nothing. */
const judgeAsked = async (db: Database, target: string, attributor: Attributor): Promise<void> => {
  const stances = await makePortClasses(db, { relation: 'asked', ports: ['local_port', 'peer_port'], attributor });
  await db.run(`
    CREATE OR REPLACE TEMP TABLE classed AS
    SELECT id, CASE WHEN is_question AND is_bracketed THEN stances.stance END AS stance, protocol,
      local.class AS local_class, peer.class AS peer_class, peer_address
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
  for (const table of ['asked', 'stances', 'port_class', 'classed', 'answers']) await db.run(`DROP TABLE ${table}`);
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
    'SELECT DISTINCT stance, protocol, local_class, peer_class, peer_address FROM classed WHERE stance IS NOT NULL AND peer_address IS NOT NULL ORDER BY stance',
  );
  const rows = questions.flatMap(({ stance, protocol, local_class, peer_class, peer_address: peerAddress }) => {
    const { interfaceId, epoch } = stances[stance] as Stance;
    const rules = attributor.admitsEitherWay({
      ...{ interfaceId, vpcId: null, epoch, protocol, peerAddress },
      localPort: local_class,
      peerPort: peer_class,
    });
    if (rules === null) return [];
    return [[stance, protocol, local_class ?? -1, peer_class ?? -1, peerAddress, rules.inbound, rules.outbound]];
  });
  const types = [INTEGER, INTEGER, INTEGER, INTEGER, VARCHAR, VARCHAR, VARCHAR];
  await appendColumns(db, 'answers', types, transpose(rows, types.length));
};
