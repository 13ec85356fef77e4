/**
 * The ladder of core/conversation/initiator.ts as SQL, for many connections at once; a property test holds the two
 * against each other. Inputs are columns: `protocol`, `action`, `local_port`, `peer_port`, the flags of each rung, what
 * the rules say (`rules_in`, `rules_out`: certain, possible, none, or null), the fan-in of both ends, and which
 * directions have packets (`has_in`, `has_out`; null = not known).
 */
import type { Initiator } from '@flowfit/core/conversation/model';
import {
  FAN_IN_MINIMUM,
  FAN_IN_RATIO,
  FTP_DATA_PORT,
  LAST_REGISTERED_PORT,
  LAST_SERVICE_PORT,
} from '@flowfit/core/conversation/ports';
import { hasPorts, TCP } from '@flowfit/core/net/protocol';

type Opened = Exclude<Initiator, 'unknown'>;

const local: Opened = 'local';
const remote: Opened = 'remote';

/** As `initiatorOfFlags`. */
export const flagsSql = (inbound: string, outbound: string): string => {
  const opener = (flags: string) => `coalesce((${flags} & 18) = 2, FALSE)`;
  const answerer = (flags: string) => `coalesce((${flags} & 18) = 18, FALSE)`;
  const byRemote = `(${opener(inbound)} OR ${answerer(outbound)})`;
  const byLocal = `(${opener(outbound)} OR ${answerer(inbound)})`;
  return `CASE WHEN protocol <> ${TCP} OR ${byRemote} = ${byLocal} THEN NULL WHEN ${byRemote} THEN '${remote}' ELSE '${local}' END`;
};

/** As rung 4: an accepted connection that the rules admit in one direction only. */
export const eliminationSql =
  `CASE WHEN action IS DISTINCT FROM 'ACCEPT' OR rules_in IS NULL OR (rules_in = 'none') = (rules_out = 'none') THEN NULL ` +
  `WHEN rules_in = 'none' THEN '${local}' ELSE '${remote}' END`;

/** As `hasPorts`. */
export const isPorted = `protocol IN (${[...Array(256).keys()].filter(hasPorts).join(', ')})`;

/** As `portRank`. */
export const portRankSql = (port: string): string =>
  `CASE WHEN ${port} IS NULL OR ${port} = 0 THEN 0 WHEN ${port} <= ${LAST_SERVICE_PORT} AND ${port} <> ${FTP_DATA_PORT} THEN 1 ` +
  `WHEN ${port} <= ${LAST_REGISTERED_PORT} THEN 2 ELSE 3 END`;

/** Whether `inferByPorts` infers, and firmly. */
export const isFirmPortsSql = (local: string, peer: string): string =>
  `(${portRankSql(local)} <> ${portRankSql(peer)} AND least(${portRankSql(local)}, ${portRankSql(peer)}) = 1)`;

/** As `inferByPorts`, of the columns `local_rank` and `peer_rank`. */
const byPorts =
  `CASE WHEN local_rank = 0 OR peer_rank = 0 OR local_rank = peer_rank THEN NULL ` +
  `WHEN local_rank < peer_rank THEN '${remote}' ELSE '${local}' END`;

/** As `inferByFanIn`, of the columns `local_fan` and `peer_fan`. */
const byFanIn =
  `CASE WHEN coalesce(local_port, 0) = 0 OR coalesce(peer_port, 0) = 0 OR local_port = peer_port THEN NULL ` +
  `WHEN local_fan >= ${FAN_IN_MINIMUM} AND local_fan >= ${FAN_IN_RATIO} * peer_fan THEN '${remote}' ` +
  `WHEN peer_fan >= ${FAN_IN_MINIMUM} AND peer_fan >= ${FAN_IN_RATIO} * local_fan THEN '${local}' END`;

/** Whether the ports decide. */
const portsWin = 'coalesce(by_ports IS NOT NULL AND (firm OR by_fan IS NULL OR by_fan = by_ports), FALSE)';

/** Whether ports alone close the other way. */
const portsClose =
  `(firm AND protocol = ${TCP} AND coalesce(by_fan = by_ports, TRUE)` +
  ` AND coalesce((has_in AND has_out) OR (has_in IS NOT NULL AND action = 'REJECT'), FALSE))`;

/** Whether all packets went the way that the opener's do not go. */
const isAgainstOnlyWay = `CASE concluded WHEN '${local}' THEN has_in AND NOT has_out WHEN '${remote}' THEN has_out AND NOT has_in END`;

/** Whose word counts, firmest first; the method of each. */
const RUNGS = [
  ['by_flags', 'tcp-flags'],
  ['by_other_interval', 'tcp-flags-other-interval'],
  ['by_other_interface', 'other-interface'],
] as const;
const shown = RUNGS.map(([column]) => column).join(', ');

/** Whether the rules point the other way than ports that would close it. */
const isContradicted = 'coalesce(is_closed AND by_rules <> by_ports, FALSE)';

/**
 * Climbs the ladder.
 *
 * @param relation with the columns above, and `by_flags`, `by_other_interval`, `by_other_interface` (decided or null)
 * @returns a query with all columns of the relation and `initiator`, `initiator_method`, `alternative`
 */
export const ladderSql = (relation: string): string => `
  SELECT * EXCLUDE (by_rules, by_ports, by_fan, firm, local_rank, peer_rank, is_closed, is_eliminated, concluded, ${shown}),
    coalesce(${shown}, CASE WHEN NOT coalesce(${isAgainstOnlyWay}, FALSE) THEN concluded END, 'unknown') AS initiator,
    CASE
      ${RUNGS.map(([column, method]) => `WHEN ${column} IS NOT NULL THEN '${method}'`).join(' ')}
      WHEN concluded IS NULL OR ${isAgainstOnlyWay} THEN 'none'
      WHEN is_eliminated THEN 'rule-elimination'
      WHEN ${portsWin} THEN 'ports'
      ELSE 'fan-in'
    END AS initiator_method,
    CASE
      WHEN coalesce(${shown}) IS NOT NULL THEN FALSE
      WHEN concluded IS NULL OR ${isAgainstOnlyWay} THEN TRUE
      WHEN is_eliminated THEN FALSE
      ELSE NOT is_closed OR by_rules IS NOT NULL
    END AS alternative
  FROM (
    SELECT *, CASE WHEN is_eliminated THEN by_rules WHEN ${portsWin} THEN by_ports ELSE by_fan END AS concluded
    FROM (
      SELECT *, by_rules IS NOT NULL AND NOT ${isContradicted} AS is_eliminated
      FROM (
        SELECT *, ${portsWin} AND ${portsClose} AS is_closed
        FROM (
          SELECT *, ${eliminationSql} AS by_rules,
            CASE WHEN ${isPorted} THEN ${byPorts} END AS by_ports,
            CASE WHEN ${isPorted} THEN ${byFanIn} END AS by_fan,
            least(local_rank, peer_rank) = 1 AS firm
          FROM (SELECT *, ${portRankSql('local_port')} AS local_rank, ${portRankSql('peer_port')} AS peer_rank FROM ${relation})
        )
      )
    )
  )`;
