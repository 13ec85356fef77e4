/** A replay for people: what would be cut, what would pass, what cannot be told. */

import type {
  CutDocument,
  NewlyAdmittedDocument,
  ReplayDocument,
  UnknownDocument,
} from '@flowfit/core/replay/document';
import { formatService } from '@flowfit/core/security-group/notation';
import { formatFacts } from '../output/facts.ts';
import { formatCount, formatQuantity, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import type { Names } from '../tighten/names.ts';

/** Rows of each list. `--json` has all. */
const MOST_ROWS = 50;

const LIMITS =
  'Flow logs show neither what nobody tried in this window, nor ICMP types, nor traffic to the DNS resolver, to ' +
  'instance metadata and the like: docs/explanation/what-a-replay-shows.md.';

export const formatReplay = (document: ReplayDocument, names: Names, shell: Shell): string => {
  const { colours } = shell;
  const { cut, newlyAdmitted, unknown } = document;
  const lists = [
    listOf('Cut', cut, [{ heading: 'admitted by', cell: ({ admittedBy }) => some(admittedBy) }], names, shell),
    listOf(
      'Newly admitted: rejected when it was seen',
      newlyAdmitted,
      [{ heading: 'admitted by', cell: ({ proposedBy }) => some(proposedBy) }],
      names,
      shell,
    ),
    listOf('Unknown', unknown, [{ heading: 'because', cell: ({ reasons }) => reasons.join(', ') }], names, shell),
  ];
  return [
    headline(document, shell),
    '',
    countsOf(document, shell).trimEnd(),
    ...lists.flat(),
    '',
    ...(cut.some(({ extrapolated }) => extrapolated) ? [EXTRAPOLATED] : []),
    colours.dim(LIMITS),
  ].join('\n');
};

const EXTRAPOLATED =
  'Some of what is cut was seen outside the captures: their interfaces are taken to have had the groups that the nearest ' +
  'capture shows.';

const headline = ({ cut, connections, unknown }: ReplayDocument, { colours }: Shell): string => {
  if (cut.length === 0) {
    const rest = unknown.length === 0 ? '' : ' Of some, the evidence cannot tell.';
    return `${colours.green(colours.bold('Nothing observed is cut.'))}${rest}`;
  }
  const interfaces = new Set(cut.map(({ interfaceId }) => interfaceId)).size;
  const what = `${formatQuantity(connections.cut, 'connection')} of ${formatQuantity(interfaces, 'interface')}`;
  return colours.red(colours.bold(`This would cut ${what}.`));
};

const countsOf = ({ window, change, connections }: ReplayDocument, { colours }: Shell): string => {
  const { groups, rules, interfaces, prefixLists } = change;
  const others = [
    ...(interfaces.length > 0 ? [formatQuantity(interfaces.length, 'interface')] : []),
    ...(prefixLists.length > 0 ? [formatQuantity(prefixLists.length, 'prefix list')] : []),
  ];
  const parts = [
    `${formatQuantity(groups.length, 'group')} (${formatCount(rules.added)} rules added, ${formatCount(rules.removed)} removed)`,
    ...others,
  ];
  const counted = (label: string, count: number, remark: string) => ({ label, value: formatCount(count), remark });
  return formatFacts(
    [
      { label: 'window', value: `${formatTime(window.from)} to ${formatTime(window.to)} UTC` },
      { label: 'changes', value: parts.join(', ') },
      counted('kept', connections.kept, 'connections that pass today and would pass'),
      counted('cut', connections.cut, 'that pass today and would not'),
      counted('newly admitted', connections.newlyAdmitted, 'that were rejected and would pass'),
      counted('unknown', connections.unknown, 'of which the evidence cannot tell'),
      counted('not today', connections.notToday, 'that were accepted, and that rules of today would not admit'),
    ],
    colours,
  );
};

type Row = CutDocument | NewlyAdmittedDocument | UnknownDocument;

const listOf = <T extends Row>(
  title: string,
  rows: readonly T[],
  columns: readonly Column<T>[],
  names: Names,
  { colours, width }: Shell,
): string[] => {
  if (rows.length === 0) return [];
  const all: Column<T>[] = [
    { heading: 'connections', align: 'right', cell: ({ connections }) => formatCount(connections) },
    { heading: 'direction', cell: ({ direction }) => direction, drops: 3 },
    { heading: 'service', cell: serviceOf },
    { heading: 'peer', cell: ({ peer }) => names.address(peer), shrinks: true },
    { heading: 'interface', cell: ({ interfaceId }) => names.interface(interfaceId), shrinks: true },
    { heading: 'groups', cell: ({ groupIds }) => groupIds.map(names.group).join(', '), shrinks: true, drops: 2 },
    ...columns,
    { heading: 'first seen (UTC)', cell: ({ firstSeen }) => formatTime(firstSeen), drops: 1 },
    { heading: 'last seen (UTC)', cell: ({ lastSeen }) => formatTime(lastSeen), drops: 2 },
  ];
  const table = formatTable(rows.slice(0, MOST_ROWS), all, { colours, width }).trimEnd();
  const more = rows.length - MOST_ROWS;
  const rest = more > 0 ? [`… and ${formatQuantity(more, 'more row')}: --json shows all.`] : [];
  return ['', colours.bold(title), table, ...rest];
};

const serviceOf = ({ protocol, port }: Row): string =>
  port === null ? protocol : formatService({ protocol, fromPort: port, toPort: port });

const MOST_IDS = 3;
const some = (ids: readonly string[]): string =>
  ids.length <= MOST_IDS ? ids.join(', ') : `${ids.slice(0, MOST_IDS).join(', ')} and ${ids.length - MOST_IDS} more`;
