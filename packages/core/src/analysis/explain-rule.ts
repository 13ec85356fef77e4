/** What a rule has admitted, in sentences for people. `../security-group/explain.ts` answers the other question. */
import { formatTime } from '../filter/time.ts';
import { formatRule } from '../security-group/notation.ts';
import { formatRanges, groupLabel, plural } from './findings/describe.ts';
import { byRemedy, NOTHING_DECIDES, REASONS, type Undecided } from './reasons.ts';
import type { RuleVerdict } from './verdict.ts';

/** Where all that is certain lies outside the captures. */
export const ASSUMES_PERSISTENCE =
  'No captures on both sides show the account at that time: this assumes that what the nearest one shows stood then too.';

const PEERS_SHOWN = 3;
const RANGES_SHOWN = 8;

/** The verdict, what it rests on, and who used the rule. */
export function explainRule(verdict: RuleVerdict): string[] {
  const { rule, group, usage, undecided, reasons } = verdict;
  const isUndecided = verdict.verdict === 'undecided';
  return [
    `${rule.id} of ${groupLabel(group)} (${formatRule(rule)}) is ${verdict.verdict}.`,
    ...(usage === null ? [isUndecided ? NOTHING_LOGGED : NOTHING_ADMITTED] : explainUsage(usage)),
    ...(isUndecided ? explainReasons(undecided) : reasons.map((reason) => REASONS[reason].meaning)),
    ...(usage?.extrapolated ? [ASSUMES_PERSISTENCE] : []),
    explainEvidence(verdict),
  ];
}

const NOTHING_ADMITTED = 'It admitted nothing in the window.';
/** What is not in the logs may have happened all the same. */
const NOTHING_LOGGED = 'The logs hold nothing that it admitted.';

/** Each reason, and what would decide it; once where one remedy decides several. */
function explainReasons(undecided: readonly Undecided[]): string[] {
  const reasons = undecided.map((one) => ({ ...one, ...REASONS[one.reason] }));
  return byRemedy(reasons).flatMap(({ decide, items }) => [
    ...items.map((one) => [one.meaning, ...trafficInDoubt(one)].join(' ')),
    decide === null ? NOTHING_DECIDES : `To decide it: ${decide}`,
  ]);
}

function trafficInDoubt({ connections, firstSeen, lastSeen }: Undecided): string[] {
  if (firstSeen === null) return [];
  const what = connections === 0 ? 'traffic' : plural(connections, 'connection');
  return [`This concerns ${what}, from ${formatTime(firstSeen)} to ${timeOf(lastSeen)}.`];
}

function explainUsage(usage: NonNullable<RuleVerdict['usage']>): string[] {
  const { proven, inferred, possible, sole } = usage.connections;
  const sentences: string[] = [];
  if (usage.flows > 0) {
    const how = inferred === 0 ? 'all proven' : `${proven} proven, ${inferred} inferred from ports`;
    sentences.push(
      `It admitted ${plural(proven + inferred, 'connection')} (${how}); ${sole} of them no other rule would have admitted.`,
      `They came to ${plural(usage.flows, 'record')}, ${plural(usage.bytes, 'byte')}, first seen ${timeOf(usage.firstSeen)}, last seen ${timeOf(usage.lastSeen)}.`,
      explainPeers(usage.peers),
    );
    const ranges = usage.ports.toRanges();
    if (ranges.length > 0) {
      const more = ranges.length > RANGES_SHOWN ? ` and ${ranges.length - RANGES_SHOWN} more ranges` : '';
      sentences.push(`Ports seen: ${formatRanges(ranges.slice(0, RANGES_SHOWN))}${more}.`);
    }
  }
  const some = possible > 0 ? plural(possible, 'connection') : 'some connections';
  if (usage.flows === 0) sentences.push(`It admitted nothing for certain, and may have admitted ${some}.`);
  else if (possible > 0) sentences.push(`It may have admitted ${plural(possible, 'more connection')}.`);
  return sentences;
}

function explainPeers({ count, exact, top }: NonNullable<RuleVerdict['usage']>['peers']): string {
  const most = top.slice(0, PEERS_SHOWN).map(({ address, flows }) => `${address} (${plural(flows, 'record')})`);
  const others = count > PEERS_SHOWN ? 'mostly ' : '';
  return `The other end was ${exact ? '' : 'about '}${plural(count, 'address', 'addresses')}: ${others}${most.join(', ')}.`;
}

function explainEvidence({ evidence }: RuleVerdict): string {
  const { grade, observedDays, interfaces, gaps } = evidence;
  const days = Math.round(observedDays * 10) / 10;
  const broken = gaps.length === 0 ? 'without a gap' : `with ${plural(gaps.length, 'gap')}`;
  const watched =
    interfaces.attached === 0
      ? 'no interface had the group'
      : `${interfaces.logged} of ${plural(interfaces.attached, 'interface')} with the group logged, ${plural(days, 'day')} ${broken}`;
  return `The evidence is ${grade}: ${watched}.`;
}

function timeOf(seconds: number | null): string {
  return seconds === null ? 'never' : formatTime(seconds);
}
