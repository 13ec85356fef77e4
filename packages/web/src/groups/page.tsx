/** All security groups with their verdicts. */

import type { Group, GroupVerdict } from '@flowfit/server/contract/rules';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { useGroups, useOverview } from '../api/queries.ts';
import { TimeRange } from '../dashboard/time-range.tsx';
import { formatCount } from '../format/number.ts';
import { ALL } from '../state/range.ts';
import { useScope } from '../state/scope.ts';
import { FindGroup } from '../ui/find-group.tsx';
import { EmptyNote, ErrorNote, NoInventory, SkeletonRows } from '../ui/notes.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { LacksPanel } from '../verdicts/lacks-panel.tsx';
import { GroupTable } from './group-table.tsx';
import { compareGroups, SORT_KEYS } from './sort.ts';

const VERDICTS = ['all', 'active', 'silent', 'unattached'] as const;

const PARSERS = {
  verdict: parseAsStringLiteral(VERDICTS).withDefault('all'),
  find: parseAsString.withDefault(''),
  sort: parseAsStringLiteral(SORT_KEYS).withDefault('flows'),
};

const matches = ({ groupId, groupName, vpcId }: Group, words: string): boolean =>
  [groupId, groupName, vpcId].some((text) => text?.toLowerCase().includes(words));

export const GroupsPage = () => {
  const { range, window, bounds, setRange } = useScope(ALL);
  const hasInventory = useOverview().data?.inventory !== null;
  const { data, error, refetch } = useGroups(window);
  const [{ verdict, find, sort }, setState] = useQueryStates(PARSERS);
  const groups = data?.groups;
  const shown = useMemo(
    () =>
      groups
        ?.filter(
          (group) => (verdict === 'all' || group.verdict === verdict) && matches(group, find.trim().toLowerCase()),
        )
        .sort(compareGroups(sort)),
    [groups, verdict, find, sort],
  );
  const countOf = (wanted: GroupVerdict | 'all'): number =>
    groups?.filter((group) => wanted === 'all' || group.verdict === wanted).length ?? 0;

  return (
    <>
      <PageTitle title="Security groups" note="Which groups carry traffic, and how many of their rules it needs.">
        <TimeRange range={range} window={window} bounds={bounds} onChange={setRange} />
      </PageTitle>
      <LacksPanel lacks={data?.lacks} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Segmented
          label="Verdict"
          value={verdict}
          onChange={(next) => void setState({ verdict: next })}
          options={VERDICTS.map((value) => ({
            value,
            label: (
              <>
                <span className="capitalize">{value}</span>{' '}
                <span className="num text-xs text-faint">{formatCount(countOf(value))}</span>
              </>
            ),
          }))}
        />
        <FindGroup value={find} onChange={(text) => void setState({ find: text })} />
      </div>
      <section className="panel flex min-h-96 flex-1 flex-col overflow-hidden" aria-label="Security groups">
        {error && data === undefined && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {data === undefined && !error && <SkeletonRows rows={12} height={48} />}
        {shown?.length === 0 &&
          (hasInventory ? (
            <NothingFound />
          ) : (
            <NoInventory>Without it nobody knows which groups there are.</NoInventory>
          ))}
        {shown !== undefined && shown.length > 0 && (
          <GroupTable
            groups={shown}
            sort={sort}
            range={range}
            newest={bounds?.to ?? 0}
            onSort={(key) => void setState({ sort: key })}
          />
        )}
      </section>
    </>
  );
};

const NothingFound = () => (
  <EmptyNote title="No such group">No security group matches. Choose another verdict or name.</EmptyNote>
);
