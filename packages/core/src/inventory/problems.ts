/** What can be wrong with inventory files. The code is stable; the message of a problem names the place, and ends with the remedy. */

export const INVENTORY_PROBLEMS = {
  'inventory-empty': {
    cause: 'The file holds no JSON: the command printed nothing, or failed.',
    remedy: 'Run the command again and look at what it prints on stderr.',
  },
  'inventory-json': {
    cause: 'The file is not JSON, or was cut off. What came before the fault in the same file is kept.',
    remedy: 'Write the file again with --output json.',
  },
  'inventory-unknown': {
    cause: 'The JSON is no answer of a known AWS command.',
    remedy: 'Remove the file, or write the answer as the AWS CLI gives it, without --query.',
  },
  'inventory-error': {
    cause: 'The file holds an error that AWS answered instead of the inventory.',
    remedy: 'Solve what the error names (a missing permission, say) and run the command again.',
  },
  'inventory-item': {
    cause: 'One item of an answer lacks its id, or holds an address or a prefix that is none.',
    remedy: 'The item is left out: write the answer as the AWS CLI gives it, without --query.',
  },
  'inventory-prefix-list-id': {
    cause: 'The answer of get-managed-prefix-list-entries does not say which list its entries belong to.',
    remedy: 'Put the id of the list into the file name (entries-pl-….json), or add "PrefixListId" beside "Entries".',
  },
  'inventory-incomplete': {
    cause: 'Every answer of a command says that more follows (NextToken), and the last page is not there.',
    remedy: 'Run the command without --max-items, --max-results and --no-paginate.',
  },
  'inventory-conflict': {
    cause: 'Two answers describe the same object differently.',
    remedy: 'The file last by name counts: add captures of different times one by one, each with its --at TIME.',
  },
  'inventory-rules-differ': {
    cause: 'The two commands that list the rules of a group disagree.',
    remedy:
      'Those of describe-security-group-rules count: capture it and describe-security-groups again, shortly after each other.',
  },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly remedy: string }>>;

export type InventoryProblemCode = keyof typeof INVENTORY_PROBLEMS;

export interface InventoryProblem {
  /** The file as its reader named it, several joined by commas, or the group whose answers differ. */
  readonly source: string;
  readonly code: InventoryProblemCode;
  readonly message: string;
}
