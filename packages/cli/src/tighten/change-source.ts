/** Where a change comes from: `--recommendation`, `--rules`, `--inventory` or `--plan`, exactly one of them. */
import type { ChangeSet } from '@flowfit/core/change/change-set';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { PlanRead } from '@flowfit/core/plan/model';
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { formatProblems } from '../inventory/problem-lines.ts';
import { readSnapshots } from '../inventory/snapshots.ts';
import { readNamed } from '../named-file.ts';
import { type PlanFiles, readPlanFile, withPlanContext } from '../plan/plan-file.ts';
import type { Shell } from '../shell.ts';
import { changeToInventory } from './other-inventory.ts';
import { changeOfRecommendation } from './recommendation-file.ts';
import { changeOfRules } from './rules-file.ts';

export interface ChangeOptions extends Partial<PlanFiles> {
  readonly recommendation?: string;
  readonly rules?: string;
  readonly inventory?: string;
}

export interface ReadChange {
  readonly change: ChangeSet;
  /** What was not understood, not covered or assumed: sentences. */
  readonly remarks: readonly string[];
}

const SOURCES = ['recommendation', 'rules', 'inventory', 'plan'] as const;

export const withChange = (command: Command): Command => {
  command
    .option('--recommendation <file>', 'what "flowfit recommend --json" printed')
    .option('--rules <file>', 'an answer of "aws ec2 describe-security-group-rules": the rules of the groups it names')
    .option('--inventory <dir>', 'a whole other state, as "flowfit inventory add" reads it')
    .option('--plan <file>', 'a plan, as "flowfit check" reads it');
  return withPlanContext(command).hook('preAction', (_program, action) => checkSource(action));
};

const checkSource = (action: Command): void => {
  const { template, stack, ...options } = action.opts<ChangeOptions>();
  if (SOURCES.filter((source) => options[source] !== undefined).length !== 1) {
    throw usageError(
      'change-source',
      'Name the proposed state with exactly one of --recommendation, --rules, --inventory and --plan.',
      `See "flowfit ${action.name()} --help".`,
    );
  }
  if ((template ?? stack) === undefined || options.plan !== undefined) return;
  throw usageError(
    'plan-needed',
    `${template === undefined ? '--stack' : '--template'} goes with a plan.`,
    'Name its file with --plan.',
  );
};

/** @param today the newest inventory of the lake */
export const readChange = async (
  shell: Shell,
  { recommendation, rules, inventory, plan, ...beside }: ChangeOptions,
  today: InventorySnapshot,
): Promise<ReadChange> => {
  const textOf = (file: string) => readNamed(shell, file, 'change-unreadable');
  if (recommendation !== undefined) {
    return { change: changeOfRecommendation(await textOf(recommendation), recommendation, today), remarks: [] };
  }
  if (rules !== undefined) return { change: changeOfRules(await textOf(rules), rules, today), remarks: [] };
  if (plan !== undefined) return ofPlan(await readPlanFile(shell, { ...beside, plan }, today));
  return await ofInventory(shell, inventory as string, today);
};

const ofPlan = ({ change, problems, ignored }: PlanRead): ReadChange => {
  const others = Object.entries(ignored).map(([type, count]) => `${count} ${type}`);
  const rest = others.length === 0 ? [] : [`Not about security groups: ${others.join(', ')}.`];
  return { change, remarks: [...problems.map(({ address, message }) => `${address}: ${message}`), ...rest] };
};

const ofInventory = async (shell: Shell, folder: string, today: InventorySnapshot): Promise<ReadChange> => {
  const { snapshots, problems } = await readSnapshots([shell.path(folder)]);
  for (const line of formatProblems(problems, shell.errorColours)) await shell.note(line);
  return changeToInventory(today, snapshots.at(-1) as InventorySnapshot);
};
