/** Changes between states, what they make of a state, and the past with the rules of today. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts } from '../../test/accounts.ts';
import { ruleOf } from '../../test/change-example.ts';
import { type ExampleAccount, inventoryOf } from '../analysis/example-account.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { ruleTuple } from '../inventory/rule-id.ts';
import {
  applyChange,
  type ChangeSet,
  changeBetween,
  differenceOf,
  isEmptyChange,
  NO_CHANGE,
  rulesChange,
  withTodaysRules,
} from './change-set.ts';

const SSH = 'inbound tcp 22 from 10.0.9.0/24';
const HTTPS = 'inbound tcp 443 from 0.0.0.0/0';

const account = (some: Partial<ExampleAccount> = {}): InventorySnapshot =>
  inventoryOf({
    groups: { 'sg-a': [HTTPS, SSH], 'sg-b': [] },
    interfaces: { 'eni-1': { groups: ['sg-a'], addresses: ['10.0.0.1'] } },
    prefixLists: { 'pl-1': ['192.0.2.0/24'] },
    ...some,
  });

const rulesIn = ({ groups }: InventorySnapshot): Record<string, string[]> =>
  Object.fromEntries(groups.map(({ id, rules }) => [id, [...new Set(rules.map(ruleTuple))].sort()]));

const groupsOf = ({ interfaces }: InventorySnapshot) => interfaces.map(({ id, groupIds }) => [id, ...groupIds]);

const entriesIn = ({ prefixLists }: InventorySnapshot) => prefixLists.map(({ id, entries }) => [id, entries]);

describe('a change between two states', () => {
  it('turns the one into the other, and back', () => {
    fc.assert(
      fc.property(accounts(), accounts(), (today, other) => {
        const there = applyChange(today, changeBetween(today, other));
        expect(rulesIn(there)).toEqual(rulesIn(other));
        expect(groupsOf(there)).toEqual(groupsOf(other));
        expect(entriesIn(there)).toEqual(entriesIn(other));
        const back = applyChange(there, changeBetween(there, today));
        expect(rulesIn(back)).toEqual(rulesIn(today));
        expect(isEmptyChange(changeBetween(there, other))).toBe(true);
        expect(isEmptyChange(changeBetween(today, today))).toBe(true);
      }),
    );
  });

  it('names groups that come, go and differ, by id, and leaves out the others', () => {
    const today = account({ groups: { 'sg-b': [SSH], 'sg-c': [SSH], 'sg-d': [SSH] } });
    const other = account({ groups: { 'sg-a': [HTTPS], 'sg-c': [HTTPS], 'sg-d': [SSH] } });
    const { groups } = changeBetween(today, other);
    const lengths = groups.map(({ groupId, fate, before, after }) => [groupId, fate, before.length, after.length]);
    expect(lengths).toEqual([
      ['sg-a', 'created', 0, 1],
      ['sg-b', 'deleted', 1, 0],
      ['sg-c', 'changed', 1, 1],
    ]);
    const after = applyChange(today, { ...NO_CHANGE, groups });
    expect(after.groups.map(({ id, rules }) => [id, rules.length])).toEqual([
      ['sg-a', 1],
      ['sg-b', 0],
      ['sg-c', 1],
      ['sg-d', 1],
    ]);
  });

  it('is none where only descriptions, ids and interfaces differ', () => {
    const today = account();
    const other = {
      ...today,
      interfaces: [],
      groups: today.groups.map((group) => ({
        ...group,
        rules: group.rules.map((rule, index) => ({ ...rule, id: `sgr-new-${index}`, description: 'other words' })),
      })),
    };
    expect(changeBetween(today, other)).toEqual(NO_CHANGE);
    const newcomer = account({ interfaces: { 'eni-2': { groups: ['sg-a'] } } });
    expect(changeBetween(today, newcomer)).toEqual(NO_CHANGE);
  });

  it('names the groups that an interface gets and loses', () => {
    const other = account({ interfaces: { 'eni-1': { groups: ['sg-b', 'sg-c'], addresses: ['10.0.0.1'] } } });
    const { interfaces } = changeBetween(account(), other);
    expect(interfaces).toEqual([{ interfaceId: 'eni-1', added: ['sg-b', 'sg-c'], removed: ['sg-a'] }]);
  });
});

describe('rulesChange', () => {
  const today = account();

  it('names the groups whose rules become others', () => {
    const other = [ruleOf('sg-a', SSH, null)];
    const change = rulesChange(today, new Map([['sg-a', other]]));
    expect(change).toEqual({
      ...NO_CHANGE,
      groups: [
        {
          ...{ groupId: 'sg-a', groupName: 'a', vpcId: 'vpc-1', fate: 'changed', after: other },
          before: today.groups[0]?.rules,
        },
      ],
    });
    expect(rulesIn(applyChange(today, change))).toEqual({ 'sg-a': other.map(ruleTuple), 'sg-b': [] });
  });

  it('is empty where they say the same', () => {
    const same = [ruleOf('sg-a', SSH, null, 'words'), ruleOf('sg-a', HTTPS, null)];
    expect(isEmptyChange(rulesChange(today, new Map([['sg-a', same]])))).toBe(true);
    expect(isEmptyChange(rulesChange(today, new Map()))).toBe(true);
  });
});

it('finds what was added and removed by what rules say', () => {
  const [https, ssh] = [ruleOf('sg-a', HTTPS, 'sgr-1'), ruleOf('sg-a', SSH, 'sgr-2')];
  const dns = ruleOf('sg-a', 'inbound udp 53 from 10.0.0.0/8', null);
  const { added, removed } = differenceOf({ before: [https, ssh], after: [ruleOf('sg-a', HTTPS, null), dns] });
  expect([added, removed]).toEqual([[dns], [ssh]]);
});

describe('applyChange', () => {
  it('leaves what the change does not name as it is', () => {
    fc.assert(
      fc.property(accounts(), (state) => {
        expect(applyChange(state, NO_CHANGE)).toEqual(state);
      }),
    );
  });

  it('adds and takes groups of interfaces without repeats, and passes over what the state lacks', () => {
    const change: ChangeSet = {
      ...NO_CHANGE,
      interfaces: [
        { interfaceId: 'eni-1', added: ['sg-b', 'sg-a'], removed: ['sg-none'] },
        { interfaceId: 'eni-gone', added: ['sg-b'], removed: [] },
      ],
    };
    expect(groupsOf(applyChange(account(), change))).toEqual([['eni-1', 'sg-a', 'sg-b']]);
  });

  it('gives lists their new entries, known or not', () => {
    const entries = [{ cidr: '198.51.100.0/24', description: '' }];
    const known: ChangeSet = { ...NO_CHANGE, prefixLists: [{ prefixListId: 'pl-1', before: [], after: entries }] };
    expect(entriesIn(applyChange(account(), known))).toEqual([['pl-1', entries]]);
    const unknown: ChangeSet = { ...NO_CHANGE, prefixLists: [{ prefixListId: 'pl-1', before: [], after: null }] };
    expect(entriesIn(applyChange(account(), unknown))).toEqual([['pl-1', null]]);
  });

  it('adds lists that are made by it', () => {
    const entries = [{ cidr: '198.51.100.0/24', description: '' }];
    const made: ChangeSet = { ...NO_CHANGE, prefixLists: [{ prefixListId: 'pl-0', before: null, after: entries }] };
    expect(entriesIn(applyChange(account(), made)).map(([id]) => id)).toEqual(['pl-0', 'pl-1']);
  });
});

describe('the past with the rules of today', () => {
  it('keeps interfaces as they were, and empties groups that are gone', () => {
    const before = account({
      groups: { 'sg-a': [SSH], 'sg-gone': [SSH] },
      interfaces: { 'eni-1': { groups: ['sg-gone'], addresses: ['10.0.0.1'] } },
      prefixLists: { 'pl-1': ['198.51.100.0/24'], 'pl-gone': ['198.51.100.0/24'] },
    });
    const today = account();
    const [past] = withTodaysRules([before], today) as [InventorySnapshot];
    expect(past.interfaces).toEqual(before.interfaces);
    expect(past.groups.map(({ id, rules }) => [id, rules.map(ruleTuple)])).toEqual([
      ['sg-a', today.groups[0]?.rules.map(ruleTuple)],
      ['sg-gone', []],
    ]);
    expect(entriesIn(past)).toEqual([
      ['pl-1', today.prefixLists[0]?.entries],
      ['pl-gone', before.prefixLists[1]?.entries],
    ]);
    expect(past.capturedAt).toBe(before.capturedAt);
  });

  it('changes nothing of today', () => {
    fc.assert(
      fc.property(accounts(), (today) => {
        expect(withTodaysRules([today], today)).toEqual([today]);
      }),
    );
  });
});
