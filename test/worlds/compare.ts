/**
 * Verdicts on tiny accounts beside what the oracle says, and beside the truth. Faults are what must never be:
 *
 *   unused, but used in some world            by the oracle
 *   used, but not in every world              by the oracle; an inferred opener counts as the opener
 *   unused, but truly used                    as the newest capture shows the rule, no assumption being broken
 *   used, but truly unused                    no assumption being broken
 *   the oracle against the truth              for one connection, no assumption being broken: then the oracle is wrong
 *
 * Where the truth breaks an assumption that is named (see `@flowfit/testkit/worlds/truth`), it is counted by that name.
 */
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import { makeTinyAccount, type TinyAccount } from '@flowfit/testkit/worlds/account';
import { describe } from '@flowfit/testkit/worlds/describe';
import { meaningOf } from '@flowfit/testkit/worlds/documents';
import { type Answer, askOracle, type Use } from '@flowfit/testkit/worlds/oracle';
import { Scene } from '@flowfit/testkit/worlds/truth';
import { Tally } from '../truth/tally.ts';
import { judge } from './judge.ts';

export interface Comparison {
  /** `habit use verdict`: rules; `unlogged` for those undecided since records may be missing. */
  readonly verdicts: Tally;
  /** `use reasons`: rules called undecided that the oracle decides. */
  readonly decidable: Tally;
  /** Conclusions that the truth contradicts, by the assumptions that it breaks. */
  readonly broken: Tally;
  /** Each with its seed and the account in words. */
  readonly faults: readonly string[];
}

export interface Run {
  readonly first: number;
  readonly count: number;
  readonly onAccount?: (done: number) => void;
}

export function compareAccounts({ first, count, onAccount }: Run): Comparison {
  const comparison = { verdicts: new Tally(), decidable: new Tally(), broken: new Tally(), faults: [] as string[] };
  for (let done = 0; done < count; done++) {
    const account = makeTinyAccount(first + done);
    const answer = askOracle(account.evidence);
    const verdicts = judge(account.evidence);
    const faults = [
      ...compareWithOracle(account, answer, verdicts, comparison),
      ...compareWithTruth(account, answer, verdicts, comparison.broken),
    ];
    if (faults.length > 0) {
      const words = new Map(verdicts.map(({ rule, verdict, reasons }) => [rule.id, [verdict, ...reasons].join(' ')]));
      comparison.faults.push(`${faults.join('\n')}\n${describe(account, answer, words)}`);
    }
    onAccount?.(done + 1);
  }
  return comparison;
}

/**
 * The oracle knows of recorded connections only: it does not decide what may have gone unrecorded, and not whether a
 * rule has stood long enough for its silence to mean something.
 */
const LOGGING: ReadonlySet<string> = new Set([
  'unlogged-interface',
  'reject-only',
  'skip-data',
  'gap',
  'rule-younger-than-window',
]);

const VERDICT_OF: Readonly<Record<Use, RuleVerdict['verdict']>> = {
  all: 'used',
  inferred: 'used',
  some: 'undecided',
  none: 'unused',
};

function compareWithOracle(
  { habit, seed }: TinyAccount,
  { uses }: Answer,
  verdicts: readonly RuleVerdict[],
  { verdicts: tally, decidable }: Comparison,
): string[] {
  const faults: string[] = [];
  for (const { rule, verdict, reasons } of verdicts) {
    const use = uses.get(rule.id);
    if (use === undefined) throw new Error(`${rule.id} is not a rule of the newest capture`);
    const isUnlogged = verdict === 'undecided' && use === 'none' && reasons.some((reason) => LOGGING.has(reason));
    tally.add(`${habit} ${use} ${isUnlogged ? 'unlogged' : verdict}`);
    if (isUnlogged || verdict === VERDICT_OF[use]) continue;
    if (verdict === 'undecided') decidable.add(`${use} ${reasons.join(' ')}`);
    else faults.push(`seed ${seed}: ${rule.id} is called ${verdict}, and the oracle says: in ${use}`);
  }
  return faults;
}

function compareWithTruth(
  account: TinyAccount,
  answer: Answer,
  verdicts: readonly RuleVerdict[],
  broken: Tally,
): string[] {
  const faults = checkOracle(account, answer, broken);
  for (const { rule, verdict } of verdicts) {
    const admissions = account.encounters.flatMap((encounter, index) =>
      encounter.admittedBy.filter(({ id }) => id === rule.id).map((then) => ({ index, then })),
    );
    const asShown = admissions.filter(({ then }) => meaningOf(then) === meaningOf(rule));
    const isByOtherMeaning = admissions.length > 0 && asShown.length === 0;
    if (verdict === 'unused' && isByOtherMeaning) broken.add('unused, but used when it read otherwise');
    if (verdict === 'used' && isByOtherMeaning) broken.add('used, but only when it read otherwise');
    if (verdict === 'used' && admissions.length === 0)
      broken.add(`used, truly unused: ${excuseOf(account, answer, rule.id)}`);
    for (const { index, then } of verdict === 'unused' ? asShown : []) {
      const excuses = [...new Scene(account, index).excusesForMissing(then)];
      if (excuses.length > 0) broken.add(`unused, truly used: ${excuses.join(' ')}`);
      else faults.push(`seed ${account.seed}: ${rule.id} is called unused, and admitted connection ${index}`);
    }
  }
  return faults;
}

/** What the truth breaks, of the connections that the oracle thinks the rule admitted. */
function excuseOf(account: TinyAccount, { testimonies }: Answer, ruleId: string): string {
  const excuses = testimonies.flatMap((testimony, index) => {
    const use = testimony?.uses.get(ruleId) ?? 'none';
    return VERDICT_OF[use] === 'used' ? [...new Scene(account, index).excusesForFalse(ruleId)] : [];
  });
  return [...new Set(excuses)].sort().join(' ') || 'not by the oracle';
}

/** What the oracle concludes of each connection. */
function checkOracle(account: TinyAccount, { uses, testimonies }: Answer, broken: Tally): string[] {
  const faults: string[] = [];
  testimonies.forEach((testimony, index) => {
    if (testimony === null) return;
    const scene = new Scene(account, index);
    const { admittedBy } = scene.encounter;
    const note = (what: string, ruleId: string, excuses: readonly string[]) => {
      if (excuses.length > 0) broken.add(`oracle, ${what}: ${excuses.join(' ')}`);
      else faults.push(`seed ${account.seed}: the oracle ${what} ${ruleId} of connection ${index}`);
    };
    for (const rule of admittedBy.filter(({ id }) => uses.has(id) && !testimony.uses.has(id))) {
      note('misses', rule.id, [...scene.excusesForMissing(rule)]);
    }
    for (const [id, use] of testimony.uses) {
      if (VERDICT_OF[use] !== 'used' || admittedBy.some((rule) => rule.id === id)) continue;
      const excuses = [...scene.excusesForFalse(id)];
      note('is wrongly certain of', id, use === 'all' ? excuses.filter((excuse) => excuse !== 'inference') : excuses);
    }
  });
  return faults;
}
