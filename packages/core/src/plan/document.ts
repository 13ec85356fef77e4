/** `flowfit.check/1`: what the gate says, as a document. */
import { formatTime } from '../filter/time.ts';
import { type ReplayDocument, toReplayDocument } from '../replay/document.ts';
import type { Replay } from '../replay/model.ts';
import type { GateFinding, GateReport, GateTraffic } from './gate.ts';
import type { PlanProblem, PlanRead } from './model.ts';

interface TrafficDocument extends Omit<GateTraffic, 'firstSeen' | 'lastSeen'> {
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

interface FindingDocument extends Omit<GateFinding, 'traffic'> {
  /** Whether findings of the kind fail the gate. */
  readonly fails: boolean;
  readonly traffic: TrafficDocument | null;
}

export interface CheckDocument {
  readonly schema: 'flowfit.check/1';
  readonly plan: string;
  /** Findings by kind. */
  readonly counts: GateReport['counts'];
  readonly passed: boolean;
  readonly failOn: readonly string[];
  readonly findings: readonly FindingDocument[];
  readonly problems: readonly PlanProblem[];
  readonly ignored: PlanRead['ignored'];
  readonly unseen: PlanRead['unseen'];
  readonly replay: ReplayDocument;
}

export interface Checked {
  /** Name of the plan's file, as it was typed. */
  readonly plan: string;
  readonly window: { readonly from: number; readonly to: number };
  readonly read: PlanRead;
  readonly replay: Replay;
  readonly gate: GateReport;
  readonly failOn: readonly string[];
}

/** Whether nothing was found that fails the gate. */
export const isPassed = ({ gate, failOn }: Pick<Checked, 'gate' | 'failOn'>): boolean =>
  !gate.findings.some(({ kind }) => failOn.includes(kind));

export const toCheckDocument = (checked: Checked): CheckDocument => {
  const { plan, window, read, replay, gate, failOn } = checked;
  return {
    schema: 'flowfit.check/1',
    plan,
    counts: gate.counts,
    passed: isPassed(checked),
    failOn,
    findings: gate.findings.map((finding) => ({
      ...finding,
      fails: failOn.includes(finding.kind),
      traffic: finding.traffic === null ? null : toTrafficDocument(finding.traffic),
    })),
    problems: read.problems,
    ignored: read.ignored,
    unseen: read.unseen,
    replay: toReplayDocument(replay, window, read.change),
  };
};

const toTrafficDocument = ({ firstSeen, lastSeen, ...rest }: GateTraffic): TrafficDocument => ({
  ...rest,
  firstSeen: formatTime(firstSeen),
  lastSeen: formatTime(lastSeen),
});
