/** What a person should look at, the gravest first. */
import type { Finding, Severity } from '@flowfit/server/contract/findings';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useFindings, useOverview } from '../api/queries.ts';
import { TimeRange } from '../dashboard/time-range.tsx';
import { formatCount } from '../format/number.ts';
import { ALL } from '../state/range.ts';
import { useScope } from '../state/scope.ts';
import { EmptyNote, ErrorNote, NoInventory, SkeletonRows } from '../ui/notes.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { LacksPanel } from '../verdicts/lacks-panel.tsx';
import { FindingList } from './finding-list.tsx';
import { FindingsExport } from './findings-export.tsx';
import { KIND_TITLES, SEVERITIES } from './kinds.ts';

const SHOWN = ['open', 'dismissed'] as const;

const PARSERS = {
  severity: parseAsStringLiteral(['all', ...SEVERITIES]).withDefault('all'),
  kind: parseAsString.withDefault(''),
  show: parseAsStringLiteral(SHOWN).withDefault('open'),
  find: parseAsString.withDefault(''),
};

export const FindingsPage = () => {
  const { range, window, bounds, setRange } = useScope(ALL);
  const hasInventory = useOverview().data?.inventory !== null;
  const { data, error, refetch } = useFindings(window);
  const [{ severity, kind, show, find }, setState] = useQueryStates(PARSERS);

  const inState = data?.findings.filter(({ dismissed }) => (dismissed !== null) === (show === 'dismissed'));
  const words = find.trim().toLowerCase();
  const ofKind = inState?.filter(
    (finding) =>
      (kind === '' || finding.kind === kind) && `${finding.id} ${finding.title}`.toLowerCase().includes(words),
  );
  const shown = ofKind?.filter((finding) => severity === 'all' || finding.severity === severity);
  const countOf = (wanted: Severity | 'all'): number =>
    ofKind?.filter((finding) => wanted === 'all' || finding.severity === wanted).length ?? 0;

  return (
    <>
      <PageTitle
        title="Findings"
        note="What the traffic says about the rules. Flowfit recommends; it never changes a group."
      >
        <div className="flex gap-2">
          <FindingsExport findings={shown ?? []} />
          <TimeRange range={range} window={window} bounds={bounds} onChange={setRange} />
        </div>
      </PageTitle>
      <LacksPanel lacks={data?.lacks} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Segmented
          label="Severity"
          value={severity}
          onChange={(next) => void setState({ severity: next })}
          options={(['all', ...SEVERITIES] as const).map((value) => ({
            value,
            label: (
              <>
                <span className="capitalize">{value}</span>{' '}
                <span className="num text-xs text-faint">{formatCount(countOf(value))}</span>
              </>
            ),
          }))}
        />
        <Segmented
          label="State"
          value={show}
          onChange={(next) => void setState({ show: next })}
          options={SHOWN.map((value) => ({ value, label: <span className="capitalize">{value}</span> }))}
        />
        <KindSelect findings={inState ?? []} kind={kind} onChange={(next) => void setState({ kind: next })} />
        <input
          type="search"
          aria-label="Find a finding"
          placeholder="Group, rule or words"
          value={find}
          onChange={(event) => void setState({ find: event.target.value || null })}
          className="h-8 min-w-0 flex-1 basis-52 rounded-md border border-line-strong bg-panel px-2.5 text-sm sm:max-w-72"
        />
      </div>
      {error && data === undefined && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data === undefined && !error && <SkeletonRows rows={10} height={56} />}
      {shown?.length === 0 && <NothingFound hasInventory={hasInventory} show={show} />}
      {shown !== undefined && shown.length > 0 && <FindingList findings={shown} range={range} />}
    </>
  );
};

interface KindSelectProps {
  readonly findings: readonly Finding[];
  readonly kind: string;
  readonly onChange: (kind: string | null) => void;
}

const KindSelect = ({ findings, kind, onChange }: KindSelectProps) => {
  const kinds = [...new Set(findings.map((finding) => finding.kind))].sort();
  return (
    <select
      aria-label="Kind"
      value={kind}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      className="h-8 rounded-md border border-line-strong bg-panel px-2 text-sm"
    >
      <option value="">Every kind</option>
      {kinds.map((id) => (
        <option key={id} value={id}>
          {KIND_TITLES[id] ?? id}
        </option>
      ))}
    </select>
  );
};

const NothingFound = ({
  hasInventory,
  show,
}: {
  readonly hasInventory: boolean;
  readonly show: (typeof SHOWN)[number];
}) => {
  if (!hasInventory) {
    return <NoInventory>Findings compare traffic with rules.</NoInventory>;
  }
  return show === 'open' ? (
    <EmptyNote title="Nothing is open">No finding of this choice waits for a decision.</EmptyNote>
  ) : (
    <EmptyNote title="Nothing was dismissed">
      Findings that were dismissed with a reason stand here and can be restored.
    </EmptyNote>
  );
};
