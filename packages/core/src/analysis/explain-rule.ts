/** What a rule has admitted, in sentences for people. `../security-group/explain.ts` answers the other question. */
import { formatTime } from '../filter/time.ts';
import { formatRule } from '../security-group/notation.ts';
import { formatRanges, groupLabel, plural } from './findings/describe.ts';
import { REASONS, type RuleVerdict } from './verdict.ts';

const PEERS_SHOWN = 3;
const RANGES_SHOWN = 8;

/** The verdict, what it rests on, and who used the rule. */
export function explainRule(verdict: RuleVerdict): string[] {
  const { rule, group, usage, reasons } = verdict;
  return [
    `${rule.id} of ${groupLabel(group)} (${formatRule(rule)}) is ${verdict.verdict}.`,
    ...(usage === null ? ['It admitted nothing in the window.'] : explainUsage(usage)),
    ...reasons.map((reason) => REASONS[reason]),
    explainEvidence(verdict),
  ];
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
  if (possible > 0)
    sentences.push(`It may have admitted ${plural(possible, 'more connection')}: the records do not say.`);
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
