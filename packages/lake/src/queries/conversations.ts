/**
 * Conversations as core/conversation/model.ts knows them, for attribution and for looking at.
 *
 * Few different texts stand in very many rows. So they leave DuckDB as codes into dictionaries, and each is made into a
 * text of the program once; numbers are read from the arrays that DuckDB has them in. Only peers are too many for that.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Conversation } from '@flowfit/core/conversation/model';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { daysOf, filesOf, relationOf } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import type { LakeState } from '../state.ts';
import {
  codeOf,
  codesOf,
  type Dictionaries,
  integerOf,
  numberOf,
  numbersOf,
  readDictionaries,
  textsOf,
} from './codes.ts';
import { currentTimeline } from './facts.ts';
import { streamChunks } from './run.ts';
import { conversationsSource } from './source.ts';
import type { Selection } from './window.ts';

const FIELDS = ['interface-id'];

export interface ConversationOptions {
  /** One row an hour; otherwise `hour` is the first, and rows are as few as can be. */
  readonly hourly: boolean;
  /** Times on whole hours, Unix seconds: rows do not reach across them. */
  readonly cuts?: readonly number[];
}

/** The columns that leave DuckDB as codes. */
const CODED = {
  interface_id: 'interface_id',
  vpc: 'coalesce(interface_vpc_id, vpc_id)',
  initiator: 'initiator',
  initiator_method: 'initiator_method',
  action: 'action',
  groups: `array_to_string(security_group_ids, ' ')`,
} as const;

/** What is one row, in the order in which it is read. */
const KEYS = [
  ...['interface_id', 'inventory_at', 'initiator', 'initiator_method', 'protocol', 'service_port'],
  ...['open_local_port', 'open_peer_port', 'peer_address', 'action'],
];

/**
 * Both directions of a conversation in one row, some thousand rows at a time. Records whose direction or protocol is
 * unknown are left out: they are no conversations. Sorted by gap between captures and by interface, so that what is
 * compiled for one serves all of its rows, and few gaps are in memory at a time.
 */
export const streamConversationLists = async function* (
  lake: LakeState,
  selection: Selection,
  { hourly, cuts = [] }: ConversationOptions = { hourly: true },
): AsyncGenerator<readonly Conversation[]> {
  const timeline = currentTimeline(lake);
  const widened = wholeHours(selection);
  const source = await conversationsSource(lake, widened, FIELDS);
  const all = relationOf(await filesOf(lake, 'conversations', daysOf(widened.from, widened.to)), CONVERSATION_COLUMNS);
  const dictionaries = await readDictionaries(lake, CODED, all, selection.signal);
  const sql = `
    SELECT ${codeOf('interface_id')}, any_value(${codeOf('vpc')}), any_value(${codeOf('groups')}), ${['initiator', 'initiator_method', 'action'].map(codeOf).join(', ')},
      ${['protocol', 'service_port', 'open_local_port', 'open_peer_port'].map(integerOf).join(', ')}, peer_address,
      ${numbers('inventory_at', 'min(hour)', 'sum(flows)', 'coalesce(sum(packets), 0)', 'coalesce(sum(bytes), 0)', 'sum(connections)', 'min(first_seen)', 'max(last_seen)')}
    FROM (SELECT * REPLACE (${dictionaries.coded(['interface_id', 'initiator', 'initiator_method', 'action'])}),
      ${dictionaries.coded(['vpc', 'groups'])} FROM ${source.sql})
    WHERE peer_address IS NOT NULL AND protocol IS NOT NULL AND interface_id IS NOT NULL
    GROUP BY ${KEYS.join(', ')}
      ${hourly ? ', hour' : cuts.map((cut) => `, hour >= ${Math.floor(cut)}`).join('')}
    ORDER BY inventory_at NULLS FIRST, interface_id`;
  const statement = { sql, params: source.params, signal: selection.signal, setup: dictionaries.setup };
  const reader = new ConversationReader(dictionaries, timeline);
  for await (const chunk of streamChunks(lake, statement)) yield reader.read(chunk);
};

/** The same one by one. */
export const streamConversations = async function* (
  lake: LakeState,
  selection: Selection,
  options?: ConversationOptions,
): AsyncGenerator<Conversation> {
  for await (const conversations of streamConversationLists(lake, selection, options)) yield* conversations;
};

const numbers = (...expressions: readonly string[]): string => expressions.map(numberOf).join(', ');

/** The roll-up knows hours only: a window is widened to them. */
const wholeHours = ({ from, to, ...rest }: Selection): Selection => ({
  ...rest,
  ...(from === undefined ? {} : { from: Math.floor(from / 3600) * 3600 }),
  ...(to === undefined ? {} : { to: Math.ceil(to / 3600) * 3600 }),
});

/** Makes conversations of the columns of a chunk. */
class ConversationReader {
  readonly #texts: Dictionaries<keyof typeof CODED>['texts'];
  readonly #groups: readonly (readonly string[])[];
  readonly #timeline: Timeline;
  #gap: { readonly inventoryAt: number; readonly epoch: number } = { inventoryAt: -1, epoch: -1 };

  constructor({ texts }: Dictionaries<keyof typeof CODED>, timeline: Timeline) {
    this.#texts = texts;
    this.#groups = texts.groups.map((text) => (text === '' ? [] : text.split(' ')));
    this.#timeline = timeline;
  }

  read(chunk: DuckDBDataChunk): Conversation[] {
    const codes = codesOf(chunk, 0, 10);
    const peers = textsOf(chunk, 10);
    const numbers = numbersOf(chunk, 11, 8);
    const code = (column: number, row: number) => (codes[column] as Int32Array)[row] as number;
    const number = (column: number, row: number) => (numbers[column] as Float64Array)[row] as number;
    const { interface_id, vpc, initiator, initiator_method, action } = this.#texts;
    return Array.from({ length: chunk.rowCount }, (_, row) => ({
      interfaceId: interface_id[code(0, row)] as string,
      vpcId: vpc[code(1, row)] ?? null,
      epoch: this.#epochOf(number(0, row)),
      initiator: initiator[code(3, row)] as Conversation['initiator'],
      method: initiator_method[code(4, row)] as Conversation['method'],
      protocol: code(6, row),
      servicePort: orNull(code(7, row)),
      localPort: orNull(code(8, row)),
      peerPort: orNull(code(9, row)),
      peerAddress: peers(row),
      action: (action[code(5, row)] ?? null) as Conversation['action'],
      groupIds: this.#groups[code(2, row)] ?? NO_GROUPS,
      hour: number(1, row),
      flows: number(2, row),
      packets: number(3, row),
      bytes: number(4, row),
      connections: number(5, row),
      firstSeen: number(6, row),
      lastSeen: number(7, row),
    }));
  }

  /** Rows come in the order of captures. */
  #epochOf(inventoryAt: number): number {
    if (inventoryAt !== this.#gap.inventoryAt) {
      this.#gap = { inventoryAt, epoch: inventoryAt < 0 ? -1 : this.#timeline.gapAt(inventoryAt) };
    }
    return this.#gap.epoch;
  }
}

const NO_GROUPS: readonly string[] = [];

const orNull = (value: number): number | null => (value < 0 ? null : value);
