/**
 * What really was, beside what may be concluded from the evidence. A conclusion may differ from the truth only where
 * the truth breaks an assumption by name:
 *
 *   steady       between two captures something was as neither of them shows it
 *   shown-first  a rule, or a meaning of one, that no neighbouring capture shows admitted what shown ones explain as well
 *   persistence  where one capture shows the interface: what it shows explains the connection, but something else was it
 *   records      an interface that its records show in the first or last hour did not have its address for all of it
 *   inference    the ports tell of the wrong opener
 */
import type { NetworkInterface, SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { TinyAccount } from './account.ts';
import { type Around, around, interfaceIn, stoodThroughout } from './around.ts';
import type { Encounter } from './connections.ts';
import { meaningOf } from './documents.ts';
import { admittingRules, holderOf } from './firewall.ts';
import { stateAt } from './history.ts';
import { readingsOf } from './readings.ts';

export const ASSUMPTIONS = ['steady', 'shown-first', 'persistence', 'records', 'inference'] as const;
export type Assumption = (typeof ASSUMPTIONS)[number];

/** One connection as it was, and what the captures next to it show. */
export class Scene {
  readonly encounter: Encounter;
  readonly #account: TinyAccount;
  readonly #around: Around;
  readonly #index: number;

  constructor(account: TinyAccount, index: number) {
    this.#account = account;
    this.#index = index;
    this.encounter = account.encounters[index] as Encounter;
    this.#around = around(account.evidence, account.evidence.conversations[index]?.epoch ?? -1);
  }

  /** Why the evidence may fail to show that a rule admitted the connection, though it did. */
  excusesForMissing(rule: SecurityGroupRule): Set<Assumption> {
    const broken = new Set<Assumption>();
    const { interface: here } = this.encounter;
    if (!this.#isShown(rule)) broken.add(this.#isInBoth(rule) ? 'steady' : 'shown-first');
    if (this.#isBracketed() && !this.#groupsShown().some((groups) => groups.includes(rule.groupId)))
      broken.add('steady');
    if (rule.peer.kind !== 'group') return broken;
    const vpcId = rule.peer.peeringConnectionId === null ? here.vpcId : rule.peer.vpcId;
    if (this.#isHolderUnsteady(vpcId)) broken.add('steady');
    return broken;
  }

  /** Why the evidence may show that a rule admitted it, though it did not. */
  excusesForFalse(ruleId: string): Set<Assumption> {
    const broken = new Set<Assumption>();
    const { interface: here, packet, admittedBy } = this.encounter;
    const conversation = this.#account.evidence.conversations[this.#index];
    const [likely] = conversation ? readingsOf(conversation) : [];
    if (likely?.direction !== packet.direction) broken.add('inference');
    const rule = this.#rulesNow().find(({ id }) => id === ruleId);
    if (rule && this.#isInBoth(rule) && !this.#isShown(rule)) broken.add('steady');
    const isAsShown = this.#groupsShown().some((groups) => groups.join() === here.groupIds.join());
    if (this.#isBracketed() && !isAsShown) broken.add('steady');
    for (const vpcId of new Set(this.#around.shown.flatMap(({ groups }) => groups.map((group) => group.vpcId)))) {
      if (this.#isHolderUnsteady(vpcId)) broken.add('steady');
      if (this.#isHolderOther(vpcId)) broken.add('records');
    }
    if (!admittedBy.some((one) => this.#explains(one))) broken.add(this.#isBracketed() ? 'shown-first' : 'persistence');
    return broken;
  }

  /** Where one capture shows the interface, by that capture alone: with the members and entries that it shows. */
  #explains(rule: SecurityGroupRule): boolean {
    if (!this.#isShown(rule)) return false;
    if (this.#isBracketed()) return this.#groupsShown().some((groups) => groups.includes(rule.groupId));
    const { interface: here, packet } = this.encounter;
    return this.#around.shown.some((snapshot) => {
      const found = interfaceIn(snapshot, here.id);
      return found && admittingRules(snapshot, found, packet).some(({ id }) => id === rule.id);
    });
  }

  #rulesNow(): readonly SecurityGroupRule[] {
    return stateAt(this.#account.history, this.encounter.at).groups.flatMap(({ rules }) => rules);
  }

  /** With the meaning that it had. */
  #isShown(rule: SecurityGroupRule): boolean {
    return this.#sightings(rule).some((one) => meaningOf(one) === meaningOf(rule));
  }

  #isInBoth(rule: SecurityGroupRule): boolean {
    return this.#sightings(rule).length === 2;
  }

  #sightings({ id }: SecurityGroupRule): SecurityGroupRule[] {
    return this.#around.shown.flatMap(({ groups }) =>
      groups.flatMap(({ rules }) => rules.filter((one) => one.id === id)),
    );
  }

  #isBracketed(): boolean {
    return this.#around.before !== undefined && this.#around.after !== undefined && this.#groupsShown().length === 2;
  }

  #groupsShown(): (readonly string[])[] {
    return this.#around.shown.flatMap((one) => {
      const found = interfaceIn(one, this.encounter.interface.id);
      return found ? [found.groupIds] : [];
    });
  }

  /** An interface has the peer's address in both captures, and did not have it then, or not the groups of either. */
  #isHolderUnsteady(vpcId: string | null): boolean {
    const holders = this.#holders(vpcId);
    const [first, last] = holders;
    if (this.#around.shown.length < 2 || !first || first.id !== last?.id) return false;
    const now = this.#holderNow(vpcId);
    return now?.id !== first.id || ![first, last].some(({ groupIds }) => groupIds.join() === now.groupIds.join());
  }

  /** The only capture shows a holder that its records show to have been there, and another one was. */
  #isHolderOther(vpcId: string | null): boolean {
    const [holder] = this.#holders(vpcId);
    if (this.#around.shown.length !== 1 || !holder) return false;
    return stoodThroughout(this.#account.evidence, holder, this.#around) && this.#holderNow(vpcId)?.id !== holder.id;
  }

  #holders(vpcId: string | null): NetworkInterface[] {
    const { peerAddress } = this.encounter.packet;
    return this.#around.shown.flatMap((snapshot) => holderOf(snapshot, vpcId, peerAddress) ?? []);
  }

  #holderNow(vpcId: string | null): NetworkInterface | undefined {
    return holderOf(stateAt(this.#account.history, this.encounter.at), vpcId, this.encounter.packet.peerAddress);
  }
}
