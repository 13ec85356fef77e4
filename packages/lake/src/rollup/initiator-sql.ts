/**
 * The ladder of core/conversation/initiator.ts as SQL, for many connections at once; a property test holds the two
 * against each other. Inputs are columns: `protocol`, `action`, `local_port`, `peer_port`, the flags of each rung, what
 * the rules say (`rules_in`, `rules_out`: certain, possible, none, or null), and the fan-in of both ends.
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

/** Whether the ports decide; null where they say nothing. */
const portsWin = '(by_ports IS NOT NULL AND (firm OR by_fan IS NULL OR by_fan = by_ports))';

const inferred = `CASE WHEN ${portsWin} THEN by_ports ELSE by_fan END`;

/**
 * Climbs the ladder.
 *
 * @param relation with the columns above, and `by_flags`, `by_other_interval`, `by_other_interface` (decided or null)
 * @returns a query with all columns of the relation and `initiator`, `initiator_method`, `alternative`
 */
export const ladderSql = (relation: string): string => `
  SELECT * EXCLUDE (by_rules, by_ports, by_fan, firm, local_rank, peer_rank, by_flags, by_other_interval, by_other_interface),
    coalesce(by_flags, by_other_interval, by_other_interface, by_rules, ${inferred}, 'unknown') AS initiator,
    CASE
      WHEN by_flags IS NOT NULL THEN 'tcp-flags'
      WHEN by_other_interval IS NOT NULL THEN 'tcp-flags-other-interval'
      WHEN by_other_interface IS NOT NULL THEN 'other-interface'
      WHEN by_rules IS NOT NULL THEN 'rule-elimination'
      WHEN ${portsWin} THEN 'ports'
      WHEN by_fan IS NOT NULL THEN 'fan-in'
      ELSE 'none'
    END AS initiator_method,
    CASE
      WHEN coalesce(by_flags, by_other_interval, by_other_interface, by_rules) IS NOT NULL THEN FALSE
      WHEN ${portsWin} THEN CASE WHEN firm THEN coalesce(by_fan <> by_ports, FALSE) ELSE by_fan IS NULL END
      WHEN by_fan IS NOT NULL THEN by_ports IS NOT NULL OR protocol <> ${TCP}
      ELSE TRUE
    END AS alternative
  FROM (
    SELECT *, ${eliminationSql} AS by_rules,
      CASE WHEN ${isPorted} THEN ${byPorts} END AS by_ports,
      CASE WHEN ${isPorted} THEN ${byFanIn} END AS by_fan,
      least(local_rank, peer_rank) = 1 AS firm
    FROM (SELECT *, ${portRankSql('local_port')} AS local_rank, ${portRankSql('peer_port')} AS peer_rank FROM ${relation})
  )`;
