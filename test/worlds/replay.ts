/**
 * Replays on tiny accounts beside the truth: a random change, and of each connection what it would really have met. The
 * past that a replay is about is the true one with the rules and entries of the newest capture. Faults are
 *
 *   kept           but admitted before the change and not after it
 *   cut            but not admitted before, or still admitted after it
 *   newlyAdmitted  but admitted before, or not after it
 *   notToday       but admitted before
 *   nothing        of a rejected one that only the change would have let in
 *
 * where the truth breaks no assumption by name: those of `@flowfit/testkit/worlds/truth`, and `attached`, an interface
 * that captures of one side show with other groups than it had.
 */
import { applyChange, type ChangeSet, withTodaysRules } from '@flowfit/core/change/change-set';
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { ReplayFold } from '@flowfit/core/replay/fold';
import type { Outcome } from '@flowfit/core/replay/model';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { classOfPort } from '@flowfit/core/security-group/port-classes';
import { Random } from '@flowfit/testkit/account/random';
import { makeTinyAccount, type TinyAccount } from '@flowfit/testkit/worlds/account';
import { around, interfaceIn } from '@flowfit/testkit/worlds/around';
import { meaningOf, ruleOf } from '@flowfit/testkit/worlds/documents';
import { admittingRules } from '@flowfit/testkit/worlds/firewall';
import { stateAt } from '@flowfit/testkit/worlds/history';
import { Scene } from '@flowfit/testkit/worlds/truth';
import { CIDRS, ENTRIES, serviceText } from '@flowfit/testkit/worlds/vocabulary';
import { Tally } from '../truth/tally.ts';

export interface ReplayComparison {
  /** `outcome truth`. */
  readonly outcomes: Tally;
  /** Outcomes that the truth contradicts, by the assumptions that it breaks. */
  readonly broken: Tally;
  readonly faults: readonly string[];
}

export function compareReplays({ first, count }: { readonly first: number; readonly count: number }): ReplayComparison {
  const comparison = { outcomes: new Tally(), broken: new Tally(), faults: [] as string[] };
  for (let seed = first; seed < first + count; seed++) compareOne(makeTinyAccount(seed), comparison);
  return comparison;
}

interface Mutable extends ReplayComparison {
  readonly faults: string[];
}

function compareOne(account: TinyAccount, { outcomes, broken, faults }: Mutable): void {
  const { evidence, seed } = account;
  const timeline = createTimeline(evidence.snapshots);
  const today = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
  const change = randomChange(new Random(seed, 7), today);
  const options = { windowGap: timeline.gapAt(evidence.window.from), lives: livesOf(account) };
  const classes = new Attributor(timeline, options);
  evidence.conversations.forEach((conversation, index) => {
    const fold = new ReplayFold({ snapshots: evidence.snapshots, timeline, change }, options);
    fold.add(asStored(classes, conversation));
    const [outcome = 'none'] = Object.entries(fold.result().connections).flatMap(([name, n]) => (n > 0 ? [name] : []));
    const truth = truthOf(account, index, today, change);
    const passes = `${truth.today ? 'passes' : 'fails'} ${truth.proposed ? 'passes' : 'fails'}`;
    outcomes.add(`${outcome} ${passes}`);
    if (!isWrong(outcome as Outcome, truth)) return;
    const excuses = excusesFor(account, index, conversation);
    if (excuses.length > 0) broken.add(`${outcome}: ${excuses.join(' ')}`);
    else faults.push(`seed ${seed}, connection ${index}: ${outcome}, but ${passes}\n${describe(conversation, change)}`);
  });
}

const isWrong = (outcome: Outcome | 'none', { today, proposed }: Truth): boolean => {
  if (outcome === 'kept') return today && !proposed;
  if (outcome === 'cut') return !today || proposed;
  if (outcome === 'newlyAdmitted') return today || !proposed;
  if (outcome === 'none') return !today && proposed;
  return outcome === 'notToday' && today;
};

interface Truth {
  readonly today: boolean;
  readonly proposed: boolean;
}

function truthOf(account: TinyAccount, index: number, today: InventorySnapshot, change: ChangeSet): Truth {
  const { at, interface: here, packet } = account.encounters[index] as TinyAccount['encounters'][number];
  const then = stateAt(account.history, at);
  const entries = new Map(then.prefixLists.map((list) => [list.id, list.entries]));
  const [before] = withTodaysRules([then], today);
  if (before === undefined) throw new Error('no state');
  const known = {
    ...before,
    groups: [...before.groups, ...today.groups.filter(({ id }) => !before.groups.some((group) => group.id === id))],
    prefixLists: before.prefixLists.map((list) => ({ ...list, entries: list.entries ?? entries.get(list.id) ?? null })),
  };
  const passes = (state: InventorySnapshot): boolean => {
    const one = interfaceIn(state, here.id);
    return one !== undefined && admittingRules(state, one, packet).length > 0;
  };
  return { today: passes(known), proposed: passes(applyChange(known, change)) };
}

function excusesFor(account: TinyAccount, index: number, conversation: Conversation): string[] {
  const excuses = new Set<string>(new Scene(account, index).excusesForFalse(''));
  const isOpen = conversation.initiator === 'unknown' || conversation.localPort !== null;
  if (isOpen) excuses.delete('inference');
  const { before, after } = around(account.evidence, conversation.epoch);
  const { interface: here } = account.encounters[index] as TinyAccount['encounters'][number];
  const sightings = [interfaceIn(before, here.id), interfaceIn(after, here.id)].filter((one) => one !== undefined);
  const [only] = sightings;
  if (sightings.length === 1 && only?.groupIds.join() !== here.groupIds.join()) excuses.add('attached');
  return [...excuses].sort();
}

const livesOf = ({ evidence: { window, logged } }: TinyAccount) => ({
  window,
  existedFrom: new Map(Array.from(logged, ([id, { from }]) => [id, from])),
  existedUntil: new Map(Array.from(logged, ([id, { to }]) => [id, to])),
});

/** As the roll-up keeps it: of open ports only the class. */
function asStored(attributor: Attributor, conversation: Conversation): Conversation {
  const classes = attributor.portClasses(conversation.interfaceId, conversation.epoch);
  const firstOf = (port: number | null) => (port === null ? null : (classes[classOfPort(classes, port)] as number));
  return {
    ...conversation,
    localPort: firstOf(conversation.localPort),
    peerPort: firstOf(conversation.peerPort),
  };
}

/** Of rules, mostly narrower ones; sometimes of groups on interfaces and of entries. */
function randomChange(random: Random, today: InventorySnapshot): ChangeSet {
  const groups = today.groups.flatMap((group) => {
    if (random.chance(0.3)) return [];
    const after = group.rules.flatMap((rule) => changed(random, rule));
    const more = random.chance(0.3) ? [otherRule(random, group)] : [];
    return [toChange(group, [...after, ...more.filter((rule) => !isAmong(rule, after))])];
  });
  const interfaces = today.interfaces.flatMap(({ id, groupIds, vpcId }) => {
    if (!random.chance(0.15)) return [];
    const fitting = today.groups.filter((group) => group.vpcId === vpcId).map((group) => group.id);
    const removed = groupIds.filter(() => random.chance(0.5));
    const added = fitting.filter((groupId) => !groupIds.includes(groupId) && random.chance(0.4));
    return [{ interfaceId: id, added, removed }];
  });
  const prefixLists = today.prefixLists.flatMap(({ id, entries }) => {
    if (entries === null || !random.chance(0.3)) return [];
    const cidrs = ENTRIES.filter(() => random.chance(0.4)).map((cidr) => ({ cidr, description: '' }));
    return [{ prefixListId: id, before: entries, after: random.chance(0.2) ? null : cidrs }];
  });
  // Entries that the change leaves unknown are whatever they are: the truth keeps those of today.
  return { groups, interfaces, prefixLists: prefixLists.filter(({ after }) => after !== null) };
}

const isAmong = (rule: SecurityGroupRule, rules: readonly SecurityGroupRule[]): boolean =>
  rules.some((one) => meaningOf(one) === meaningOf(rule));

const toChange = ({ id, groupName, vpcId, rules }: SecurityGroup, after: readonly SecurityGroupRule[]) =>
  ({ groupId: id, groupName, vpcId, before: rules, after, fate: 'changed' }) as const;

function changed(random: Random, rule: SecurityGroupRule): readonly SecurityGroupRule[] {
  const draw = random.next();
  if (draw < 0.45) return [rule];
  if (draw < 0.65) return [];
  const [direction, protocol, ports, peer] = meaningOf(rule).split(' ');
  const [newProtocol, newPorts] = serviceText(random).split(' ');
  const text =
    draw < 0.85
      ? [direction, protocol, ports, random.pick(CIDRS)].join(' ')
      : [direction, newProtocol, newPorts, peer].join(' ');
  return [ruleOf(`${rule.id}-new`, rule.groupId, text)];
}

const otherRule = (random: Random, { id }: SecurityGroup): SecurityGroupRule =>
  ruleOf(`sgr-${id}-more`, id, `${random.pick(['inbound', 'outbound'])} ${serviceText(random)} ${random.pick(CIDRS)}`);

const describe = (conversation: Conversation, { groups, interfaces, prefixLists }: ChangeSet): string =>
  [
    JSON.stringify(conversation),
    ...groups.map(
      ({ groupId, before, after }) =>
        `${groupId}: ${before.map(meaningOf).join('; ')} → ${after.map(meaningOf).join('; ')}`,
    ),
    JSON.stringify({ interfaces, prefixLists }),
  ].join('\n');
