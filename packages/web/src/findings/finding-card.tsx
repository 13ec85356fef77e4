/** One finding: how grave, what, the evidence, the remedy, and the decision about it. */
import type { Finding, Severity } from '@flowfit/server/contract/findings';
import { Link } from '../router.tsx';
import { Icon } from '../ui/icon.tsx';
import { Dismissal } from './dismissal.tsx';
import { groupOf, isTightened, KIND_TITLES, toText, toWords } from './kinds.ts';

const SEVERITY_CLASS: Readonly<Record<Severity, string>> = {
  high: 'bg-high-wash text-high',
  medium: 'bg-reject-wash text-reject-ink',
  low: 'bg-accent-wash text-accent',
  info: 'bg-sunken text-soft',
};

/** One to four bars: readable without colour. */
const LEVEL: Readonly<Record<Severity, number>> = { high: 4, medium: 3, low: 2, info: 1 };

export const SeverityMark = ({ severity }: { readonly severity: Severity }) => (
  <span
    className={`inline-flex h-5 items-center gap-1.5 rounded-full px-2 text-xs font-medium ${SEVERITY_CLASS[severity]}`}
  >
    <svg viewBox="0 0 11 10" className="h-2.5 w-3" aria-hidden="true">
      {[1, 2, 3, 4].map((level) => (
        <rect
          key={level}
          x={(level - 1) * 3}
          y={10 - level * 2.5}
          width="2"
          height={level * 2.5}
          fill="currentColor"
          opacity={level <= LEVEL[severity] ? 1 : 0.25}
        />
      ))}
    </svg>
    {severity}
  </span>
);

export const FindingCard = ({ finding, range }: { readonly finding: Finding; readonly range: string }) => {
  const group = groupOf(finding);
  return (
    <article className="panel px-4 py-3" data-finding={finding.id} data-severity={finding.severity}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SeverityMark severity={finding.severity} />
        <span className="text-xs text-faint">{KIND_TITLES[finding.kind] ?? finding.kind}</span>
        <span className="flex-1" />
        <Dismissal finding={finding} />
      </div>
      <h2 className="mt-1.5 text-base font-medium break-words">{finding.title}</h2>
      <p className="mt-0.5 max-w-[90ch] text-sm text-pretty text-soft">{finding.remediation}</p>
      <div className="mt-2 flex flex-wrap items-start gap-x-5 gap-y-1 text-xs">
        {group !== null && (
          <Link
            href={`/groups/${encodeURIComponent(group)}?range=${range}`}
            className="flex items-center gap-1 text-accent hover:underline"
          >
            Rules of the group <Icon name="right" className="size-3" />
          </Link>
        )}
        {group !== null && isTightened(finding) && (
          <Link
            href={`/tighten/${encodeURIComponent(group)}?range=${range}`}
            className="flex items-center gap-1 text-accent hover:underline"
          >
            Tighten the group <Icon name="right" className="size-3" />
          </Link>
        )}
        <details className="group/evidence min-w-0 flex-1 basis-60">
          <summary className="flex w-fit cursor-pointer list-none items-center gap-1 text-soft hover:text-ink">
            <Icon name="right" className="size-3 transition-transform group-open/evidence:rotate-90" />
            Evidence
          </summary>
          <dl className="num mt-1.5 grid max-w-5xl grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
            {Object.entries({ ...finding.subject, ...finding.evidence }).map(([key, value]) => (
              <div key={key} className="contents">
                <dt className="text-faint">{toWords(key)}</dt>
                <dd className="break-words">{toText(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </article>
  );
};
