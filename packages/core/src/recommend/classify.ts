/** Which rules of a group may be narrowed, which stay as they are, and which go. */
import type { RuleVerdict } from '../analysis/verdict.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { PortSet } from '../net/port-set.ts';
import { parsePrefix } from '../net/prefix.ts';
import { ec2Protocol, hasPorts } from '../net/protocol.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import type { RuleRemark } from './model.ts';
import type { Service } from './observations.ts';
import type { Pin } from './pins.ts';

export interface Classified {
  /** May be replaced by narrower ones. */
  readonly open: readonly SecurityGroupRule[];
  /** Stay as they are at every point of the curve. */
  readonly kept: readonly SecurityGroupRule[];
  readonly keptBecause: readonly RuleRemark[];
  readonly unusedBecause: readonly RuleRemark[];
}

/** @param services of the group */
export function classify(
  verdicts: readonly RuleVerdict[],
  services: readonly Service[],
  pins: readonly Pin[],
): Classified {
  const seen = new Set(services.flatMap(({ ruleIds }) => ruleIds));
  const portless = new Set(services.filter(({ ports }) => ports === null).flatMap(({ ruleIds }) => ruleIds));
  const pinned = new Map(pins.flatMap((pin) => (pin.kind === 'rule' ? [[pin.ruleId, pin.reason] as const] : [])));
  const open: SecurityGroupRule[] = [];
  const kept: SecurityGroupRule[] = [];
  const keptBecause: RuleRemark[] = [];
  const unusedBecause: RuleRemark[] = [];
  for (const verdict of verdicts) {
    const { rule } = verdict;
    const reason = pinned.get(rule.id);
    const because = reason === undefined ? whyKept(verdict, seen, portless) : `The keep-file keeps it: ${reason}`;
    if (because !== null) {
      kept.push(rule);
      keptBecause.push({ ruleId: rule.id, because });
    } else if (verdict.verdict === 'unused') unusedBecause.push({ ruleId: rule.id, because: whyUnused(verdict) });
    else open.push(rule);
  }
  return { open, kept, keptBecause, unusedBecause };
}

/** Null: it may be narrowed, or dropped. */
function whyKept(
  { rule, verdict, reasons, evidence }: RuleVerdict,
  seen: ReadonlySet<string>,
  portless: ReadonlySet<string>,
): string | null {
  const { attached, logged } = evidence.interfaces;
  if (verdict === 'undecided') return `It is undecided: ${reasons.join(', ')}.`;
  if (verdict === 'unused')
    return seen.has(rule.id) ? 'Traffic was seen that it would admit, under another rule.' : null;
  if (logged < attached) return `${attached - logged} of ${attached} interfaces with the group have no logs.`;
  if (!seen.has(rule.id)) return 'It was changed within the window, and nothing was seen under its present meaning.';
  if (toRuleMatch(rule).typed) return 'Flow logs do not hold the ICMP types that it names.';
  if (portless.has(rule.id)) return 'The log lacks the ports of traffic that it may have admitted.';
  if (rule.peer.kind === 'cidr' && parsePrefix(rule.peer.cidr) === null) return 'Its block cannot be read.';
  return null;
}

const whyUnused = ({ reasons, evidence }: RuleVerdict): string =>
  reasons.includes('no-interface')
    ? 'No interface had the group.'
    : `Nothing used it in ${Math.round(evidence.observedDays * 10) / 10} days of logs.`;

/** Parts of rules that pins on blocks and ports keep; they are admitted at every point of the curve. */
export function pinnedParts(open: readonly SecurityGroupRule[], pins: readonly Pin[]): SecurityGroupRule[] {
  return open.flatMap((rule) =>
    pins.flatMap((pin): SecurityGroupRule[] => {
      if (pin.kind === 'rule' || (pin.groupId !== null && pin.groupId !== rule.groupId)) return [];
      return (pin.kind === 'cidr' ? blockOf(rule, pin.cidr) : portOf(rule, pin.protocol, pin.port)) ?? [];
    }),
  );
}

/**
 * Parts of rules that may have admitted connections of which it is not certain who opened them: for each protocol the
 * ports from the first to the last that may be meant, and the rule's own block. They stay at every point of the curve.
 */
export function guessedParts(open: readonly SecurityGroupRule[], services: readonly Service[]): SecurityGroupRule[] {
  const parts = new Map<string, SecurityGroupRule>();
  for (const { isGuess, ports, protocol, ruleIds } of services) {
    if (!isGuess || ports === null) continue;
    for (const rule of open) {
      if (!ruleIds.includes(rule.id) || rule.peer.kind !== 'cidr') continue;
      const key = `${rule.id} ${protocol}`;
      const known = parts.get(key);
      const [first, last] = hasPorts(protocol) ? ports : [null, null];
      parts.set(key, {
        ...rule,
        protocol: ec2Protocol(protocol),
        fromPort: least(known?.fromPort, first),
        toPort: greatest(known?.toPort, last),
      });
    }
  }
  return [...parts.values()];
}

const least = (a: number | null | undefined, b: number | null): number | null =>
  a == null || b === null ? b : Math.min(a, b);

const greatest = (a: number | null | undefined, b: number | null): number | null =>
  a == null || b === null ? b : Math.max(a, b);

function blockOf(rule: SecurityGroupRule, cidr: string): SecurityGroupRule[] | null {
  if (rule.peer.kind !== 'cidr') return null;
  const [own, wanted] = [parsePrefix(rule.peer.cidr), parsePrefix(cidr)];
  if (own === null || wanted === null || own.family !== wanted.family) return null;
  const [narrow, wide] = own.length >= wanted.length ? [own, wanted] : [wanted, own];
  const shift = BigInt((own.family === 4 ? 32 : 128) - wide.length);
  if (narrow.first >> shift !== wide.first >> shift) return null;
  return [narrow === own ? rule : { ...rule, peer: { kind: 'cidr', cidr } }];
}

function portOf(rule: SecurityGroupRule, protocol: string, port: number): SecurityGroupRule[] | null {
  if (rule.protocol !== '-1' && rule.protocol !== protocol) return null;
  const { ports } = toRuleMatch(rule);
  if (!ports.contains(port)) return null;
  if (rule.protocol === protocol && ports.equals(PortSet.of([port, port]))) return [rule];
  return [{ ...rule, protocol, fromPort: port, toPort: port }];
}
