/** A tiny account that changes: what events are applied to. Every random choice is one of few. */
import type { InventorySnapshot, SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { Random } from '../account/random.ts';
import { groupOf, interfaceOf, listOf, meaningOf, peeringOf, ruleOf, snapshotOf, vpcOf } from './documents.ts';
import { CIDRS, ENTRIES, FAR, HOME, type Place, serviceText } from './vocabulary.ts';

export interface DraftInterface {
  readonly id: string;
  readonly place: Place;
  readonly addresses: string[];
  readonly groupIds: Set<string>;
  readonly attachedAt: number | null;
}

interface DraftGroup {
  readonly id: string;
  readonly place: Place;
  readonly rules: SecurityGroupRule[];
}

export const LIST = 'pl-1';
/** AWS's own: captures do not show its entries. */
export const AWS_LIST = 'pl-aws';
const PEERING = 'pcx-1';

export class Draft {
  readonly interfaces: DraftInterface[] = [];
  readonly groups: DraftGroup[] = [];
  readonly isPeered: boolean;
  readonly #random: Random;
  readonly #lists: Set<string>;
  readonly #entries: Set<string>;
  #version: number;
  #peeringStatus = 'active';
  #interfaceCount = 0;
  #ruleCount = 0;

  constructor(random: Random, at: number) {
    this.#random = random;
    this.isPeered = random.chance(0.4);
    this.#lists = new Set(random.chance(0.1) ? [LIST, AWS_LIST] : [LIST]);
    this.#version = random.pick([1, 1, 2, 5]);
    this.#entries = new Set([random.pick(ENTRIES), random.pick(ENTRIES)]);
    const names = ['sg-a', 'sg-b', 'sg-c', 'sg-d'].slice(0, random.between(2, 4));
    names.forEach((id, index) => {
      const isFar = this.isPeered && (index === 1 || (index === 3 && random.chance(0.5)));
      this.groups.push({ id, place: isFar ? FAR : HOME, rules: [] });
    });
    for (const group of this.groups) {
      if (random.chance(0.4)) this.#add(group, 'outbound -1 * 0.0.0.0/0');
      for (let count = random.between(1, 3); count > 0; count--) this.authorise(group);
    }
    // The first interface stays, so that every capture shows some.
    for (let count = random.between(2, 4); count > 0; count--) this.launch(at);
  }

  get peeringId(): string | null {
    return this.isPeered && this.#peeringStatus === 'active' ? PEERING : null;
  }

  /** Null: no address is free. */
  launch(at: number, wanted?: { readonly address: string; readonly place: Place }): DraftInterface | null {
    const place = wanted?.place ?? this.#random.pick(this.groups).place;
    const free = this.freeAddresses(place);
    const address = wanted?.address ?? (free.length > 0 ? this.#random.pick(free) : null);
    if (address === null) return null;
    const one: DraftInterface = {
      ...{ id: `eni-${++this.#interfaceCount}`, place, addresses: [address] },
      groupIds: new Set([this.#random.pick(this.groupsAt(place)).id]),
      attachedAt: this.#random.chance(0.3) ? at : null,
    };
    if (this.#random.chance(0.4)) one.groupIds.add(this.#random.pick(this.groupsAt(place)).id);
    this.interfaces.push(one);
    return one;
  }

  terminate(id: string): void {
    this.interfaces.splice(
      this.interfaces.findIndex((one) => one.id === id),
      1,
    );
  }

  groupsAt = (place: Place): DraftGroup[] => this.groups.filter((group) => group.place === place);

  freeAddresses(place: Place): string[] {
    const taken = new Set(this.interfaces.flatMap(({ addresses }) => addresses));
    return place.addresses.filter((address) => !taken.has(address));
  }

  /** Null: a rule that the group has. */
  authorise(group: DraftGroup): string | null {
    return this.#add(group, this.#randomText(group));
  }

  /** As `ModifySecurityGroupRules` does: same id, same direction, other meaning. Null: none that the group lacks. */
  modify(group: DraftGroup, index: number): string | null {
    const old = group.rules[index] as SecurityGroupRule;
    const [direction, protocol, ports, peer] = meaningOf(old).split(' ');
    const [, newProtocol, newPorts, newPeer] = this.#randomText(group).split(' ');
    const parts = this.#random.chance(0.5) ? [newProtocol, newPorts, peer] : [protocol, ports, newPeer];
    const rule = ruleOf(old.id, group.id, [direction, ...parts].join(' '));
    if (group.rules.some((known) => meaningOf(known) === meaningOf(rule))) return null;
    group.rules[index] = rule;
    return `${rule.id} is now ${meaningOf(rule)}`;
  }

  #add(group: DraftGroup, text: string): string | null {
    const rule = ruleOf(`sgr-${++this.#ruleCount}`, group.id, text);
    if (group.rules.some((known) => meaningOf(known) === text)) return null;
    group.rules.push(rule);
    return `${group.id} gets ${rule.id} ${text}`;
  }

  #randomText(group: DraftGroup): string {
    const direction = this.#random.chance(0.65) ? 'inbound' : 'outbound';
    return `${direction} ${serviceText(this.#random)} ${this.#randomPeer(group.place)}`;
  }

  #randomPeer(place: Place): string {
    const kind = this.#random.next();
    if (kind < 0.4) return this.#random.pick(CIDRS);
    if (kind < 0.55) return this.#random.pick([...this.#lists]);
    const group = this.#random.pick(this.groups);
    if (group.place === place) return group.id;
    return this.peeringId === null ? this.#random.pick(CIDRS) : `${group.id}@${PEERING}@${group.place.vpcId}`;
  }

  changeList(): string {
    const entry = this.#random.pick(ENTRIES);
    if (!this.#entries.delete(entry)) this.#entries.add(entry);
    this.#version++;
    return `${LIST} is now version ${this.#version}: ${[...this.#entries].join(', ')}`;
  }

  deletePeering(): string {
    this.#peeringStatus = 'deleted';
    return `${PEERING} is deleted`;
  }

  /** The true state, with the entries of all lists. */
  state(at: number): InventorySnapshot {
    const lists = {
      [LIST]: { id: LIST, version: this.#version, cidrs: [...this.#entries].sort() },
      [AWS_LIST]: { id: AWS_LIST, version: null, cidrs: ['198.51.100.0/24'], ownerId: 'AWS' },
    };
    const places = this.isPeered ? [HOME, FAR] : [HOME];
    return snapshotOf(at, {
      interfaces: this.interfaces.map(({ place, groupIds, addresses, ...one }) =>
        interfaceOf({ ...one, vpcId: place.vpcId, groupIds: [...groupIds], addresses: [...addresses] }),
      ),
      groups: this.groups.map(({ id, place, rules }) => groupOf(id, place.vpcId, rules)),
      prefixLists: [...this.#lists].map((id) => listOf(lists[id as keyof typeof lists])),
      vpcs: places.map(({ vpcId, cidr }) => vpcOf(vpcId, [cidr])),
      peerings: this.isPeered ? [peeringOf(PEERING, this.#peeringStatus, HOME.vpcId, FAR.vpcId)] : [],
    });
  }
}
