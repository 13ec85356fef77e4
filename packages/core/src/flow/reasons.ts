/**
 * Why a line is set aside or cannot be read. These codes are counted, shown and documented; the reference page is
 * generated from this table.
 */

export interface Reason {
  /** A few words, for tables. */
  readonly title: string;
  /** What about the line leads to this code. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Lines that are set aside although nothing is wrong with them. */
export const SKIP_REASONS = {
  'transit-gateway': {
    title: 'Transit gateway record',
    cause: 'The line belongs to a transit gateway flow log, which has neither an interface nor an action.',
    remedy: 'Nothing is wrong. Collect the flow logs of the VPCs: only they show what security groups admit.',
  },
} as const satisfies Record<string, Reason>;

/** Lines that cannot be read. */
export const REJECT_REASONS = {
  'field-count': {
    title: 'Wrong number of fields',
    cause: 'The line has more or fewer values than the layout in force has fields.',
    remedy:
      'If many lines are rejected so, the layout is not the one of this flow log: pass it with --format, as ' +
      '"aws ec2 describe-flow-logs" shows it in LogFormat. If it is one line, it was cut off or damaged on its way.',
  },
  'bad-number': {
    title: 'Not a number',
    cause:
      'A numeric field holds something else than digits or "-", or a number beyond its range: ports end at 65535, ' +
      'protocols at 255, counters and times at 2^53-1, other numbers at 2^31-1.',
    remedy: 'Look at the named field. If it holds the value of another field, pass the right layout with --format.',
  },
  'bad-address': {
    title: 'Not an address',
    cause: 'An address field holds something else than "-", an IPv4 address in dotted decimal or an IPv6 address.',
    remedy: 'Look at the named field. If it holds the value of another field, pass the right layout with --format.',
  },
  'bad-value': {
    title: 'Value outside its set',
    cause:
      'The field action, log-status or flow-direction holds a word that AWS does not write there, or a JSON value has a type ' +
      'that the field cannot have.',
    remedy: 'Look at the named field. If it holds the value of another field, pass the right layout with --format.',
  },
  'unknown-layout': {
    title: 'Layout not known',
    cause: 'The header above the line was rejected, so what its values mean is not known.',
    remedy: 'Repair the header (its own rejection says what is wrong) and ingest the file again.',
  },
  'duplicate-field': {
    title: 'Field named twice',
    cause: 'A header or a JSON record names a field twice, so it cannot be said which of the two values counts.',
    remedy: 'Name every field once. AWS itself never writes such a header: look at what rewrote the file.',
  },
  'bad-json': {
    title: 'Not JSON',
    cause: 'The line begins as JSON does but is no complete JSON text.',
    remedy: 'The line was cut off or damaged on its way; fetch the object again.',
  },
  'bad-encoding': {
    title: 'Not UTF-8',
    cause: 'The line holds bytes that are not valid UTF-8.',
    remedy: 'Flow logs are ASCII text. The object is damaged or was converted to another encoding; fetch it again.',
  },
  'line-too-long': {
    title: 'Line too long',
    cause: 'The line is longer than any flow record can be (65,536 characters; 16,777,216 for JSON).',
    remedy: 'The input is probably not a flow log, or its line ends were lost on the way.',
  },
  'not-a-flow-log': {
    title: 'Not a flow log',
    cause: 'The line is binary data, or JSON that holds neither a flow record nor log events.',
    remedy: 'Check that the path names flow logs; other logs of the same bucket can be left out by a narrower path.',
  },
} as const satisfies Record<string, Reason>;

export type SkipReason = keyof typeof SKIP_REASONS;
export type RejectReason = keyof typeof REJECT_REASONS;
