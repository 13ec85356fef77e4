/** Runs many seeds, two at a time: DuckDB works beside what the simulation and the analysis do in JavaScript. */
import { caseOf, LOGS } from './cases.ts';
import { type Followed, followRedundancies } from './follow.ts';
import { scoreInitiators } from './initiators.ts';
import { type Observation, observe } from './observe.ts';
import { LogScore, type Scores } from './report.ts';
import { acceptedInSpite, rejectedInSpite, rejectedOtherwise } from './unexplained.ts';
import { scoreVerdicts } from './verdicts.ts';

export interface Run {
  readonly scores: Scores;
  /** Everything that must not be, with its seed. */
  readonly faults: readonly string[];
  readonly suggestions: number;
  /** Interfaces and directions with rejections that the groups allow. */
  readonly rejections: number;
}

export interface Seeds {
  readonly first: number;
  readonly count: number;
  /** Of each account, about. */
  readonly records: number;
  readonly onSeed?: (done: number) => void;
}

/** Accounts that are under way together. */
export const AT_ONCE = 2;

export async function runSeeds({ first, count, records, onSeed }: Seeds): Promise<Run> {
  const scores = new Map(LOGS.map((log) => [log.name, new LogScore(log)]));
  const faults: string[] = [];
  const sums = { suggestions: 0, rejections: 0 };
  let next = first;
  const work = async (): Promise<void> => {
    while (next < first + count) {
      const seed = next++;
      const { log, ...subject } = caseOf(seed, records);
      const observation = await observe(subject);
      const connections = observation.truth.connections.length;
      scores.get(log)?.add(seed, scoreVerdicts(observation), scoreInitiators(observation), connections);
      const followed = followRedundancies(observation, seed % 2 === 0 ? 'forwards' : 'backwards');
      faults.push(...faultsOf(observation, followed).map((fault) => `seed ${seed}, ${fault}`));
      sums.suggestions += followed.suggestions;
      sums.rejections += rejectedInSpite(observation).length;
      onSeed?.(next - first);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  faults.push(...[...scores.values()].flatMap((score) => score.faults));
  return { scores, faults: faults.sort(), ...sums };
}

function faultsOf(observation: Observation, { cut }: Followed): string[] {
  const rejected = rejectedInSpite(observation);
  const { certain, all } = rejectedOtherwise(observation);
  return [
    ...acceptedInSpite(observation).map((place) => `accepted and unexplained, with a whole inventory: ${place}`),
    ...rejected
      .filter((place) => !all.has(place))
      .map((place) => `rejected by its groups, and said to be allowed: ${place}`),
    ...[...certain]
      .filter((place) => !rejected.includes(place))
      .map((place) => `rejected by network ACL, not said: ${place}`),
    ...cut.map((one) => `redundant rule: ${one}`),
  ];
}
