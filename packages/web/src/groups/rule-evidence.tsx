/**
 * Why a rule has its verdict: connections by certainty, who used it, how well the logs cover it, and in words. Of an
 * undecided rule the words are its reasons, and what would decide it.
 */
import type { GroupRule, Undecided } from '@flowfit/server/contract/rules';
import type { ReactNode } from 'react';
import { useExplanation } from '../api/queries.ts';
import { formatCompact, formatCount, formatPlural } from '../format/number.ts';
import { formatMoment, formatWindow, parseIso } from '../format/time.ts';
import { Link } from '../router.tsx';
import { dashboardHref } from '../state/scope.ts';
import { buttonClass } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Remedies } from '../verdicts/remedies.tsx';

export interface RuleEvidenceProps {
  readonly rule: GroupRule;
  readonly range: string;
  readonly window: { readonly from: number; readonly to: number };
}

export const RuleEvidence = ({ rule, range, window }: RuleEvidenceProps) => {
  const { proven, inferred, possible, sole } = rule.connections;
  const { interfaces, observedDays, grade, extrapolated } = rule.evidence;
  return (
    <div className="grid gap-x-10 gap-y-4 bg-sunken px-4 py-4 pl-11 text-sm md:grid-cols-2 xl:grid-cols-3">
      {rule.verdict === 'undecided' ? (
        <div className="md:col-span-full">
          <Heading>Why it is undecided, and what would decide it</Heading>
          <Remedies items={rule.undecided} remark={(one) => <TrafficInDoubt undecided={one} />} />
        </div>
      ) : (
        <div>
          <Heading>In words</Heading>
          <Words rule={rule} window={window} />
        </div>
      )}
      <div>
        <Heading>Evidence</Heading>
        <dl className="num grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
          <Row term="Proven connections">{formatCount(proven)}</Row>
          <Row term="Inferred">{formatCount(inferred)}</Row>
          <Row term="Only possible">{formatCount(possible)}</Row>
          <Row term="Admitted by this rule alone">{formatCount(sole)}</Row>
          <Row term="First seen">{momentOf(rule.firstSeen, rule)}</Row>
          <Row term="Last seen">{momentOf(rule.lastSeen, rule)}</Row>
          <Row term="Grade">
            {grade}, {observedDays.toFixed(1)} days, {interfaces.logged} of {interfaces.attached} interfaces logged
          </Row>
          {extrapolated && <Row term="Assumed">what the nearest capture shows stood at the time</Row>}
        </dl>
        <Link href={dashboardHref(range, facetsOf(rule))} className={`${buttonClass} mt-2`}>
          Seen traffic <Icon name="right" className="size-3" />
        </Link>
      </div>
      <div className="min-w-0">
        <Heading>{rule.direction === 'inbound' ? 'Who came' : 'Where it went'}</Heading>
        {rule.topPeers.length === 0 && (
          <p className="text-soft">{rule.verdict === 'undecided' ? 'Nobody for certain.' : 'Nobody.'}</p>
        )}
        <ul className="num">
          {rule.topPeers.map(({ address, owner, countryCode, flows }) => (
            <li key={address} className="flex items-baseline gap-2 py-0.5">
              <span className="truncate font-mono text-xs">{address}</span>
              <span className="min-w-0 flex-1 truncate text-xs text-faint">{owner ?? countryCode ?? ''}</span>
              <span className="text-xs">{formatCompact(flows)}</span>
            </li>
          ))}
        </ul>
        {rule.peers.count > rule.topPeers.length && (
          <p className="pt-1 text-xs text-faint">and {formatCount(rule.peers.count - rule.topPeers.length)} more</p>
        )}
      </div>
    </div>
  );
};

const Words = ({ rule, window }: Pick<RuleEvidenceProps, 'rule' | 'window'>) => {
  const { data } = useExplanation(rule.ruleId, window, true);
  return (
    <div className="min-h-16 space-y-1 text-pretty text-soft">
      {data?.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
};

/** Nothing where the reason is about what was not logged. */
const TrafficInDoubt = ({ undecided: { connections, firstSeen, lastSeen } }: { readonly undecided: Undecided }) => {
  const [from, to] = [parseIso(firstSeen), parseIso(lastSeen)];
  if (from === null || to === null) return null;
  return (
    <span className="num block text-xs text-faint">
      {connections > 0 && `${formatPlural(connections, 'connection')} in doubt, `}
      {formatWindow(from, to)} UTC
    </span>
  );
};

/** What of the dashboard's filters says the most about a rule. */
const facetsOf = ({ groupId, fromPort, toPort, direction, protocol }: GroupRule) => [
  { field: 'security-group-ids', value: groupId, excluded: false },
  { field: 'initiator', value: direction === 'inbound' ? 'remote' : 'local', excluded: false },
  ...(fromPort !== null && fromPort === toPort && !protocol.startsWith('icmp')
    ? [{ field: 'service-port', value: String(fromPort), excluded: false }]
    : []),
];

/** Of an undecided rule nothing is certain, not even that it was never seen. */
const momentOf = (iso: string | null, { verdict }: GroupRule): string => {
  const seconds = parseIso(iso);
  return seconds !== null ? formatMoment(seconds) : verdict === 'undecided' ? '–' : 'never';
};

const Heading = ({ children }: { readonly children: ReactNode }) => (
  <h3 className="mb-1.5 text-xs font-medium text-faint">{children}</h3>
);

const Row = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-soft">{term}</dt>
    <dd>{children}</dd>
  </>
);
