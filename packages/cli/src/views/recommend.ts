/** Recommendations for people: a line for each group, and for few groups their rules and the curve. */
import { groupLabel } from '@flowfit/core/analysis/findings/describe';
import { chosenPoint, isChange } from '@flowfit/core/recommend/document';
import type {
  CurvePoint,
  GroupRecommendation,
  LaterCut,
  Openness,
  Recommendation,
} from '@flowfit/core/recommend/model';
import { formatPairs } from '@flowfit/core/recommend/pairs';
import { formatRule } from '@flowfit/core/security-group/notation';
import { formatCount, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

/** Groups whose rules are listed. */
const FEW_GROUPS = 3;
/** Points of a curve that are listed. */
const FEW_POINTS = 12;

export const formatRecommendation = ({ groups, window }: Recommendation, shell: Shell): string => {
  const { colours, width } = shell;
  const changed = groups.filter(isChange);
  const columns: Column<GroupRecommendation>[] = [
    { heading: 'group', cell: ({ group }) => group.groupName || group.id, shrinks: true },
    { heading: 'id', cell: ({ group }) => group.id, drops: 1 },
    { heading: 'rules', cell: (one) => arrow(one.group.rules.length, chosenPoint(one).rules) },
    { heading: 'public IPv4 pairs', cell: (one) => arrow(one.now.publicIpv4, chosenPoint(one).openness.publicIpv4) },
    { heading: 'all IPv4 pairs', cell: (one) => arrow(one.now.ipv4, chosenPoint(one).openness.ipv4), drops: 3 },
    { heading: 'would have cut later', cell: (one) => formatLaterCut(chosenPoint(one).laterCut) },
    { heading: 'left as they are', align: 'right', cell: ({ kept }) => formatCount(kept.length), drops: 2 },
  ];
  const details = groups.length <= FEW_GROUPS ? groups.flatMap((one) => ['', ...detailsOf(one, shell)]) : [];
  const hint =
    groups.length <= FEW_GROUPS ? [] : ['', colours.dim('Name a group with --group to see its rules and its curve.')];
  return [
    formatTable(groups, columns, { colours, width }).trimEnd(),
    '',
    `${formatCount(changed.length)} of ${formatCount(groups.length)} groups could be tighter, by what was seen from ` +
      `${formatTime(window.from)} to ${formatTime(window.to)} UTC. A pair is an address and a port that are admitted.`,
    ...details,
    ...hint,
  ].join('\n');
};

const arrow = (now: number, then: number): string => [...new Set([now, then].map(formatPairs))].join(' → ');

const formatLaterCut = ({ connections, of }: LaterCut): string =>
  of === 0 ? '-' : `${formatCount(connections)} of ${formatCount(of)}`;

const detailsOf = (one: GroupRecommendation, { colours, width }: Shell): string[] => {
  const { group, removed, kept, leftAlone, why } = one;
  const point = chosenPoint(one);
  const rules = new Map(group.rules.map((rule) => [rule.id, rule]));
  const named = (ruleId: string): string => {
    const rule = rules.get(ruleId);
    return rule === undefined ? ruleId : `${ruleId}  ${formatRule(rule)}`;
  };
  return [
    colours.bold(groupLabel(group)),
    ...point.proposed.map(({ rule, exists, from }) =>
      exists
        ? `  = ${formatRule(rule)}`
        : colours.green(`  + ${formatRule(rule)}${from.length === 0 ? '' : colours.dim(`  from ${from.join(', ')}`)}`),
    ),
    ...removed.map(({ ruleId, because }) => `${colours.red(`  - ${named(ruleId)}`)}  ${because}`),
    ...(kept.length === 0 ? [] : ['  left as they are:']),
    ...kept.map(({ ruleId, because }) => `    ${named(ruleId)}  ${because}`),
    ...leftAlone.map((sentence) => `  ${colours.yellow(sentence)}`),
    `  ${why}`,
    '',
    ...curveOf(one, { colours, width }),
  ];
};

interface CurveRow {
  readonly point: CurvePoint;
  readonly isChosen: boolean;
}

const curveOf = ({ curve, chosen, now }: GroupRecommendation, options: Pick<Shell, 'colours' | 'width'>): string[] => {
  const rows = curve.map((point, index) => ({ point, isChosen: index === chosen }));
  const columns: Column<CurveRow>[] = [
    { heading: '', cell: ({ isChosen }) => (isChosen ? '*' : '') },
    { heading: 'rules', align: 'right', cell: ({ point }) => formatCount(point.rules) },
    { heading: 'IPv4 pairs', align: 'right', cell: ({ point }) => formatPairs(point.openness.ipv4) },
    { heading: "of today's", align: 'right', cell: ({ point }) => shareOfToday(point.openness, now) },
    { heading: 'at best', align: 'right', cell: ({ point }) => formatPairs(point.bound.ipv4), drops: 1 },
    { heading: 'IPv6 pairs', align: 'right', cell: ({ point }) => formatPairs(point.openness.ipv6), drops: 2 },
    { heading: 'would have cut later', cell: ({ point }) => formatLaterCut(point.laterCut) },
  ];
  const shown = shownPoints(rows);
  const table = formatTable(shown, columns, options).trimEnd().split('\n');
  const more = rows.length - shown.length;
  return more === 0
    ? table
    : [...table, options.colours.dim(`${formatCount(more)} points between are left out; --json has all.`)];
};

const shareOfToday = ({ ipv4 }: Openness, now: Openness): string =>
  now.ipv4 === 0 ? '-' : ipv4 === now.ipv4 ? '100 %' : `${Number(((100 * ipv4) / now.ipv4).toPrecision(2))} %`;

/** The ends, the suggested point, and some between. */
const shownPoints = (rows: readonly CurveRow[]): CurveRow[] => {
  const step = Math.max(1, Math.ceil(rows.length / FEW_POINTS));
  return rows.filter(({ isChosen }, index) => isChosen || index % step === 0 || index === rows.length - 1);
};
