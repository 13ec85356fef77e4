/** One group: what it is, who carries it, and its rules beside the traffic. */
import type { GroupAnswer, GroupRule } from '@flowfit/server/contract/rules';
import { useState } from 'react';
import { useGroup } from '../api/queries.ts';
import { TimeRange } from '../dashboard/time-range.tsx';
import { formatCompact, formatPlural } from '../format/number.ts';
import { Link } from '../router.tsx';
import { ALL } from '../state/range.ts';
import { dashboardHref, useScope } from '../state/scope.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { EmptyNote, ErrorNote, SkeletonRows } from '../ui/notes.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Panel } from '../ui/panel.tsx';
import { Verdict } from '../ui/verdict.tsx';
import { LacksPanel } from '../verdicts/lacks-panel.tsx';
import { InterfacesPanel } from './interfaces-panel.tsx';
import { RuleRow } from './rule-row.tsx';
import { RulesBar } from './rules-bar.tsx';

export const GroupPage = ({ id }: { readonly id: string }) => {
  const { range, window, bounds, setRange } = useScope(ALL);
  const { data, error, refetch } = useGroup(id, window);
  if (error && data === undefined) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={14} height={44} />;
  const { group } = data;
  return (
    <>
      <PageTitle
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Link href="/groups" className="text-faint hover:text-ink" aria-label="All security groups">
              <Icon name="left" />
            </Link>
            <span className="break-all">{group.groupName || group.groupId}</span>
            <Verdict verdict={group.verdict} />
          </span>
        }
        note={
          <>
            <span className="font-mono text-xs">
              {group.groupId}
              {group.vpcId !== null && ` · ${group.vpcId}`}
            </span>
            {group.description !== '' && <span className="ml-2">{group.description}</span>}
          </>
        }
      >
        <div className="flex flex-wrap gap-2">
          <Link href={`/tighten/${encodeURIComponent(id)}?range=${range}`} className={buttonClass}>
            Tighten <Icon name="right" className="size-3" />
          </Link>
          <Link
            href={dashboardHref(range, [{ field: 'security-group-ids', value: id, excluded: false }])}
            className={buttonClass}
          >
            Seen traffic <Icon name="right" className="size-3" />
          </Link>
          <TimeRange range={range} window={window} bounds={bounds} onChange={setRange} />
        </div>
      </PageTitle>
      <Facts data={data} />
      <LacksPanel lacks={data.lacks} />
      <Rules
        title="Inbound rules"
        direction="inbound"
        data={data}
        range={range}
        newest={bounds?.to ?? 0}
        window={window}
      />
      <Rules
        title="Outbound rules"
        direction="outbound"
        data={data}
        range={range}
        newest={bounds?.to ?? 0}
        window={window}
      />
      <InterfacesPanel interfaces={data.interfaces} names={data.names} group={id} />
    </>
  );
};

const Facts = ({ data: { group, names } }: { readonly data: GroupAnswer }) => (
  <section aria-label="Facts" className="panel mb-3 grid grid-cols-2 gap-px overflow-hidden bg-line lg:grid-cols-4">
    <Fact label="Traffic through its rules">
      {formatCompact(group.flows)} <span className="text-sm font-normal text-soft">flows</span>
    </Fact>
    <Fact label="Interfaces">{group.interfaces}</Fact>
    <Fact label="Rules: used, undecided, unused">
      <span className="block pt-1.5 text-sm font-normal">
        <RulesBar rules={group.rules} />
      </span>
    </Fact>
    <Fact label="Referenced by">
      <span className="block truncate pt-0.5 text-sm font-normal">
        {group.referencedBy.length === 0 && <span className="text-soft">no other group</span>}
        {group.referencedBy.map((id) => (
          <Link
            key={id}
            href={`/groups/${encodeURIComponent(id)}`}
            title={id}
            className="mr-2 hover:text-accent hover:underline"
          >
            {names[id] ?? id}
          </Link>
        ))}
      </span>
    </Fact>
  </section>
);

const Fact = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }) => (
  <div className="min-w-0 bg-panel px-4 py-3">
    <div className="text-xs text-faint">{label}</div>
    <div className="num min-h-8 text-lg font-semibold">{children}</div>
  </div>
);

interface RulesProps {
  readonly title: string;
  readonly direction: GroupRule['direction'];
  readonly data: GroupAnswer;
  readonly range: string;
  readonly newest: number;
  readonly window: { readonly from: number; readonly to: number };
}

const Rules = ({ title, direction, data, range, newest, window }: RulesProps) => {
  const rules = data.rules.filter((rule) => rule.direction === direction).sort((a, b) => b.flows - a.flows);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const largest = Math.max(1, ...rules.map(({ flows }) => flows));
  const allOpen = open.size === rules.length && rules.length > 0;
  return (
    <Panel
      title={title}
      note={rules.length > 0 && `${formatPlural(rules.length, 'rule')}, by traffic`}
      className="mb-3"
      tools={
        rules.length > 0 && (
          <Button
            size="small"
            onClick={() => setOpen(allOpen ? new Set() : new Set(rules.map(({ ruleId }) => ruleId)))}
          >
            {allOpen ? 'Close all' : 'Open all'}
          </Button>
        )
      }
    >
      {rules.length === 0 ? (
        <EmptyNote title="No rules">
          {direction === 'inbound'
            ? 'Nothing may connect to interfaces on the strength of this group.'
            : 'Interfaces may open no connection on the strength of this group.'}
        </EmptyNote>
      ) : (
        <ul className="border-t border-line">
          {rules.map((rule) => (
            <RuleRow
              key={rule.ruleId}
              rule={rule}
              largest={largest}
              range={range}
              newest={newest}
              window={window}
              open={open.has(rule.ruleId)}
              onToggle={() => setOpen((old) => toggled(old, rule.ruleId))}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
};

const toggled = (set: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
};
