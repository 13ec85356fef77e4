/** From the file that a person names to what a plan changes. */
import { isObject } from '@flowfit/core/inventory/json';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { PlanRead } from '@flowfit/core/plan/model';
import { HOW_TO_WRITE, readPlan, readPlanDocument } from '@flowfit/core/plan/read';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { readNamed } from '../named-file.ts';
import type { Shell } from '../shell.ts';
import { parseTemplate } from './template.ts';

export interface PlanFiles {
  readonly plan: string;
  /** CloudFormation: the template beside a change set. */
  readonly template?: string;
  /** CloudFormation: the stack that a template is for. */
  readonly stack?: string;
}

/** Adds `--template` and `--stack`. */
export const withPlanContext = (command: Command): Command =>
  command
    .option('--template <file>', 'CloudFormation: the template of a change set')
    .option('--stack <name>', 'CloudFormation: the stack that a template is for, where several may be meant');

const MISSING = 'plan-missing';

/**
 * @param today the newest inventory of the lake
 * @throws CliError `plan-missing`, `plan-invalid`; FlowfitError as `readPlan`
 */
export const readPlanFile = async (
  shell: Shell,
  { plan, template, stack }: PlanFiles,
  today: InventorySnapshot,
): Promise<PlanRead> => {
  const text = await readNamed(shell, plan, MISSING);
  const beside = template === undefined ? undefined : toTemplate(await readNamed(shell, template, MISSING), template);
  const options = {
    source: plan,
    ...(beside === undefined ? {} : { template: beside }),
    ...(stack === undefined ? {} : { stack }),
  };
  if (isJson(text)) return readPlan(text, today, options);
  return readPlanDocument(toTemplate(text, plan), today, options);
};

/** What is empty is no template either: the reader of JSON says so. */
const isJson = (text: string): boolean => /^[\s\ufeff]*(?:[{[]|$)/.test(text);

/** @throws CliError `plan-invalid` */
const toTemplate = (text: string, source: string): unknown => {
  // The plan as `terraform plan -out` leaves it is a ZIP archive.
  if (text.startsWith('PK\u0003\u0004')) {
    throw new CliError('plan-invalid', `${source} is the plan that "terraform plan -out" wrote.`, {
      remedy: `Write it as JSON: terraform show -json ${source} > plan.json`,
    });
  }
  const parsed = parseTemplate(text);
  if ('document' in parsed && isObject(parsed.document)) return parsed.document;
  const what = 'fault' in parsed ? `is neither JSON nor YAML (${parsed.fault})` : 'is no plan';
  throw new CliError('plan-invalid', `${source} ${what}.`, { remedy: HOW_TO_WRITE });
};
