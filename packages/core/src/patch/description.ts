/** Descriptions of rules, as AWS allows them. */
import type { SecurityGroupRule } from '../inventory/model.ts';

/** EC2 `IpRange.Description`. */
const LONGEST = 255;
const NOT_ALLOWED = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/gu;
/** What an earlier patch said, or this one. */
const ORIGIN = /(?:\s*\(from (?:sgr|rule)-[^()]*\)|^from (?:sgr|rule)-[^()]*)$/u;
const IDS_NAMED = 3;

/** With whatever AWS refuses replaced: blanks by a space, other characters by `_`; cut at 255. */
export const cleanDescription = (text: string): string =>
  text.replace(/\s/gu, ' ').replace(NOT_ALLOWED, '_').slice(0, LONGEST);

/**
 * Of a new rule: its own text, else that of the rules it stands for, and then their ids, such as
 * `Web (from sgr-0a1b, sgr-0c2d)`. Where all of it does not fit, the text is cut. Once more makes no difference.
 */
export function describeNewRule(
  rule: SecurityGroupRule,
  from: readonly string[],
  before: readonly SecurityGroupRule[],
): string {
  const own = withoutOrigin(rule.description) || carriedOver(from, before);
  if (from.length === 0) return cleanDescription(rule.description).trim();
  const origin = cleanDescription(formatOrigin(from));
  const text = cleanDescription(own).trim();
  const room = LONGEST - origin.length - ' ()'.length;
  const cut = text.length > room ? `${text.slice(0, room - 3).trimEnd()}...` : text;
  return cut === '' ? origin : `${cut} (${origin})`;
}

const withoutOrigin = (text: string): string => text.replace(ORIGIN, '');

function carriedOver(from: readonly string[], before: readonly SecurityGroupRule[]): string {
  const texts = before.filter(({ id }) => from.includes(id)).map(({ description }) => withoutOrigin(description));
  return [...new Set(texts.filter((text) => text !== ''))].join('; ');
}

function formatOrigin(from: readonly string[]): string {
  const ids = [...from].sort();
  const more = ids.length > IDS_NAMED ? ` and ${ids.length - IDS_NAMED} more` : '';
  return `from ${ids.slice(0, IDS_NAMED).join(', ')}${more}`;
}
