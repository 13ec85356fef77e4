/** Groups with what is proposed for them; of thousands only the rows in sight exist. */
import { exactPairs, formatPairs } from '@flowfit/core/recommend/pairs';
import type { TightenGroup } from '@flowfit/server/contract/tighten';
import type { ReactNode } from 'react';
import { formatCount } from '../format/number.ts';
import { Link } from '../router.tsx';
import { Icon } from '../ui/icon.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { StatusMark } from './status-mark.tsx';
import { formatLaterShare, laterCutInWords } from './words.ts';

const ROW = 52;
const GRID =
  'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 md:grid-cols-[minmax(0,1.6fr)_7.5rem_5.5rem_minmax(10rem,1fr)_5rem] xl:grid-cols-[minmax(0,1.6fr)_7.5rem_5.5rem_minmax(10rem,1fr)_minmax(10rem,1fr)_minmax(11rem,1fr)_5rem]';

export interface TightenTableProps {
  readonly groups: readonly TightenGroup[];
  readonly range: string;
}

const WIDE = 'max-xl:hidden';

const HEADERS: readonly (readonly [label: string, className: string])[] = [
  ['Group', ''],
  ['Proposal', ''],
  ['Rules', 'text-right'],
  ['IPv4 pairs open', 'text-right'],
  ['Of these public', `text-right ${WIDE}`],
  ['IPv6 pairs open', `text-right ${WIDE}`],
  ['Later cut', 'text-right'],
];

export const TightenTable = ({ groups, range }: TightenTableProps) => {
  return (
    <div role="table" aria-label="Groups" aria-rowcount={groups.length + 1}>
      <div
        role="row"
        tabIndex={-1}
        className={`${GRID} h-8 border-b border-line bg-sunken text-xs text-soft max-md:hidden`}
      >
        {HEADERS.map(([label, className]) => (
          <span key={label} role="columnheader" tabIndex={-1} className={className}>
            {label}
          </span>
        ))}
      </div>
      <VirtualRows items={groups} height={ROW} className={GRID} idOf={({ groupId }) => groupId}>
        {(group) => <Cells group={group} range={range} />}
      </VirtualRows>
    </div>
  );
};

const Cells = ({ group, range }: { readonly group: TightenGroup; readonly range: string }) => {
  const { groupId, groupName, vpcId, status, why, rules, openness, laterCut } = group;
  const { now, proposed } = openness;
  return (
    <>
      <div role="cell" className="min-w-0">
        <Link
          href={`/tighten/${encodeURIComponent(groupId)}?range=${range}`}
          className="block truncate font-medium hover:text-accent hover:underline"
        >
          {groupName || groupId}
        </Link>
        <span className="num block truncate text-xs text-faint md:hidden">
          {formatPairs(now.ipv4)} <span aria-hidden="true">›</span>
          <span className="sr-only">then</span> {formatPairs(proposed.ipv4)} IPv4 pairs open
        </span>
        <span className="block truncate font-mono text-xs text-faint max-md:hidden">
          {groupId}
          {vpcId !== null && ` · ${vpcId}`}
        </span>
      </div>
      <div role="cell" title={why}>
        <StatusMark status={status} />
      </div>
      <div role="cell" className="num text-right max-md:hidden">
        <Change from={formatCount(rules.now)} to={formatCount(rules.proposed)} />
      </div>
      <Pairs now={now.ipv4} proposed={proposed.ipv4} />
      <Pairs now={now.publicIpv4} proposed={proposed.publicIpv4} wide />
      <Pairs now={now.ipv6} proposed={proposed.ipv6} wide />
      <div role="cell" className="num text-right max-md:hidden" title={laterCutInWords(laterCut)}>
        <span className={laterCut.connections > 0 ? 'text-reject-ink' : 'text-soft'}>{formatLaterShare(laterCut)}</span>
      </div>
    </>
  );
};

interface PairsProps {
  readonly now: number;
  readonly proposed: number;
  /** Shown where there is room for it. */
  readonly wide?: boolean;
}

const Pairs = ({ now, proposed, wide = false }: PairsProps) => (
  <div
    role="cell"
    className={`num text-right ${wide ? WIDE : 'max-md:hidden'}`}
    title={now === proposed ? exactPairs(now) : `${exactPairs(now)}, then ${exactPairs(proposed)}`}
  >
    <Change from={formatPairs(now)} to={formatPairs(proposed)} />
  </div>
);

/** What stays is said once. */
const Change = ({ from, to }: { readonly from: ReactNode; readonly to: ReactNode }) =>
  from === to ? (
    <span className="text-soft">{from}</span>
  ) : (
    <span className="whitespace-nowrap">
      <span className="text-soft">{from}</span>
      <Icon name="right" className="mx-0.5 inline size-3 text-faint" />
      <span className="sr-only"> then </span>
      <b className="font-medium">{to}</b>
    </span>
  );
