/**
 * The certificate of a replay: an in-toto Statement v1 whose predicate says what was replayed against what, and with
 * which result. `docs/reference/certificate.md` describes it field by field; `./schema.ts` is the same as JSON Schema.
 */
import type { ChangeSet, GroupChange } from '../change/change-set.ts';
import { canonicalJson, isObject } from '../inventory/json.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import type { Outcome } from '../replay/model.ts';
import { jsonDigest, type Sha256 } from './digest.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** A name, not an address: nothing has to answer there. The number rises when the meaning of a field changes. */
export const PREDICATE_TYPE = 'https://flowfit.dev/replay/v1';

/** Media type of a Statement in an envelope. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Digests are SHA-256, lower-case hexadecimal; times ISO 8601, UTC, whole seconds. */
export interface ObjectDigest {
  /** The last part of the name under which it was ingested. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CaptureDigest {
  readonly capturedAt: string;
  /** Of the snapshot as `serializeSnapshot` writes it. */
  readonly sha256: string;
}

export interface RuleSetDigest {
  readonly groupId: string;
  /** See `ruleSetDigest`; null where there is no such group at that time. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface ConversationSet {
  /** Lines. */
  readonly count: number;
  /** Of the Merkle tree over the lines, in the order of their leaf hashes. */
  readonly root: string;
  /** For each UTC day the digest of its leaf hashes, one after the other, so that a difference can be placed. */
  readonly days: readonly { readonly day: string; readonly count: number; readonly sha256: string }[];
}

export interface SpanDocument {
  readonly from: string;
  /** Excluded. */
  readonly to: string;
}

export interface CoverageDocument {
  /** The first record of the lake, of any log status. */
  readonly logsBegin: string;
  /** Whether the logs keep NODATA records, so that a gap can be told from silence. */
  readonly tellsSilence: boolean;
  /** Interfaces with records in the window, by id. */
  readonly interfaces: readonly {
    readonly interfaceId: string;
    readonly observedSeconds: number;
    readonly gaps: readonly SpanDocument[];
    /** Hours in which AWS dropped records. */
    readonly skipped: readonly SpanDocument[];
    readonly trafficType: 'ALL' | 'ACCEPT' | 'REJECT' | null;
  }[];
}

/** What can be computed again from a lake or a bundle. */
export interface Evidence {
  /** By digest. */
  readonly objects: readonly ObjectDigest[];
  /** By time and digest. */
  readonly captures: readonly CaptureDigest[];
  readonly conversations: ConversationSet;
  readonly coverage: CoverageDocument;
  /** Counts of the replay. */
  readonly connections: Readonly<Record<Outcome, number>>;
}

export interface ReplayPredicate extends Evidence {
  readonly product: { readonly name: 'flowfit'; readonly version: string };
  readonly created: string;
  /** Arguments as typed; of absolute paths the last part. */
  readonly command: readonly string[];
  readonly window: SpanDocument;
  readonly change: ChangeSet;
  /** Of the groups of `change`, in its order. */
  readonly ruleSets: readonly RuleSetDigest[];
  /** The file that was written with it; null = none was. */
  readonly bundle: { readonly bytes: number; readonly sha256: string } | null;
}

export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly Subject[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: ReplayPredicate;
}

/** Digest of the whole rule set of a group: its id, and its rules sorted by id, as canonical JSON. */
export const ruleSetDigest = (groupId: string, rules: readonly SecurityGroupRule[], sha256: Sha256): string =>
  jsonDigest({ groupId, rules: [...rules].sort((a, b) => (a.id < b.id ? -1 : 1)) }, sha256);

export const ruleSetDigests = ({ groups }: ChangeSet, sha256: Sha256): RuleSetDigest[] =>
  groups.map(({ groupId, before, after, fate }: GroupChange) => ({
    groupId,
    before: fate === 'created' ? null : ruleSetDigest(groupId, before, sha256),
    after: fate === 'deleted' ? null : ruleSetDigest(groupId, after, sha256),
  }));

/**
 * What the statement is about: the rule sets of the changed groups after the change and before it, the change as a
 * whole, the conversations, and the predicate itself, so that no part of it can be changed unseen.
 */
export const subjectsOf = (predicate: ReplayPredicate, sha256: Sha256): Subject[] => {
  const subject = (name: string, digest: string | null): Subject[] =>
    digest === null ? [] : [{ name, digest: { sha256: digest } }];
  return [
    ...predicate.ruleSets.flatMap(({ groupId, after }) => subject(`rules after: ${groupId}`, after)),
    ...predicate.ruleSets.flatMap(({ groupId, before }) => subject(`rules before: ${groupId}`, before)),
    ...subject('change', jsonDigest(predicate.change, sha256)),
    ...subject('conversations', predicate.conversations.root),
    ...subject('predicate', jsonDigest(predicate, sha256)),
  ];
};

export const toStatement = (predicate: ReplayPredicate, sha256: Sha256): Statement => ({
  _type: STATEMENT_TYPE,
  subject: subjectsOf(predicate, sha256),
  predicateType: PREDICATE_TYPE,
  predicate,
});

/** The one text of a document: keys sorted, two blanks of indent, a line end. Any other text is not as it was written. */
export const documentText = (document: unknown): string =>
  `${JSON.stringify(JSON.parse(canonicalJson(document)), null, 2)}\n`;

/** What somebody's document claims to be, before its shape is looked at. */
export const kindOf = (document: unknown): 'statement' | 'newer' | 'envelope' | 'other' => {
  if (!isObject(document)) return 'other';
  if (typeof document.payloadType === 'string' && 'payload' in document) return 'envelope';
  const version = /^https:\/\/flowfit\.dev\/replay\/v(\d+)$/.exec(String(document.predicateType))?.[1];
  if (document._type !== STATEMENT_TYPE || version === undefined) return 'other';
  return Number(version) > 1 ? 'newer' : 'statement';
};
