/** Findings that somebody looked at and set aside, with the reason. Dismissing changes no verdict. */
import { FlowfitError } from '../errors.ts';
import type { Finding } from './findings/finding.ts';

export interface Dismissal {
  /** Id of the finding. */
  readonly id: string;
  readonly reason: string;
  readonly by?: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface Triage {
  readonly open: readonly Finding[];
  readonly dismissed: readonly { readonly finding: Finding; readonly dismissal: Dismissal }[];
  /** Dismissals of findings that are no longer made: they may be deleted. */
  readonly obsolete: readonly Dismissal[];
}

/** Of several dismissals of one finding the last in the list counts. */
export function applyDismissals(findings: readonly Finding[], dismissals: readonly Dismissal[]): Triage {
  const byId = new Map(dismissals.map((dismissal) => [dismissal.id, dismissal]));
  const open: Finding[] = [];
  const dismissed: { finding: Finding; dismissal: Dismissal }[] = [];
  for (const finding of findings) {
    const dismissal = byId.get(finding.id);
    if (dismissal) dismissed.push({ finding, dismissal });
    else open.push(finding);
    byId.delete(finding.id);
  }
  return { open, dismissed, obsolete: [...byId.values()] };
}

/**
 * Only what is there can be set aside: a misspelt id would dismiss nothing, silently. The reason of an earlier
 * dismissal may be written anew, though its finding is made no more.
 *
 * @param findings those of the window in which it was seen
 * @throws FlowfitError `finding-unknown`
 */
export function checkFindingExists(id: string, findings: readonly Finding[], dismissals: readonly Dismissal[]): void {
  if (findings.some((finding) => finding.id === id) || dismissals.some((dismissal) => dismissal.id === id)) return;
  throw new FlowfitError(
    'finding-unknown',
    `There is no finding ${id} in this window. Copy the id from the list of findings, and name the window of that list, "from" and "to".`,
  );
}

/** The list with one more dismissal; an earlier one of the same finding is replaced. */
export function dismiss(dismissals: readonly Dismissal[], dismissal: Dismissal): Dismissal[] {
  return [...restore(dismissals, dismissal.id), dismissal];
}

/** The list without the dismissals of a finding. */
export function restore(dismissals: readonly Dismissal[], id: string): Dismissal[] {
  return dismissals.filter((dismissal) => dismissal.id !== id);
}
