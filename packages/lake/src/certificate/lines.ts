/**
 * The conversations of a window as lines of JSON, for a certificate: one for each row of the hourly roll-up, both
 * directions of a conversation in one, and what belongs to no conversation (`direction`, `srcaddr` and `dstaddr` tell
 * those apart) as well, since it is evidence too. The lines depend on the records and captures alone, not on files and
 * batches, and a bundle gives the same ones. Their order is that of their leaf hashes, which DuckDB computes and sorts:
 * the lines themselves never have to be in memory together.
 *
 * Keys are sorted, without blanks; control characters are written `\u001F`, as DuckDB does.
 */
import { createHash, type Hash, hash } from 'node:crypto';
import type { Sha256 } from '@flowfit/core/certificate/digest';
import { toHex } from '@flowfit/core/certificate/digest';
import { type InclusionProof, InclusionProver, MerkleHasher } from '@flowfit/core/certificate/merkle';
import type { ConversationSet } from '@flowfit/core/certificate/statement';
import { streamQuery } from '../queries/run.ts';
import type { Span } from '../queries/span.ts';
import { SECONDS_PER_HOUR } from '../queries/window.ts';
import { daysOf, filesOf, relationOf, SECONDS_PER_DAY } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import type { LakeState } from '../state.ts';

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

/** The roll-up knows whole hours only: those that a window touches. */
export const wholeHours = ({ from, to }: Span): Span => ({
  from: Math.floor(from / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
  to: Math.ceil(to / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
});

const IDENTITY = [
  'action',
  'hour',
  'initiator',
  'initiator_method',
  'interface_id',
  'inventory_at',
  'open_local_port',
  'open_peer_port',
  'peer_address',
  'protocol',
  'service_port',
];

/** Of what belongs to no conversation. */
const LOOSE = ['direction', 'dstaddr', 'srcaddr'];

const IS_LOOSE = '(peer_address IS NULL OR protocol IS NULL OR interface_id IS NULL)';

const MEASURES: Readonly<Record<string, string>> = {
  bytes: 'coalesce(sum(bytes), 0)::BIGINT',
  connections: 'sum(connections)::BIGINT',
  first_seen: 'min(first_seen)',
  flows: 'sum(flows)::BIGINT',
  last_seen: 'max(last_seen)',
  packets: 'coalesce(sum(packets), 0)::BIGINT',
  security_group_ids: `string_split(coalesce(min(array_to_string(security_group_ids, ' ')), ''), ' ')`,
  vpc_id: 'min(coalesce(interface_vpc_id, vpc_id))',
};

const KEYS = [...IDENTITY, ...Object.keys(MEASURES)].sort();

/** Columns of the rows that lines are made of. */
export const LINE_COLUMNS: readonly string[] = [...KEYS, ...LOOSE].sort();

/** Query of the rows, in no order. */
export const lineRowsSql = async (state: LakeState, hours: Span): Promise<string> => {
  const rows = relationOf(await filesOf(state, 'conversations', daysOf(hours.from, hours.to)), CONVERSATION_COLUMNS);
  const loose = LOOSE.map((column) => `CASE WHEN ${IS_LOOSE} THEN ${column} END`);
  return `
    SELECT ${IDENTITY.join(', ')}, ${loose.map((value, index) => `${value} AS ${LOOSE[index]}`).join(', ')},
      ${Object.entries(MEASURES)
        .map(
          ([name, value]) =>
            `${name === 'security_group_ids' ? `list_filter(${value}, id -> id <> '')` : value} AS ${name}`,
        )
        .join(', ')}
    FROM ${rows} WHERE hour >= ${hours.from} AND hour < ${hours.to}
    GROUP BY ${[...IDENTITY, ...loose].join(', ')}`;
};

const object = (keys: readonly string[]): string =>
  `to_json({${[...keys].map((key) => `${key}: ${key}`).join(', ')}})::VARCHAR`;

const LINE = `CASE WHEN ${IS_LOOSE} THEN ${object(LINE_COLUMNS)} ELSE ${object(KEYS)} END`;

/** As `leafHash` computes it, hexadecimal. */
const LEAF = 'sha256(chr(0) || line)';

const linesSql = async (state: LakeState, window: Span): Promise<string> =>
  `SELECT ${LINE} AS line, hour FROM (${await lineRowsSql(state, wholeHours(window))})`;

/** The lines in the order of their leaf hashes. */
export const streamLines = async function* (
  state: LakeState,
  window: Span,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const sql = `SELECT line FROM (${await linesSql(state, window)}) ORDER BY ${LEAF}`;
  for await (const row of streamQuery(state, sql, [], signal)) yield row['line'] as string;
};

/** Count and Merkle root of the lines, and what tells their days apart. */
export const digestLines = async (state: LakeState, window: Span, signal?: AbortSignal): Promise<ConversationSet> => {
  const whole = new MerkleHasher(sha256);
  const days = new Map<number, { count: number; readonly hash: Hash }>();
  const sql = `SELECT ${LEAF} AS leaf, hour // ${SECONDS_PER_DAY} AS day FROM (${await linesSql(state, window)}) ORDER BY leaf`;
  for await (const row of streamQuery(state, sql, [], signal)) {
    const leaf = Buffer.from(row['leaf'] as string, 'hex');
    whole.add(leaf);
    const number = row['day'] as number;
    const day = days.get(number) ?? { count: 0, hash: createHash('sha256') };
    day.count++;
    day.hash.update(leaf);
    days.set(number, day);
  }
  return {
    count: whole.count,
    root: toHex(whole.root()),
    days: [...days]
      .sort(([a], [b]) => a - b)
      .map(([day, { count, hash: digest }]) => ({
        day: new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10),
        count,
        sha256: digest.digest('hex'),
      })),
  };
};

/** Proof that a line is one of the lines; null where they are not `count`. */
export const proveLine = async (
  lines: AsyncIterable<string>,
  index: number,
  count: number,
): Promise<InclusionProof | null> => {
  const prover = new InclusionProver(index, count, sha256);
  for await (const line of lines) prover.add(line);
  return prover.proof();
};
