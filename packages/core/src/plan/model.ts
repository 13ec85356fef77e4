/**
 * What a plan of an infrastructure tool says of security groups: `terraform show -json`, `tofu show -json`, a
 * CloudFormation template, or a CloudFormation change set. Read by `./read.ts`, held against traffic by `./gate.ts`.
 */
import type { ChangeSet } from '../change/change-set.ts';

/** What could not be understood, or had to be assumed. The code is stable; docs and `check --json` show the meaning. */
export const PLAN_PROBLEMS = {
  'plan-type-unknown': 'A resource type that touches security groups, or may, and that Flowfit does not know.',
  'plan-value-unknown': 'A value that is known after the apply only, and whose source the plan does not tell.',
  'plan-membership-unknown': 'Groups of a resource change, and the inventory does not tell which interfaces are its.',
  'plan-group-unknown': 'A group that the plan changes and the inventory does not hold.',
  'plan-inventory-differs': 'The plan says of the present what the newest capture does not.',
  'plan-item-unreadable': 'A rule or an entry that cannot be read.',
  'plan-assumed': 'Something that holds in most cases was assumed.',
} as const;

export type PlanProblemCode = keyof typeof PLAN_PROBLEMS;

export interface PlanProblem {
  readonly code: PlanProblemCode;
  /** Address in the plan, such as `module.web.aws_instance.this[0]`. */
  readonly address: string;
  /** A sentence or two: what is not known, and what was assumed for it. */
  readonly message: string;
}

export interface PlanRead {
  readonly change: ChangeSet;
  /**
   * Address in the plan of whatever it changes: by id of a rule, a group, an interface or a prefix list; for one group
   * of one interface also by `membershipKey`.
   */
  readonly addresses: ReadonlyMap<string, string>;
  /** In the order of the plan. */
  readonly problems: readonly PlanProblem[];
  /** How many resources of each other type the plan changes: nothing of them touches security groups. Sorted by type. */
  readonly ignored: Readonly<Record<string, number>>;
  /** How many resources of each type will have interfaces that do not exist yet, so that no traffic was seen of them. */
  readonly unseen: Readonly<Record<string, number>>;
}

export const membershipKey = (interfaceId: string, groupId: string): string => `${interfaceId} ${groupId}`;

/** The id of what exists after the apply only: equal in no account, so that nothing of the past can have it. */
export const plannedId = (address: string): string => `plan:${address}`;

/**
 *   plan-invalid        not JSON, or no plan
 *   plan-cut-off        the document ends in its middle
 *   plan-newer          of a format that came after this version
 *   plan-other-account  it changes groups of which the inventory holds none
 *   plan-stack-unclear  the inventory has several stacks that the template may be
 */
export type PlanErrorCode =
  | 'plan-invalid'
  | 'plan-cut-off'
  | 'plan-newer'
  | 'plan-other-account'
  | 'plan-stack-unclear';
