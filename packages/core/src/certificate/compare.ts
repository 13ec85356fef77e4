/** What a certificate claims against what was found, line by line: the place is named wherever the two differ. */
import { type ChangeSet, isEmptyChange } from '../change/change-set.ts';
import { parseTime } from '../filter/time.ts';
import { isSameJson } from '../inventory/json.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import type { Sha256 } from './digest.ts';
import {
  type CoverageDocument,
  type Evidence,
  type ReplayPredicate,
  ruleSetDigest,
  ruleSetDigests,
  type Statement,
  subjectsOf,
} from './statement.ts';

export interface Check {
  /** The part of the certificate. */
  readonly what: string;
  /** null = could not be looked at here. */
  readonly holds: boolean | null;
  /** What was found; of what does not hold, the place. */
  readonly detail: string;
}

const SHOWN = 3;

/** The first places, and how many more there are. */
const places = (all: readonly string[]): string =>
  [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [])].join('; ');

/** A check that holds where there is nothing to say against it. */
export const check = (what: string, faults: readonly string[], detail: string): Check =>
  faults.length === 0 ? { what, holds: true, detail } : { what, holds: false, detail: places(faults) };

export const unchecked = (what: string, detail: string): Check => ({ what, holds: null, detail });

/** What the statement says of itself: every digest that follows from another part of it. */
export const checkStatement = ({ subject, predicate }: Statement, sha256: Sha256): Check[] => {
  const said = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  const expected = subjectsOf(predicate, sha256);
  const wrong = (isPart: (name: string) => boolean): string[] =>
    expected.flatMap(({ name, digest }) =>
      isPart(name) && said.get(name) !== digest.sha256
        ? [`${name} was changed: its digest is ${short(digest.sha256)}, and the subject says ${short(said.get(name))}`]
        : [],
    );
  const known = new Set(expected.map(({ name }) => name));
  const foreign = subject.filter(({ name }, index) => !known.has(name) || name !== expected[index]?.name);
  return [
    check('window', windowFaults(predicate), `${predicate.window.from} to ${predicate.window.to}`),
    check(
      'predicate',
      wrong((name) => name === 'predicate'),
      'as it was written, by its digest',
    ),
    check(
      'change',
      [...wrong((name) => name === 'change'), ...changeFaults(predicate.change)],
      describe(predicate.change),
    ),
    check(
      'rule sets',
      [...wrong((name) => name.startsWith('rules ')), ...ruleSetFaults(predicate, sha256)],
      `${count(predicate.ruleSets.length, 'group')}, before and after`,
    ),
    check(
      'subjects',
      [
        ...wrong((name) => name === 'conversations'),
        ...foreign.map(({ name }) => `subject "${name}" is not one of this certificate, or not in its place`),
      ],
      count(subject.length, 'digest'),
    ),
  ];
};

const short = (digest: string | null | undefined): string =>
  digest === null || digest === undefined ? 'missing' : `${digest.slice(0, 12)}…`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const describe = (change: ChangeSet): string => {
  if (isEmptyChange(change)) return 'nothing is changed';
  const { groups, interfaces, prefixLists } = change;
  const parts: [number, string][] = [
    [groups.length, 'group'],
    [interfaces.length, 'interface'],
    [prefixLists.length, 'prefix list'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, noun]) => count(number, noun))
    .join(', ');
};

const windowFaults = ({ window: { from, to } }: ReplayPredicate): string[] => {
  const [first, last] = [parseTime(from), parseTime(to)];
  if (first === null || last === null) return [`window: ${first === null ? from : to} is no time`];
  return first < last ? [] : ['window: its end is not after its beginning'];
};

/** Rules stand below their own group. */
const changeFaults = ({ groups }: ChangeSet): string[] =>
  groups.flatMap(({ groupId, before, after }) =>
    [...before, ...after]
      .filter((rule) => rule.groupId !== groupId)
      .map(({ id }) => `rule ${id} of ${groupId} names another group`),
  );

const ruleSetFaults = ({ change, ruleSets }: ReplayPredicate, sha256: Sha256): string[] => {
  const expected = ruleSetDigests(change, sha256);
  const said = new Map(ruleSets.map((one) => [one.groupId, one]));
  const wrong = expected.flatMap(({ groupId, ...digests }) =>
    (['before', 'after'] as const)
      .filter((side) => said.get(groupId)?.[side] !== digests[side])
      .map(
        (side) => `${groupId} ${side}: ${short(said.get(groupId)?.[side])}, the change gives ${short(digests[side])}`,
      ),
  );
  const foreign = ruleSets.filter(({ groupId }, index) => expected[index]?.groupId !== groupId);
  return [...wrong, ...foreign.map(({ groupId }) => `${groupId} is not in the change, or not in its place`)];
};

/** What the captures show as "before". */
export const checkToday = (change: ChangeSet, today: InventorySnapshot, sha256: Sha256): Check => {
  const groups = new Map(today.groups.map((group) => [group.id, group]));
  const interfaces = new Map(today.interfaces.map((one) => [one.id, one]));
  const lists = new Map(today.prefixLists.map((one) => [one.id, one]));
  const faults = [
    ...change.groups.flatMap(({ groupId, fate, before }) => {
      const group = groups.get(groupId);
      if (fate === 'created') return group === undefined ? [] : [`${groupId} is there already`];
      if (group === undefined) return [`${groupId} is in no capture`];
      const isSame = ruleSetDigest(groupId, before, sha256) === ruleSetDigest(groupId, group.rules, sha256);
      return isSame ? [] : [`${groupId} has other rules than the change begins with`];
    }),
    ...change.interfaces.flatMap(({ interfaceId, added, removed }) => {
      const groupIds = interfaces.get(interfaceId)?.groupIds;
      if (groupIds === undefined) return [`${interfaceId} is in no capture`];
      const fits = removed.every((id) => groupIds.includes(id)) && !added.some((id) => groupIds.includes(id));
      return fits ? [] : [`${interfaceId} has other groups than the change begins with`];
    }),
    ...change.prefixLists.flatMap(({ prefixListId, before }) =>
      isSameJson(lists.get(prefixListId)?.entries ?? null, before)
        ? []
        : [`${prefixListId} has other entries than the change begins with`],
    ),
  ];
  return check('state before', faults, 'as the newest of the captures shows it');
};

/** @param objects null where the evidence does not tell which objects it is from */
export const checkEvidence = (
  said: ReplayPredicate,
  found: Omit<Evidence, 'objects'> & { readonly objects: Evidence['objects'] | null },
  place: string,
): Check[] => [
  found.objects === null
    ? unchecked('objects', `${place} does not tell which objects its records are from`)
    : checkDigests('objects', said.objects, found.objects, place),
  checkDigests('captures', said.captures, found.captures, place),
  checkConversations(said, found, place),
  checkCoverage(said.coverage, found.coverage, place),
  checkConnections(said, found, place),
];

interface Digest {
  readonly sha256: string;
  readonly name?: string;
  readonly bytes?: number;
  readonly capturedAt?: string;
}

/** More than the certificate knows is told, and no fault: what matters is whether the conversations are the same. */
const checkDigests = (
  what: 'objects' | 'captures',
  said: readonly Digest[],
  found: readonly Digest[],
  place: string,
): Check => {
  const byDigest = new Map(found.map((one) => [one.sha256, one]));
  const known = new Set(said.map(({ sha256 }) => sha256));
  const more = found.filter(({ sha256 }) => !known.has(sha256)).length;
  const extra = more === 0 ? '' : `; ${place} has ${more} more`;
  const missing = said.filter(({ sha256 }) => !byDigest.has(sha256));
  if (missing.length > 0 && missing.length === said.length) {
    const remedy = 'It is another lake: name the right one with --lake, or ask for the bundle';
    return check(what, [`none of the ${said.length} of the certificate is in ${place}. ${remedy}${extra}`], '');
  }
  const faults = [
    ...missing.map((one) => `${one.name ?? one.capturedAt} (${short(one.sha256)}) is not in ${place}`),
    ...said.flatMap((one) => {
      const same = byDigest.get(one.sha256);
      const isSame = same === undefined || (same.bytes === one.bytes && same.capturedAt === one.capturedAt);
      return isSame ? [] : [`${one.name ?? one.capturedAt} (${short(one.sha256)}) has another size or time`];
    }),
    ...(known.size === said.length ? [] : ['one is named twice']),
  ];
  return check(what, faults, `${said.length}, all in ${place}${extra}`);
};

const checkConversations = (
  { conversations: said, captures }: ReplayPredicate,
  found: Pick<Evidence, 'conversations' | 'captures'>,
  place: string,
): Check => {
  const set = found.conversations;
  const faults: string[] = [];
  if (said.count !== set.count) faults.push(`count: the certificate says ${said.count}, ${place} has ${set.count}`);
  if (said.root !== set.root)
    faults.push(`root: the certificate says ${short(said.root)}, ${place} gives ${short(set.root)}`);
  const days = [...new Set([...said.days, ...set.days].map(({ day }) => day))].sort();
  const dayOf = ({ days: all }: typeof said, day: string) => all.find((one) => one.day === day);
  const differing = days.filter((day) => !isSameJson(dayOf(said, day), dayOf(set, day)));
  if (differing.length > 0) faults.push(`days that differ: ${differing.join(', ')}`);
  if (said.days.some(({ day }, index) => day !== set.days[index]?.day) && differing.length === 0) {
    faults.push('days stand in another order');
  }
  if (faults.length > 0 && found.captures.length > captures.length) {
    faults.push(
      `${place} has captures that the certificate does not know: what is known of connections depends on them`,
    );
  }
  // All of them: there are few, and the day is what people need.
  return faults.length === 0
    ? { what: 'conversations', holds: true, detail: `${set.count}, by count and root` }
    : { what: 'conversations', holds: false, detail: faults.join('; ') };
};

const checkCoverage = (said: CoverageDocument, found: CoverageDocument, place: string): Check => {
  const faults: string[] = [];
  if (said.logsBegin !== found.logsBegin) {
    faults.push(`logsBegin: the certificate says ${said.logsBegin}, ${place} gives ${found.logsBegin}`);
  }
  if (said.tellsSilence !== found.tellsSilence) faults.push(`tellsSilence: ${place} gives ${found.tellsSilence}`);
  const byId = new Map(found.interfaces.map((one) => [one.interfaceId, one]));
  for (const one of said.interfaces) {
    const other = byId.get(one.interfaceId);
    if (other === undefined) faults.push(`${one.interfaceId} has no records in ${place}`);
    else if (!isSameJson(one, other)) faults.push(differenceOf(one, other));
  }
  const known = new Set(said.interfaces.map(({ interfaceId }) => interfaceId));
  for (const { interfaceId } of found.interfaces) {
    if (!known.has(interfaceId)) faults.push(`${interfaceId} has records in ${place}, and the certificate lacks it`);
  }
  if (known.size !== said.interfaces.length) faults.push('an interface is named twice');
  return check('coverage', faults, count(found.interfaces.length, 'interface'));
};

type Covered = CoverageDocument['interfaces'][number];

const differenceOf = (said: Covered, found: Covered): string => {
  const fields = (['observedSeconds', 'gaps', 'skipped', 'trafficType'] as const).filter(
    (field) => !isSameJson(said[field], found[field]),
  );
  return `${said.interfaceId}: ${fields.join(', ')}`;
};

const checkConnections = (
  { connections: said }: ReplayPredicate,
  { connections: found }: Pick<Evidence, 'connections'>,
  place: string,
): Check => {
  const outcomes = Object.keys(found) as (keyof typeof found)[];
  const faults = outcomes
    .filter((outcome) => said[outcome] !== found[outcome])
    .map((outcome) => `${outcome}: the certificate says ${said[outcome]}, ${place} gives ${found[outcome]}`);
  return check('replay', faults, outcomes.map((outcome) => `${found[outcome]} ${WORDS[outcome]}`).join(', '));
};

const WORDS: Readonly<Record<keyof Evidence['connections'], string>> = {
  kept: 'kept',
  cut: 'cut',
  newlyAdmitted: 'newly admitted',
  unknown: 'unknown',
  notToday: 'not admitted today',
};
