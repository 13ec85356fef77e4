import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, cidrPeer, plainGroupPeer, rules } from '../../test/accounts.ts';
import { CHANGE, CONTEXT, ruleOf } from '../../test/change-example.ts';
import { type ChangeSet, NO_CHANGE } from '../change/change-set.ts';
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';
import { admitsByBruteForce } from '../security-group/brute-force.ts';
import type { FirstPacket } from '../security-group/packet.ts';
import { awsKey } from './aws-rule.ts';
import type { PatchContext } from './model.ts';
import { fitsQuota } from './quota.ts';
import { planSteps, rollbackStepsOf, type Step, stepsOf } from './steps.ts';
import { targetsOf } from './target.ts';

const changeOf = (before: readonly SecurityGroupRule[], after: readonly SecurityGroupRule[]): ChangeSet => ({
  ...NO_CHANGE,
  groups: [{ groupId: 'sg-a', groupName: 'a', vpcId: 'vpc-1', before, after, fate: 'changed' }],
});

/** The rules of the group after each single rule of the steps, by what AWS takes for the same. */
function* states(before: readonly SecurityGroupRule[], steps: readonly Step[]) {
  const present = new Map(before.map((rule) => [awsKey(rule), rule]));
  for (const { action, rules: some } of steps) {
    for (const rule of some) {
      // AWS refuses what is there already, and what is not there.
      expect(present.has(awsKey(rule))).toBe(action === 'revoke');
      if (action === 'authorize') present.set(awsKey(rule), rule);
      else present.delete(awsKey(rule));
      yield present;
    }
  }
}

const keysOf = (some: Iterable<SecurityGroupRule>) => new Set([...some].map(awsKey));

const someRules = rules('sg-a', fc.oneof(cidrPeer, cidrPeer, plainGroupPeer)).map((list) => [
  ...new Map(list.map((rule) => [awsKey(rule), rule])).values(),
]);
/** Rules, and others of which some are the same. */
const twoSets = fc
  .tuple(someRules, someRules, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
  .map(([before, others, stays]) => {
    const after = [...before.filter((_, index) => stays[index]), ...others];
    return { before, after: [...new Map(after.map((rule) => [awsKey(rule), rule])).values()] };
  });
const withLimit = (rulesPerGroup: number): PatchContext => ({ ...CONTEXT, rulesPerGroup });

const withRules = (account: InventorySnapshot, some: Iterable<SecurityGroupRule>): InventorySnapshot => ({
  ...account,
  groups: account.groups.map((group) => (group.id === 'sg-a' ? { ...group, rules: [...some] } : group)),
});

const PACKETS: readonly FirstPacket[] = (['inbound', 'outbound'] as const).flatMap((direction) =>
  [6, 17, 1, 58].flatMap((protocol) =>
    [22, 443, 8080].flatMap((servicePort) =>
      ['10.0.0.1', '10.0.0.128', '10.9.0.1', '192.0.2.1', '2001:db8::1', '2001:db8:1::1'].map((peerAddress) => ({
        vpcId: 'vpc-1',
        groupIds: ['sg-a'],
        direction,
        protocol,
        servicePort,
        peerAddress,
      })),
    ),
  ),
);

describe('steps', () => {
  it('authorize everything in all groups, then revoke', () => {
    const steps = stepsOf(CHANGE, CONTEXT).map(({ action, groupId, rules: some }) => [action, groupId, some.length]);
    expect(steps).toEqual([
      ['authorize', 'sg-0aa0000000000000a', 3],
      ['authorize', 'sg-0bb0000000000000b', 1],
      ['revoke', 'sg-0aa0000000000000a', 3],
      ['revoke', 'sg-0bb0000000000000b', 1],
    ]);
  });

  it('leave alone what AWS takes for the same rule, however it is said', () => {
    const before = [
      ruleOf('sg-a', 'inbound tcp all from 10.0.0.0/8', 'sgr-1', 'A'),
      ruleOf('sg-a', 'inbound icmp all from 10.0.0.0/8', 'sgr-2'),
    ];
    const after = [
      ruleOf('sg-a', 'inbound tcp 0-65535 from 10.0.0.0/8', null, 'B'),
      { ...ruleOf('sg-a', 'inbound icmp 8 from 10.0.0.0/8', null), fromPort: -1, toPort: -1 },
    ];
    expect(stepsOf(changeOf(before, after), CONTEXT)).toEqual([]);
  });

  it('of a large group are several calls', () => {
    const before = Array.from({ length: 250 }, (_, port) =>
      ruleOf('sg-a', `inbound tcp ${port} from 10.0.0.0/8`, null),
    );
    const steps = stepsOf(changeOf(before, []), withLimit(1_000));
    expect(steps.map(({ rules: some }) => some.length)).toEqual([100, 100, 50]);
  });

  it('take turns where both rule sets do not fit the quota together', () => {
    const before = [1, 2].map((n) => ruleOf('sg-a', `inbound tcp ${n} from 0.0.0.0/0`, `sgr-${n}`));
    const after = [1, 2].map((n) => ruleOf('sg-a', `inbound tcp ${n} from 192.0.2.0/24`, null));
    const { steps, tight } = planSteps(targetsOf(changeOf(before, after), CONTEXT), withLimit(3));
    expect(tight).toEqual([{ groupId: 'sg-a', direction: 'inbound', solved: true }]);
    expect(steps.map(({ action, rules: [rule] }) => `${action} ${rule?.fromPort}`)).toEqual([
      'authorize 1',
      'revoke 1',
      'authorize 2',
      'revoke 2',
    ]);
  });

  it('count a prefix list by its entries, and authorize first where no order fits', () => {
    const before = [ruleOf('sg-a', 'inbound tcp 1 from 0.0.0.0/0', 'sgr-1')];
    const after = [ruleOf('sg-a', 'inbound tcp 1 from pl-1', null)];
    const context = { ...CONTEXT, prefixListEntries: new Map([['pl-1', 60]]) };
    const { steps, tight } = planSteps(targetsOf(changeOf(before, after), context), context);
    expect(tight).toEqual([{ groupId: 'sg-a', direction: 'inbound', solved: false }]);
    expect(steps.map(({ action }) => action)).toEqual(['authorize', 'revoke']);
  });

  it('end with the rules of the change, and back again', () => {
    fc.assert(
      fc.property(twoSets, fc.integer({ min: 1, max: 12 }), ({ before, after }, limit) => {
        const change = changeOf(before, after);
        const last = [...states(before, stepsOf(change, withLimit(limit)))].at(-1);
        expect(keysOf(last?.values() ?? before)).toEqual(keysOf(after));
        const undone = [...states(after, rollbackStepsOf(change, withLimit(limit)))].at(-1);
        expect(keysOf(undone?.values() ?? after)).toEqual(keysOf(before));
      }),
    );
  });

  it('never cut what is admitted before and after, one rule at a time', () => {
    let [tried, inTurns] = [0, 0];
    const limits = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(accounts(), twoSets, limits, (account, { before, after }, limit) => {
        const change = changeOf(before, after);
        const admitted = (rulesNow: Iterable<SecurityGroupRule>) => {
          const state = withRules(account, rulesNow);
          return PACKETS.filter((packet) => admitsByBruteForce(state, packet).certain.length > 0);
        };
        const later = new Set(admitted(after));
        const both = admitted(before).filter((packet) => later.has(packet));
        const stay = [...keysOf(before)].filter((key) => keysOf(after).has(key));
        tried += both.length;
        const { steps, tight } = planSteps(targetsOf(change, CONTEXT), withLimit(limit));
        inTurns += tight.filter(({ solved }) => solved).length;
        for (const present of states(before, steps)) {
          expect([...present.keys()]).toEqual(expect.arrayContaining(stay));
          expect(admitted(present.values())).toEqual(expect.arrayContaining(both));
        }
      }),
    );
    expect(tried).toBeGreaterThan(500);
    expect(inTurns).toBeGreaterThan(3);
  });

  it('that take turns never pass the quota', () => {
    fc.assert(
      fc.property(twoSets, fc.integer({ min: 1, max: 8 }), ({ before, after }, limit) => {
        const { steps, tight } = planSteps(targetsOf(changeOf(before, after), CONTEXT), withLimit(limit));
        const solved = tight.filter((place) => place.solved).map(({ direction }) => direction);
        for (const present of states(before, steps)) {
          for (const direction of solved) {
            const there = [...present.values()].filter((rule) => rule.direction === direction);
            expect(fitsQuota(there, withLimit(limit))).toBe(true);
          }
        }
      }),
    );
  });
});
