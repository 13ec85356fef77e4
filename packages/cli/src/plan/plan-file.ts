/** From the file that a person names to what a plan changes. */
import { readFile } from 'node:fs/promises';
import { isObject } from '@flowfit/core/inventory/json';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { PlanRead } from '@flowfit/core/plan/model';
import { HOW_TO_WRITE, readPlan, readPlanDocument } from '@flowfit/core/plan/read';
import { CliError } from '../errors.ts';
import type { Shell } from '../shell.ts';
import { parseTemplate } from './template.ts';

export interface PlanFiles {
  readonly plan: string;
  /** CloudFormation: the template beside a change set. */
  readonly template?: string;
  /** CloudFormation: the stack that a template is for. */
  readonly stack?: string;
}

/**
 * @param today the newest inventory of the lake
 * @throws CliError `plan-missing`, `plan-invalid`; FlowfitError as `readPlan`
 */
export const readPlanFile = async (
  shell: Shell,
  { plan, template, stack }: PlanFiles,
  today: InventorySnapshot,
): Promise<PlanRead> => {
  const text = await readText(shell, plan);
  const beside = template === undefined ? undefined : toTemplate(await readText(shell, template), template);
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

const readText = async (shell: Shell, file: string): Promise<string> => {
  try {
    return await readFile(shell.path(file), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new CliError('plan-missing', `${file}: ${isMissing ? 'there is no such file' : message}.`, {
      remedy: 'Check the path.',
    });
  }
};
