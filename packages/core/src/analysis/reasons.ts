/**
 * Why a rule is undecided, or why it could not have been used: what each reason means, and what would decide it.
 *
 * One table: documents, CLI, web app, report and reference page read it. Commands stand in double quotes.
 */
import { DOUBT } from '../security-group/doubt.ts';

interface ReasonText {
  /** What is not known, in whole sentences. */
  readonly meaning: string;
  /** What to do about it, in whole sentences; null = nothing decides it, or nothing needs to. */
  readonly decide: string | null;
}

/** The same words for all that captures show: where several reasons ask for it, it is said once. */
const CAPTURE_OFTEN =
  'Capture the inventory from before the window until after it: daily with "flowfit inventory capture", hourly where ' +
  'interfaces come and go. Captures that you kept count as well ("flowfit inventory add PATH").';

export const REASONS = {
  'membership-unknown': {
    meaning:
      'Some connections were with addresses that may have belonged to members of the referenced group: captures do not ' +
      'show who had them at the time.',
    decide: CAPTURE_OFTEN,
  },
  'attachment-unknown': {
    meaning:
      "An interface had connections that the rule would admit, and may have had the rule's group: captures do not show which " +
      'groups it had at the time.',
    decide: CAPTURE_OFTEN,
  },
  'rule-history-unknown': {
    meaning:
      'The rule would admit some connections, but may have read differently at the time, or been missing: captures do not ' +
      'show which rules stood then.',
    decide: CAPTURE_OFTEN,
  },
  'unexplained-traffic': {
    meaning:
      'An interface with the group had accepted connections that nothing in the captures explains: something was ' +
      'different at the time, perhaps this rule.',
    decide:
      'See which ones ("flowfit findings --kind unattributed-accept"), and add a capture of that time if you kept one ' +
      '("flowfit inventory add PATH").',
  },
  'prefix-list-unknown': {
    meaning: 'Captures do not show which entries the prefix list had when some connections began.',
    decide:
      'Capture the entries of the list daily: "flowfit inventory capture" reads them, as does ' +
      '"aws ec2 get-managed-prefix-list-entries".',
  },
  'reachability-unknown': {
    meaning:
      'The referenced group is in another VPC or account: captures do not show its members, or how the two VPCs are ' +
      'connected.',
    decide:
      'Capture the other account and Region as well ("flowfit inventory capture" with its credentials and --region). ' +
      'References over a transit gateway stay open.',
  },
  'client-address': {
    meaning:
      'A Network Load Balancer has the referenced group. Where it preserves the addresses of clients, the rule admits ' +
      'them too, and flow logs do not tell these connections from others.',
    decide:
      'For TCP, flow logs tell once the target groups do not preserve client addresses ' +
      '(attribute preserve_client_ip.enabled). For UDP nothing tells.',
  },
  'icmp-type': {
    meaning: 'The rule is for one ICMP type, and flow logs do not hold ICMP types.',
    decide: null,
  },
  'initiator-unknown': {
    meaning:
      'It is not certain which end opened some connections: the rule admitted them if it was the one, and not if it was ' +
      'the other.',
    decide:
      'If the format of the flow log lacks tcp-flags, make a new one that has it: AWS cannot change the format of one ' +
      'that exists. For UDP and ICMP nothing tells.',
  },
  'layout-incomplete': {
    meaning: 'The flow log lacks fields without which its records cannot be matched with the rule.',
    decide:
      'Make a new flow log with at least the default format and tcp-flags, then choose a window after it began (--from).',
  },
  'roll-up-pending': {
    meaning:
      'Some days have records that are not rolled up yet, since another command writes to the lake or was stopped. They ' +
      'were not looked at.',
    decide: 'Ask again when the other command is done, or let "flowfit ingest" finish what was stopped.',
  },
  'inventory-missing': {
    meaning: 'An interface that no capture shows had connections that the rule would admit.',
    decide:
      'Capture every account and Region that has flow logs ("flowfit inventory capture --region REGION"), hourly where ' +
      'interfaces come and go.',
  },
  'unlogged-interface': {
    meaning: 'An interface with the group has no flow log records in the window.',
    decide:
      'Make a flow log of its VPC ("aws ec2 create-flow-logs --resource-type VPC"), then choose a window after it began ' +
      '(--from).',
  },
  'reject-only': {
    meaning: 'The flow log of an interface with the group holds rejected traffic only.',
    decide:
      'Make a flow log of all traffic ("aws ec2 create-flow-logs --traffic-type ALL"), then choose a window after it ' +
      'began (--from).',
  },
  'skip-data': {
    meaning: 'AWS dropped records of an interface with the group (SKIPDATA).',
    decide: 'Choose a window without such hours (--from, --to).',
  },
  gap: {
    meaning: 'An interface with the group was not logged for part of the window.',
    decide: 'Choose a window without the gap (--from, --to), and find out why the flow log was interrupted.',
  },
  'rule-younger-than-window': {
    meaning: 'The rule was made, or changed to what it says now, within the window.',
    decide: 'Choose a window that begins after that (--from), once it is long enough.',
  },
  'no-interface': {
    meaning: 'No interface had the group in the window.',
    decide: null,
  },
} as const satisfies Readonly<Record<string, ReasonText>>;

export type Reason = keyof typeof REASONS;

/** In the order in which reasons are listed. */
export const REASON_CODES = Object.keys(REASONS) as readonly Reason[];

/** What each doubt about single connections means for a rule. */
export const REASON_OF_DOUBT: readonly (readonly [bit: number, reason: Reason])[] = [
  [DOUBT.member, 'membership-unknown'],
  [DOUBT.stranger, 'membership-unknown'],
  [DOUBT.attachment, 'attachment-unknown'],
  [DOUBT.history, 'rule-history-unknown'],
  [DOUBT.unexplained, 'unexplained-traffic'],
  [DOUBT.entries, 'prefix-list-unknown'],
  [DOUBT.otherEntries, 'prefix-list-unknown'],
  [DOUBT.reachability, 'reachability-unknown'],
  [DOUBT.client, 'client-address'],
  [DOUBT.icmpType, 'icmp-type'],
  [DOUBT.initiator, 'initiator-unknown'],
  [DOUBT.layout, 'layout-incomplete'],
  [DOUBT.action, 'layout-incomplete'],
  [DOUBT.unknownInterface, 'inventory-missing'],
];

/** One reason why a rule is undecided, with the traffic that it is about. */
export interface Undecided {
  readonly reason: Reason;
  /** Connections that the rule may have admitted, but for this; 0 where the reason is about what was not logged. */
  readonly connections: number;
  /** Unix seconds; null where the reason is not about single connections. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
}

/** Instead of what would decide it, where nothing does. */
export const NOTHING_DECIDES = 'Flow logs cannot decide this.';

/** Puts together what the same remedy decides, in the order in which remedies come first. */
export function byRemedy<One extends { readonly decide: string | null }>(
  items: readonly One[],
): { readonly decide: string | null; readonly items: readonly One[] }[] {
  const remedies = [...new Set(items.map(({ decide }) => decide))];
  return remedies.map((decide) => ({ decide, items: items.filter((item) => item.decide === decide) }));
}
