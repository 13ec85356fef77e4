/** A change set as text that people run: scripts and templates. Nothing here talks to AWS. */

/** What can be written. */
export const PATCH_KINDS = ['aws-cli', 'terraform', 'cloudformation'] as const;
export type PatchKind = (typeof PATCH_KINDS)[number];

export interface PatchFile {
  /** Relative path with forward slashes, such as `apply.sh` or `terraform/step-1/flowfit.tf`. */
  readonly name: string;
  readonly text: string;
}

/** What a patch needs to know besides the change. */
export interface PatchContext {
  /** null = not known: the user's configuration decides. */
  readonly region: string | null;
  /** The account that owns the groups; null = not known. */
  readonly accountId: string | null;
  /** Such as `flowfit 0.1.0`. */
  readonly generatedBy: string;
  /** Of each new rule, by id: ids of the rules of today that it stands for. Without one, nothing is said of it. */
  readonly from: ReadonlyMap<string, readonly string[]>;
  /** The account's quota of rules per group, which AWS counts for each direction and family; its default if absent. */
  readonly rulesPerGroup?: number;
  /** How many rules each prefix list counts as, by id; one where absent. */
  readonly prefixListEntries?: ReadonlyMap<string, number>;
}
