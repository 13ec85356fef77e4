/**
 * What the evidence leaves open about one instant: a list of choices, each with all its options. One option of each
 * choice makes a state in which the question "which rules admit this packet?" has one answer.
 *
 * How far captures speak for an option:
 *
 *   shown      they show it so, or show something that was not there (yet, or any more)
 *   hinted     they tell that it may have been: an address is a member's in one capture and not in both, the entries of
 *              a list are not known or changed more than once, a peering was deleted since
 *   unseen     nothing tells that it was, and nothing that it was not: an interface that lived in between, other groups
 *              on one that held an address, other entries of a list that is captured once
 *   attached   other groups on the packet's own interface, where not both captures show it
 *
 * Where both neighbouring captures exist, a thing that both show was at each instant as the one or as the other shows it.
 */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot, NetworkInterface, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { type Around, interfaceIn, stoodThroughout } from './around.ts';
import { type GroupPeer, meaningOf } from './documents.ts';
import type { Evidence } from './evidence.ts';
import { holderOf, isUp } from './firewall.ts';
import { isInAny } from './packet.ts';

export interface Instant {
  /** Groups of the packet's interface. */
  groups: ReadonlySet<string>;
  /** By rule id; null: not in force. */
  readonly rules: Map<string, SecurityGroupRule | null>;
  /** By list id: whether it holds the peer's address. */
  readonly listed: Map<string, boolean>;
  /** By peering id. */
  readonly up: Map<string, boolean>;
  /** By VPC: the groups of the interface that holds the peer's address there. */
  readonly peerGroups: Map<string, ReadonlySet<string>>;
}

/** Ascending. */
export const DOUBTS = ['shown', 'hinted', 'unseen', 'attached'] as const;
export type Doubt = (typeof DOUBTS)[number];

export interface Option {
  readonly doubt: Doubt;
  readonly set: (instant: Instant) => void;
}

/** Never empty. */
export type Choice = readonly Option[];

/** All that one connection's choices are made from. */
export interface Setting {
  readonly evidence: Evidence;
  readonly around: Around;
  readonly conversation: Conversation;
}

/** The choices that can matter, given the rules that may admit the packet if all else is right. */
export function choicesFor(setting: Setting, relevant: readonly SecurityGroupRule[]): Choice[] {
  const peers = relevant.map(({ peer }) => peer);
  const lists = new Set(peers.flatMap((peer) => (peer.kind === 'prefix-list' ? peer.prefixListId : [])));
  const references = relevant.flatMap((rule) => (rule.peer.kind === 'group' ? { rule, peer: rule.peer } : []));
  const peerings = new Set(references.flatMap(({ peer }) => peer.peeringConnectionId ?? []));
  const membersIn = new Map<string, Set<string>>();
  for (const { rule, peer } of references) {
    const vpcId = vpcOfMembers(setting.around, rule, peer);
    membersIn.set(vpcId, (membersIn.get(vpcId) ?? new Set()).add(peer.groupId));
  }
  return [
    attachment(setting, new Set(relevant.map(({ groupId }) => groupId))),
    ...Array.from(new Set(relevant.map(({ id }) => id)), (id) => ruleChoice(setting, id)),
    ...Array.from(lists, (id) => listChoice(setting, id)),
    ...Array.from(peerings, (id) => peeringChoice(setting, id)),
    ...Array.from(membersIn, ([vpcId, groupIds]) => holderChoice(setting, vpcId, groupIds)),
  ];
}

/** Where the members of a referenced group are: in the VPC of the rule's own group, or at the far end of the peering. */
export function vpcOfMembers({ shown }: Around, rule: SecurityGroupRule, peer: GroupPeer): string {
  if (peer.peeringConnectionId !== null) return peer.vpcId as string;
  return shown.flatMap(({ groups }) => groups).find(({ id }) => id === rule.groupId)?.vpcId as string;
}

function attachment({ around, conversation }: Setting, relevant: ReadonlySet<string>): Choice {
  const before = interfaceIn(around.before, conversation.interfaceId);
  const after = interfaceIn(around.after, conversation.interfaceId);
  const option = (groups: ReadonlySet<string>, doubt: Doubt): Option => ({
    doubt,
    set: (instant) => {
      instant.groups = groups;
    },
  });
  if (before && after) return [before, after].map(({ groupIds }) => option(new Set(groupIds), 'shown'));
  const shown = new Set((before ?? after)?.groupIds);
  return subsetsOf(relevant).map((groups) => option(groups, isWithin(groups, shown) ? 'shown' : 'attached'));
}

function ruleChoice({ around }: Setting, id: string): Choice {
  const option = (rule: SecurityGroupRule | null): Option => ({
    doubt: 'shown',
    set: ({ rules }) => rules.set(id, rule),
  });
  const inCapture = (snapshot: InventorySnapshot) =>
    snapshot.groups.flatMap(({ rules }) => rules).find((rule) => rule.id === id) ?? null;
  const states = around.shown.map(inCapture);
  const isSteady = states.length === 2 && textOf(states[0]) === textOf(states[1]);
  if (isSteady) return [option(states[0] ?? null)];
  return states.length === 2 ? states.map(option) : [option(states[0] ?? null), option(null)];
}

const textOf = (rule: SecurityGroupRule | null | undefined): string | null => (rule ? meaningOf(rule) : null);

function listChoice({ around, conversation }: Setting, id: string): Choice {
  const option =
    (doubt: Doubt) =>
    (isListed: boolean): Option => ({
      doubt,
      set: ({ listed }) => listed.set(id, isListed),
    });
  const anything = (doubt: Doubt) => [option('shown')(false), option(doubt)(true)];
  const lists = around.shown.map(({ prefixLists }) => prefixLists.find((list) => list.id === id));
  const states = lists.map(
    (list) =>
      list?.entries &&
      isInAny(
        list.entries.map(({ cidr }) => cidr),
        conversation.peerAddress,
      ),
  );
  if (!states.every((state) => typeof state === 'boolean')) return anything('hinted');
  const asShown = states.map(option('shown'));
  const [first, last] = lists.map((list) => list?.version ?? null);
  if (lists.length === 2)
    return Math.abs(Number(last) - Number(first)) > 1 ? [...asShown, ...anything('hinted')] : asShown;
  // AWS's own lists have no version. A list's first version says that it never changed before, not that it never will.
  const isFixed = first === null || (around.before === undefined && first === 1);
  return isFixed ? asShown : [...asShown, ...anything('unseen')];
}

function peeringChoice({ around }: Setting, id: string): Choice {
  const option =
    (doubt: Doubt) =>
    (isUpThen: boolean): Option => ({ doubt, set: ({ up }) => up.set(id, isUpThen) });
  const asShown = around.shown.map((snapshot) => isUp(snapshot, id)).map(option('shown'));
  if (around.shown.length === 2) return asShown;
  // What was deleted was up before; it never is again.
  const wasUp = around.before === undefined ? [option('hinted')(true)] : [];
  return [...asShown, option('shown')(false), ...wasUp];
}

/** Who holds the peer's address in a VPC; of its groups only the referenced ones matter. */
function holderChoice(setting: Setting, vpcId: string, referenced: ReadonlySet<string>): Choice {
  const { around, conversation } = setting;
  const option = (groups: ReadonlySet<string>, doubt: Doubt): Option => ({
    doubt,
    set: ({ peerGroups }) => peerGroups.set(vpcId, groups),
  });
  if (!mayHold(around, vpcId, conversation.peerAddress)) return [option(new Set(), 'shown')];
  const holders = around.shown.map((snapshot) => holderOf(snapshot, vpcId, conversation.peerAddress));
  const [first, last] = holders;
  if (holders.length === 2 && first && last && first.id === last.id) {
    return [first, last].map(({ groupIds }) => option(new Set(groupIds), 'shown'));
  }
  const shown = holders.flatMap((holder) => (holder ? [holder] : []));
  const doubtOf = (groups: ReadonlySet<string>): Doubt => {
    const isAs = (one: NetworkInterface) => isWithin(groups, new Set(one.groupIds));
    if (
      groups.size === 0 ||
      (holders.length === 1 && shown.some((one) => isAs(one) && isCertainHolder(setting, one)))
    ) {
      return 'shown';
    }
    return shown.some(isAs) ? 'hinted' : 'unseen';
  };
  return subsetsOf(referenced).map((groups) => option(groups, doubtOf(groups)));
}

const isCertainHolder = ({ evidence, around, conversation }: Setting, one: NetworkInterface): boolean =>
  one.addresses[0] === conversation.peerAddress && stoodThroughout(evidence, one, around);

/** Private and shared IPv4 addresses: what a VPC may have whose ranges are not known. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

export function mayHold({ shown }: Around, vpcId: string, address: string): boolean {
  const cidrs = shown.flatMap(({ vpcs }) => vpcs.filter(({ id }) => id === vpcId)).flatMap((vpc) => vpc.cidrs);
  return isInAny(cidrs.length > 0 ? cidrs : PRIVATE, address);
}

const isWithin = (part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean =>
  [...part].every((item) => whole.has(item));

function subsetsOf<T>(items: ReadonlySet<T>): ReadonlySet<T>[] {
  let subsets: ReadonlySet<T>[] = [new Set()];
  for (const item of items) subsets = subsets.flatMap((subset) => [subset, new Set([...subset, item])]);
  return subsets;
}
