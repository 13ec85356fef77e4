/** Today and the point that is looked at, in numbers. Every row stands at every point, so that nothing jumps. */
import { exactPairs, formatPairs } from '@flowfit/core/recommend/pairs';
import type { CurvePointAnswer, TightenGroupAnswer } from '@flowfit/server/contract/tighten';
import type { ReactNode } from 'react';
import { formatCount } from '../format/number.ts';
import { formatLess } from './words.ts';

export interface FiguresProps {
  readonly answer: TightenGroupAnswer;
  readonly point: CurvePointAnswer;
  /** Rules of today. */
  readonly rules: number;
}

export const Figures = ({ answer: { now, curve }, point, rules }: FiguresProps) => {
  const hasIpv6 = now.ipv6 > 0 || curve.some(({ openness }) => openness.ipv6 > 0);
  const { openness } = point;
  return (
    <table className="num w-full text-sm">
      <thead>
        <tr className="text-xs text-faint">
          <th className="py-1 pl-4 text-left font-normal" aria-label="What is counted" />
          <th className="py-1 text-right font-normal">Today</th>
          <th className="py-1 pr-4 text-right font-normal sm:pr-0 xl:pr-4 2xl:pr-0">Proposed</th>
          <th className={`${CHANGE} py-1 font-normal`}>Change</th>
        </tr>
      </thead>
      <tbody>
        <Row label="Rules">
          <Values now={formatCount(rules)} proposed={formatCount(point.rules)} figure="rules" />
          <td className={CHANGE}>{rulesChange(rules, point.rules)}</td>
        </Row>
        <Pairs label="IPv4 pairs open" title={PAIRS} now={now.ipv4} proposed={openness.ipv4} />
        <Pairs label="of these public" now={now.publicIpv4} proposed={openness.publicIpv4} part />
        {hasIpv6 && (
          <>
            <Pairs label="IPv6 pairs open" title={PAIRS} now={now.ipv6} proposed={openness.ipv6} />
            <Pairs label="of these public" now={now.publicIpv6} proposed={openness.publicIpv6} part />
          </>
        )}
      </tbody>
    </table>
  );
};

const PAIRS = 'An address together with a port, both directions; what several rules admit counts once.';

/** Where there is room for it. */
const CHANGE = 'w-36 pr-4 text-right text-xs whitespace-nowrap text-soft max-sm:hidden xl:max-2xl:hidden';

const rulesChange = (now: number, then: number): string =>
  now === then ? 'as today' : `${formatCount(Math.abs(now - then))} ${then < now ? 'fewer' : 'more'}`;

interface PairsProps {
  readonly label: string;
  readonly title?: string;
  readonly now: number;
  readonly proposed: number;
  readonly part?: boolean;
}

const Pairs = ({ now, proposed, ...row }: PairsProps) => (
  <Row {...row}>
    <Values now={formatPairs(now)} proposed={formatPairs(proposed)} titles={[exactPairs(now), exactPairs(proposed)]} />
    <td className={CHANGE}>{formatLess(now, proposed)}</td>
  </Row>
);

interface ValuesProps {
  readonly now: string;
  readonly proposed: string;
  /** The exact numbers. */
  readonly titles?: readonly [now: string, proposed: string];
  readonly figure?: string;
}

const Values = ({ now, proposed, titles, figure }: ValuesProps) => (
  <>
    <td className="text-right whitespace-nowrap" title={titles?.[0]}>
      {now}
    </td>
    <td
      className="pr-4 pl-3 text-right font-medium whitespace-nowrap sm:pr-0 xl:pr-4 2xl:pr-0"
      title={titles?.[1]}
      data-figure={figure}
    >
      {proposed}
    </td>
  </>
);

interface RowProps {
  readonly label: string;
  readonly title?: string | undefined;
  readonly part?: boolean | undefined;
  readonly children: ReactNode;
}

const Row = ({ label, title, part = false, children }: RowProps) => (
  <tr className="h-7 border-t border-line">
    <th
      scope="row"
      title={title}
      className={`pl-4 text-left font-normal whitespace-nowrap text-soft ${part ? 'text-xs' : ''}`}
    >
      {label}
    </th>
    {children}
  </tr>
);
