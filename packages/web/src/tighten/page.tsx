/** All groups: which could be tighter, and what that would cost. */

import type { TightenGroup, TightenStatus } from '@flowfit/server/contract/tighten';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { useGroups, useOverview } from '../api/queries.ts';
import { TimeRange } from '../dashboard/time-range.tsx';
import { formatCount, formatPlural } from '../format/number.ts';
import { ALL } from '../state/range.ts';
import { useScope } from '../state/scope.ts';
import { FindGroup } from '../ui/find-group.tsx';
import { EmptyNote, ErrorNote, NoInventory, SkeletonRows } from '../ui/notes.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { LacksPanel } from '../verdicts/lacks-panel.tsx';
import { Downloads } from './downloads.tsx';
import { pinsInForce, pinsOfGroups, todayIn } from './pins.ts';
import { useTighten } from './queries.ts';
import { statusWord } from './status-mark.tsx';
import { TightenTable } from './tighten-table.tsx';

const SHOWN = ['all', 'change', 'tight', 'left-alone', 'no-evidence'] as const;

const PARSERS = {
  status: parseAsStringLiteral(SHOWN).withDefault('all'),
  find: parseAsString.withDefault(''),
};

const matches = ({ groupId, groupName, vpcId }: TightenGroup, words: string): boolean =>
  [groupId, groupName, vpcId].some((text) => text?.toLowerCase().includes(words));

/** What can be changed comes first, the largest relief on top. */
const ORDER: readonly TightenStatus[] = ['change', 'tight', 'left-alone', 'no-evidence'];
const reliefOf = ({ openness: { now, proposed } }: TightenGroup): number =>
  Math.log((1 + now.ipv4) / (1 + proposed.ipv4)) + Math.log((1 + now.ipv6) / (1 + proposed.ipv6));
const byRelief = (a: TightenGroup, b: TightenGroup): number =>
  ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
  reliefOf(b) - reliefOf(a) ||
  a.groupName.localeCompare(b.groupName) ||
  a.groupId.localeCompare(b.groupId);

export const TightenPage = () => {
  const { range, window, bounds, setRange } = useScope(ALL);
  const hasInventory = useOverview().data?.inventory !== null;
  const known = useGroups(window).data?.groups;
  const pins = useMemo(
    () => pinsInForce(pinsOfGroups(known?.map(({ groupId }) => groupId) ?? []), todayIn(new Date())),
    [known],
  );
  const { data, error, refetch, isPlaceholderData } = useTighten(window, pins, known !== undefined);
  const [{ status, find }, setState] = useQueryStates(PARSERS);
  const groups = useMemo(() => data && [...data.groups].sort(byRelief), [data]);
  const words = find.trim().toLowerCase();
  const shown = groups?.filter((group) => (status === 'all' || group.status === status) && matches(group, words));
  const unfounded = groups?.find((group) => group.status === 'no-evidence');
  const changing = groups?.filter((group) => group.status === 'change') ?? [];
  const countOf = (wanted: (typeof SHOWN)[number]): number =>
    groups?.filter((group) => wanted === 'all' || group.status === wanted).length ?? 0;

  return (
    <>
      <PageTitle
        title="Tighten"
        note="Smaller rule sets that admit everything that was observed. Flowfit recommends; it never changes a group."
      >
        <div className="flex flex-wrap gap-2">
          <Downloads
            window={window}
            pins={pins}
            choices={changing.map(({ groupId, rules }) => ({ groupId, rules: rules.proposed }))}
            disabled={changing.length === 0 || isPlaceholderData}
          />
          <TimeRange range={range} window={window} bounds={bounds} onChange={setRange} />
        </div>
      </PageTitle>
      <LacksPanel lacks={data?.lacks} />
      {unfounded !== undefined && (
        <section className="panel mb-3" aria-label="No evidence">
          <EmptyNote title="There is not enough evidence">{unfounded.why}</EmptyNote>
        </section>
      )}
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Segmented
          label="Status"
          value={status}
          onChange={(next) => void setState({ status: next })}
          options={SHOWN.filter((value) => value === 'all' || value === status || countOf(value) > 0).map((value) => ({
            value,
            label: (
              <>
                <span className="first-letter:uppercase">{value === 'all' ? 'all' : statusWord(value)}</span>{' '}
                <span className="num text-xs text-faint">{formatCount(countOf(value))}</span>
              </>
            ),
          }))}
        />
        <FindGroup value={find} onChange={(text) => void setState({ find: text })} />
        {pins.length > 0 && <span className="text-xs text-faint">with {formatPlural(pins.length, 'pin')}</span>}
      </div>
      <section className="panel flex min-h-96 flex-1 flex-col overflow-hidden" aria-label="Groups">
        {error && data === undefined && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {data === undefined && !error && <SkeletonRows rows={12} height={48} />}
        {shown?.length === 0 &&
          (hasInventory ? (
            <NothingFound />
          ) : (
            <NoInventory>A recommendation begins with the rules of today.</NoInventory>
          ))}
        {shown !== undefined && shown.length > 0 && <TightenTable groups={shown} range={range} />}
      </section>
    </>
  );
};

const NothingFound = () => (
  <EmptyNote title="No such group">No security group matches. Choose another status or name.</EmptyNote>
);
