/** One group: its rules today and with fewer or narrower ones, what that opens and cuts, and the files that do it. */
import type { GroupAnswer } from '@flowfit/server/contract/rules';
import type { Choices, TightenGroupAnswer, TightenPin } from '@flowfit/server/contract/tighten';
import { parseAsInteger, useQueryState } from 'nuqs';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useGroup } from '../api/queries.ts';
import { TimeRange } from '../dashboard/time-range.tsx';
import { formatPlural } from '../format/number.ts';
import { Link } from '../router.tsx';
import { ALL, type TimeWindow } from '../state/range.ts';
import { useScope } from '../state/scope.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ErrorNote, SkeletonRows } from '../ui/notes.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { LacksPanel } from '../verdicts/lacks-panel.tsx';
import { compareRules } from './compare.ts';
import { LaterCuts, Replayed, ReplayedLists } from './consequences.tsx';
import { Curve } from './curve.tsx';
import { type Family, indexByRules } from './curve-scale.ts';
import { Downloads } from './downloads.tsx';
import { Figures } from './figures.tsx';
import { pinsInForce, todayIn, usePins } from './pins.ts';
import { PinsPanel } from './pins-panel.tsx';
import { useReplay, useTightenGroup } from './queries.ts';
import { Rules } from './rules.tsx';
import { StatusMark } from './status-mark.tsx';

export const TightenGroupPage = ({ id }: { readonly id: string }) => {
  const { range, window, bounds, setRange } = useScope(ALL);
  const [pins, setPins] = usePins(id);
  const inForce = useMemo(() => pinsInForce(pins, todayIn(new Date())), [pins]);
  const group = useGroup(id, window);
  const tighten = useTightenGroup(id, window, inForce);
  const onPin = useCallback((pin: TightenPin) => setPins([...pins, pin]), [pins, setPins]);
  return (
    <>
      <PageTitle
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Link
              href={`/tighten?range=${range}`}
              className="text-faint hover:text-ink"
              aria-label="Tighten: all groups"
            >
              <Icon name="left" />
            </Link>
            <span className="break-all">{group.data?.group.groupName || id}</span>
            {tighten.data && <StatusMark status={tighten.data.status} />}
          </span>
        }
        note={
          <span className="font-mono text-xs">
            {id}
            {group.data?.group.vpcId != null && ` · ${group.data.group.vpcId}`}
          </span>
        }
      >
        <div className="flex flex-wrap gap-2">
          <Link href={`/groups/${encodeURIComponent(id)}?range=${range}`} className={buttonClass}>
            Rules of the group <Icon name="right" className="size-3" />
          </Link>
          <TimeRange range={range} window={window} bounds={bounds} onChange={setRange} />
        </div>
      </PageTitle>
      {group.error && group.data === undefined && (
        <ErrorNote error={group.error} onRetry={() => void group.refetch()} />
      )}
      {group.data && tighten.error && tighten.data === undefined && (
        <ErrorNote error={tighten.error} onRetry={() => void tighten.refetch()} />
      )}
      {[group, tighten].some(({ isLoading, data }) => isLoading && data === undefined) && (
        <SkeletonRows rows={14} height={44} />
      )}
      {group.data && tighten.data && (
        <Tighten
          group={group.data}
          answer={tighten.data}
          window={window}
          pins={inForce}
          busy={tighten.isPlaceholderData}
          onPin={onPin}
        />
      )}
      <PinsPanel pins={pins} onChange={setPins} />
    </>
  );
};

interface TightenProps {
  readonly group: GroupAnswer;
  readonly answer: TightenGroupAnswer;
  readonly window: TimeWindow;
  readonly pins: readonly TightenPin[];
  readonly busy: boolean;
  readonly onPin: (pin: TightenPin) => void;
}

/** The replay begins when the handle has rested for so long. */
const REST_MS = 300;

const useRested = (value: number): number => {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
};

const Tighten = ({ group, answer, window, pins, busy, onPin }: TightenProps) => {
  const [rules, setRules] = useQueryState('rules', parseAsInteger);
  const active = indexByRules(answer.curve, rules, answer.chosen);
  const point = answer.curve[active];
  const [family, setFamily] = useState<Family>('ipv4');
  const choices = useMemo(
    (): Choices => [{ groupId: answer.groupId, rules: point?.rules ?? 0 }],
    [answer.groupId, point?.rules],
  );
  const rested = useRested(active) === active;
  const replay = useReplay(window, choices, pins, rested && !busy);
  const comparison = useMemo(
    () => compareRules(group.rules, answer, point ?? { proposed: [] }, pins),
    [group.rules, answer, point, pins],
  );
  const choose = useCallback(
    (index: number) => void setRules(index === answer.chosen ? null : (answer.curve[index]?.rules ?? null)),
    [answer, setRules],
  );
  if (point === undefined) return null;
  const hasChoice = answer.curve.length > 1;
  const hasIpv6 = answer.curve.some(({ openness }) => openness.ipv6 > 0) || answer.now.ipv6 > 0;
  const changes =
    comparison.proposed.some(({ number }) => number !== null) ||
    comparison.today.some(({ fate }) => fate === 'dropped' || fate === 'replaced');
  // What is missing comes first where it is why there is no proposal.
  const nothingMoves = answer.status === 'left-alone' || answer.status === 'no-evidence';
  return (
    <>
      {nothingMoves && <LacksPanel lacks={group.lacks} />}
      <div className="grid gap-x-3 xl:grid-cols-[25rem_minmax(0,1fr)] 2xl:grid-cols-[30rem_minmax(0,1fr)]">
        <div className="quiet-scroll mb-3 min-w-0 xl:sticky xl:top-3 xl:max-h-[calc(100dvh-1.5rem)] xl:self-start">
          <Panel
            title={hasChoice ? 'Fewer rules, or less open' : 'What is proposed'}
            busy={busy}
            tools={<Downloads window={window} choices={choices} pins={pins} disabled={!changes || busy} />}
          >
            {hasChoice && (
              <>
                <Legend />
                <Curve answer={answer} family={family} active={active} onChoose={choose} />
                <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 pb-2 text-sm" data-point={active}>
                  <b className="num font-medium">{formatPlural(point.rules, 'rule')}</b>
                  <span className="min-w-0 flex-1 text-xs text-faint">
                    {active === answer.chosen ? 'suggested' : ''}
                  </span>
                  {hasIpv6 && (
                    <Segmented
                      label="Addresses"
                      value={family}
                      onChange={setFamily}
                      options={[
                        { value: 'ipv4', label: 'IPv4' },
                        { value: 'ipv6', label: 'IPv6' },
                      ]}
                    />
                  )}
                  <Button disabled={active === answer.chosen} onClick={() => choose(answer.chosen)}>
                    Suggested
                  </Button>
                </div>
              </>
            )}
            <p className="border-t border-line px-4 py-2.5 text-sm text-pretty text-soft" data-why>
              {hasChoice && (
                <b className="num font-medium text-ink">
                  Why {formatPlural(answer.curve[answer.chosen]?.rules ?? 0, 'rule')}:{' '}
                </b>
              )}
              {answer.why}
            </p>
            <Figures answer={answer} point={point} rules={group.rules.length} />
            <Replayed replay={replay} />
            <LaterCuts laterCut={point.laterCut} />
          </Panel>
        </div>
        <div className="min-w-0">
          <Rules rules={group.rules} comparison={comparison} traffic={replay.data?.traffic ?? null} onPin={onPin} />
          <ReplayedLists data={replay.data} />
          <LeftAlone sentences={answer.leftAlone} />
          {!nothingMoves && <LacksPanel lacks={group.lacks} />}
        </div>
      </div>
    </>
  );
};

const Legend = () => (
  <ul className="flex flex-wrap gap-x-4 gap-y-0.5 px-4 text-xs text-faint">
    <Key mark={<path d="M0 5h14" className="stroke-accent" strokeWidth="2" />}>address-port pairs open</Key>
    <Key mark={<path d="M0 5h14" className="stroke-line-strong" strokeWidth="1.25" />}>least possible</Key>
    <Key mark={<path d="M7 1v8" className="stroke-reject" strokeWidth="3" opacity="0.55" />}>later cut</Key>
    <Key mark={<circle cx="7" cy="5" r="4" fill="none" className="stroke-accent" />}>suggested</Key>
  </ul>
);

const Key = ({ mark, children }: { readonly mark: ReactNode; readonly children: ReactNode }) => (
  <li className="flex items-center gap-1.5">
    <svg viewBox="0 0 14 10" className="h-2.5 w-3.5" aria-hidden="true">
      {mark}
    </svg>
    {children}
  </li>
);

const LeftAlone = ({ sentences }: { readonly sentences: readonly string[] }) =>
  sentences.length > 0 && (
    <Panel title="Left alone" note="not narrowed on a guess" className="mb-3">
      <ul className="list-disc space-y-1 px-4 pb-3 pl-8 text-sm text-pretty text-soft">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Panel>
  );
