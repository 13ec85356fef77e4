/** What the point would cut: of the window, by replay; of later connections, by recommending from the earlier part. */
import type { LaterCutAnswer, ReplayedTrafficAnswer, TightenReplayAnswer } from '@flowfit/server/contract/tighten';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { nameOfPort } from '../format/field.ts';
import { formatCount, formatPlural } from '../format/number.ts';
import { formatMoment, formatWindow, parseIso } from '../format/time.ts';
import { Icon } from '../ui/icon.tsx';
import { ErrorNote } from '../ui/notes.tsx';
import { formatLaterShare } from './words.ts';

/** All shares of the window are shown at every point: they do not depend on it. */
export const LaterCuts = ({ laterCut }: { readonly laterCut: LaterCutAnswer }) => (
  <section aria-label="Later connections" className="border-t border-line px-4 py-3" data-later>
    <h3 className="text-xs font-medium text-faint">Had it been recommended from an earlier part</h3>
    {laterCut.splits.length === 0 ? (
      <p className="mt-1 text-sm text-soft text-pretty">
        The window is too short to hold a recommendation from its earlier part against the rest.
      </p>
    ) : (
      <ul className="num mt-1 text-sm">
        {laterCut.splits.map(({ share, at, connections, of }) => (
          <li key={share} className="flex items-baseline gap-2 py-0.5">
            <span className="min-w-0 flex-1 text-soft" title={`until ${formatMoment(parseIso(at) ?? 0)} UTC`}>
              from its first {Math.round(share * 100)} %
            </span>
            <span>
              <b className={connections > 0 ? 'font-medium text-reject-ink' : 'font-medium'}>
                {formatCount(connections)}
              </b>{' '}
              of {formatCount(of)} later cut
            </span>
            <span className="w-12 text-right text-xs text-faint">
              {formatLaterShare({ connections, of, splits: [] })}
            </span>
          </li>
        ))}
      </ul>
    )}
  </section>
);

export interface ReplayedProps {
  readonly replay: UseQueryResult<TightenReplayAnswer>;
}

export const Replayed = ({ replay: { data, error, refetch } }: ReplayedProps) => (
  <section
    aria-label="Replay"
    aria-busy={data === undefined && !error}
    className="border-t border-line px-4 py-3"
    data-replay
  >
    <h3 className="text-xs font-medium text-faint">The connections of this window, replayed</h3>
    {error && data === undefined ? (
      <ErrorNote error={error} onRetry={() => void refetch()} />
    ) : (
      <ul className="num mt-1 grid grid-cols-2 gap-x-4 text-sm">
        <Count label="kept" mark={data !== undefined} value={data?.connections.kept} />
        <Count label="cut" bad={(data?.connections.cut ?? 0) > 0} value={data?.connections.cut} />
        <Count
          label="newly admitted"
          title="Rejected when they were seen, and admitted by the proposed rules."
          value={data?.connections.newlyAdmitted}
        />
        <Count label="unknown" title="What the evidence leaves open." value={data?.connections.unknown} />
      </ul>
    )}
  </section>
);

interface CountProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly title?: string;
  readonly bad?: boolean;
  readonly mark?: boolean;
}

/** A dash of the same height while it is not known. */
const Count = ({ label, value, title, bad = false, mark = false }: CountProps) => (
  <li className="flex items-center gap-1.5 py-0.5" title={title} data-outcome={label} data-value={value}>
    <b className={`font-medium ${bad ? 'text-reject-ink' : ''}`}>{value === undefined ? '–' : formatCount(value)}</b>
    <span className="text-soft">{label}</span>
    {mark && <Icon name="check" className="size-3.5 text-accept" />}
  </li>
);

const LISTS = [
  { key: 'cut', title: 'Cut', hint: 'No proposed rule admits them.' },
  {
    key: 'newlyAdmitted',
    title: 'Newly admitted',
    hint: 'They were rejected, and the proposed rules would admit them.',
  },
  {
    key: 'unknown',
    title: 'Unknown',
    hint: 'The evidence does not tell whether today’s or the proposed rules admit them.',
  },
] as const;

/** Whatever is not simply kept, with who and when. */
export const ReplayedLists = ({ data }: { readonly data: TightenReplayAnswer | undefined }) => (
  <>
    {LISTS.map(
      ({ key, title, hint }) =>
        data !== undefined &&
        data[key].length > 0 && (
          <details key={key} className="group/list panel mb-3" data-list={key}>
            <summary className="flex min-h-10 cursor-pointer list-none items-center gap-2 px-4 py-1.5 text-sm">
              <Icon name="right" className="size-3.5 text-faint transition-transform group-open/list:rotate-90" />
              <span className="font-semibold">{title}</span>
              <span className="num text-xs text-faint">{formatPlural(data.connections[key], 'connection')}</span>
            </summary>
            <p className="border-t border-line px-4 pt-2 text-xs text-faint">{hint}</p>
            <ul className="px-4 pb-2">
              {data[key].map((traffic) => (
                <TrafficRow key={rowKey(traffic)} traffic={traffic} />
              ))}
            </ul>
            <More shown={data[key]} total={data.connections[key]} />
          </details>
        ),
    )}
  </>
);

const rowKey = (one: ReplayedTrafficAnswer): string =>
  [one.interfaceId, one.direction, one.protocol, one.port, one.peer, one.firstSeen, one.admittedBy.join()].join(' ');

const TrafficRow = ({ traffic }: { readonly traffic: ReplayedTrafficAnswer }) => {
  const { direction, protocol, port, peer, peerName, interfaceId, interfaceName, connections } = traffic;
  const [from, to] = [parseIso(traffic.firstSeen), parseIso(traffic.lastSeen)];
  const service = port === null ? null : nameOfPort(port);
  return (
    <li className="num flex flex-wrap items-baseline gap-x-3 border-t border-line py-1.5 text-sm first:border-t-0">
      <span>
        <span className="text-soft uppercase">{protocol}</span> {port}
        {service !== null && <span className="text-xs text-faint"> {service}</span>}
      </span>
      <Aside main={peer} aside={peerName} lead={direction === 'inbound' ? 'from' : 'to'} />
      <Aside main={interfaceId} aside={interfaceName} lead={direction === 'inbound' ? 'to' : 'from'} />
      <span className="flex-1" />
      <span className="text-xs text-faint">{from !== null && to !== null && formatWindow(from, to)}</span>
      <span className="w-16 text-right" title={formatPlural(connections, 'connection')}>
        {formatCount(connections)}
      </span>
    </li>
  );
};

const Aside = ({
  lead,
  main,
  aside,
}: {
  readonly lead: string;
  readonly main: ReactNode;
  readonly aside: string | null;
}) => (
  <span className="min-w-0 break-all">
    <span className="text-faint">{lead} </span>
    <span className="font-mono text-xs">{main}</span>
    {aside !== null && <span className="text-xs text-faint"> {aside}</span>}
  </span>
);

const More = ({ shown, total }: { readonly shown: readonly ReplayedTrafficAnswer[]; readonly total: number }) => {
  const rest = total - shown.reduce((sum, { connections }) => sum + connections, 0);
  return rest > 0 && <p className="num px-4 pb-3 text-xs text-faint">and {formatPlural(rest, 'more connection')}</p>;
};
