/**
 * Plans as change sets. Which tool wrote a plan is told by its content:
 *
 *   resource_changes   `terraform show -json FILE`, `tofu show -json FILE`
 *   Changes            `aws cloudformation describe-change-set`
 *   Resources          a CloudFormation template
 */
import { FlowfitError } from '../errors.ts';
import { isObject, type JsonObject, parseDocuments, textOf } from '../inventory/json.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { readChangeSet } from './cloudformation/change-set.ts';
import { readTemplate } from './cloudformation/template.ts';
import { PlanDraft } from './draft.ts';
import type { PlanErrorCode, PlanRead } from './model.ts';
import { readTerraform } from './terraform/read.ts';

export interface PlanOptions {
  /** How messages name the plan; `the plan` where it has no name. */
  readonly source?: string;
  /** CloudFormation: the template beside a change set, parsed. */
  readonly template?: unknown;
  /** CloudFormation: name of the stack that a template is for. */
  readonly stack?: string;
}

/**
 * Reads the JSON of a plan against the newest state of the inventory.
 *
 * @throws FlowfitError with a `PlanErrorCode`
 */
export const readPlan = (text: string, today: InventorySnapshot, options: PlanOptions = {}): PlanRead => {
  const source = options.source ?? 'the plan';
  const { documents, error } = parseDocuments(text);
  if (error !== null) {
    const place = `${source}, line ${error.line}, column ${error.column}`;
    throw error.cutOff
      ? planError(
          'plan-cut-off',
          `${place}: the plan ends in its middle. Write the file again, and let the command end.`,
        )
      : planError('plan-invalid', `${place}: "${error.found}" is not JSON. ${HOW_TO_WRITE}`);
  }
  const [document] = documents;
  if (documents.length !== 1) {
    const what = documents.length === 0 ? 'is empty' : `holds ${documents.length} JSON documents instead of one`;
    throw planError('plan-invalid', `${source} ${what}. ${HOW_TO_WRITE}`);
  }
  return readPlanDocument(document, today, options);
};

/** The remedy of everything that is no plan. */
export const HOW_TO_WRITE =
  'Name the output of "terraform show -json FILE" or "tofu show -json FILE", of "aws cloudformation ' +
  'describe-change-set", or a CloudFormation template.';

/** The same for a document that is parsed already, such as a template in YAML. @throws FlowfitError */
export const readPlanDocument = (document: unknown, today: InventorySnapshot, options: PlanOptions = {}): PlanRead => {
  const source = options.source ?? 'the plan';
  const draft = new PlanDraft(today);
  if (isObject(document) && (Array.isArray(document.resource_changes) || textOf(document.format_version) !== null)) {
    checkVersion(document, source);
    readTerraform(document, draft);
  } else if (isObject(document) && Array.isArray(document.Changes)) {
    readChangeSet(document, options.template, draft, source);
  } else if (isObject(document) && isObject(document.Resources)) {
    readTemplate(document, options.stack ?? null, draft, source);
  } else {
    throw planError('plan-invalid', `${source} is no plan${hintOf(document)}. ${HOW_TO_WRITE}`);
  }
  checkAccount(draft, source);
  return draft.result();
};

const planError = (code: PlanErrorCode, message: string): FlowfitError => new FlowfitError(code, message);

/** The state and the raw log of a run are taken for plans more often than anything else. */
const hintOf = (document: unknown): string => {
  if (!isObject(document)) return '';
  if (isObject(document.values) && 'terraform_version' in document) return ': it is a state';
  if ('@level' in document) return ': it is the log of "terraform plan -json"';
  const keys = Object.keys(document).slice(0, 5).join(', ');
  return keys === '' ? '' : ` (its keys: ${keys})`;
};

/** Minor versions only add; the versions before 1.0 have the same members. */
const checkVersion = (document: JsonObject, source: string): void => {
  const version = textOf(document.format_version) ?? '';
  const major = Number(/^(\d+)\.\d+$/.exec(version)?.[1] ?? Number.NaN);
  if (Number.isNaN(major)) {
    throw planError('plan-invalid', `${source}: format_version "${version}" is no version of a plan. ${HOW_TO_WRITE}`);
  }
  if (major > 1) {
    throw planError('plan-newer', `${source} has format ${version}; this version reads 0.x and 1.x. Update Flowfit.`);
  }
  if (document.errored === true) {
    throw planError('plan-invalid', `${source} is of a run that failed, so that parts are missing. Plan again.`);
  }
  if (isObject(document.values) && document.resource_changes === undefined) {
    throw planError('plan-invalid', `${source} is a state, not a plan. ${HOW_TO_WRITE}`);
  }
};

/** A plan that names existing groups, none of which the inventory has, is about something else. */
const checkAccount = ({ named, today }: PlanDraft, source: string): void => {
  const known = new Set(today.groups.map(({ id }) => id));
  const unknown = [...named].filter(([id]) => !known.has(id));
  const [example] = unknown;
  if (example === undefined || unknown.length < named.size) return;
  const [id, account] = example;
  const accounts = [...new Set(today.groups.flatMap(({ accountId }) => accountId ?? []))].sort();
  const isOther = account !== null && accounts.length > 0 && !accounts.includes(account);
  const whose = isOther
    ? `account ${account}, and the inventory is of ${accounts.join(', ')}`
    : 'another account or region';
  const groups = named.size === 1 ? `the group ${id}, which` : `none of the ${named.size} groups (such as ${id}) that`;
  const holds = named.size === 1 ? 'does not hold' : 'holds';
  throw planError(
    'plan-other-account',
    `${source}: the inventory ${holds} ${groups} the plan is about: it is of ` +
      `${whose}, or newer than the newest capture. Name the lake of that account with --lake, or add a ` +
      'capture with "flowfit inventory add PATH".',
  );
};
