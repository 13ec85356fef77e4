/** `--recommendation`: what `flowfit recommend --json` printed, as a change of today's rules. */
import { type ChangeSet, rulesChange } from '@flowfit/core/change/change-set';
import { isObject, type JsonObject, objectOf, textOf } from '@flowfit/core/inventory/json';
import type { InventorySnapshot, RulePeer, SecurityGroup, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { peerText } from '@flowfit/core/inventory/rule-id';
import { cidrPeer, groupPeer, toRule } from '@flowfit/core/plan/rule';
import { RECOMMENDATION_SCHEMA } from '@flowfit/core/recommend/document';
import { CliError } from '../errors.ts';
import { asToday } from './todays-rules.ts';

/** @throws CliError `recommendation-invalid`, `recommendation-newer`, `recommendation-unknown-group` */
export const changeOfRecommendation = (text: string, source: string, today: InventorySnapshot): ChangeSet => {
  const groups = groupsOf(text, source);
  const known = new Map(today.groups.map((group) => [group.id, group]));
  const unknown = groups.flatMap(({ groupId }) => (known.has(groupId) ? [] : [groupId]));
  if (unknown.length > 0) {
    throw new CliError(
      'recommendation-unknown-group',
      `${source}: the inventory has no group ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ' …' : ''}.`,
      { remedy: 'It was made from another lake: name that one with --lake, or make it anew with "flowfit recommend".' },
    );
  }
  const rules = groups.map(({ groupId, proposed, place }): [string, readonly SecurityGroupRule[]] => {
    const group = known.get(groupId) as SecurityGroup;
    const read = proposed.map((one, index) => ruleOf(one, `${place}.proposed[${index}]`, source, group, today));
    return [groupId, asToday(group, read)];
  });
  return rulesChange(today, new Map(rules));
};

interface ProposedGroup {
  readonly groupId: string;
  readonly proposed: readonly unknown[];
  /** Such as `groups[0]`. */
  readonly place: string;
}

const groupsOf = (text: string, source: string): ProposedGroup[] => {
  const document = parse(text, source);
  const schema = textOf(document.schema) ?? '';
  const version = Number(/^flowfit\.recommendation\/(\d+)$/.exec(schema)?.[1] ?? Number.NaN);
  if (version > 1) {
    throw new CliError('recommendation-newer', `${source} is of schema ${schema}; this version reads version 1.`, {
      remedy: 'Update Flowfit, or make the recommendation anew with this version.',
    });
  }
  if (schema !== RECOMMENDATION_SCHEMA) throw invalid(source, 'schema', `"${schema}" is not ${RECOMMENDATION_SCHEMA}`);
  if (!Array.isArray(document.groups)) throw invalid(source, 'groups', 'there is no list');
  return document.groups.map((item: unknown, index): ProposedGroup => {
    const place = `groups[${index}]`;
    const { groupId, proposed } = objectOf(item);
    if (typeof groupId !== 'string') throw invalid(source, `${place}.groupId`, 'there is no id');
    if (!Array.isArray(proposed)) throw invalid(source, `${place}.proposed`, 'there is no list');
    return { groupId, proposed, place };
  });
};

const parse = (text: string, source: string): JsonObject => {
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document)) return document;
  } catch (error) {
    throw invalid(source, 'the text', (error as SyntaxError).message);
  }
  throw invalid(source, 'the text', 'it is no JSON object');
};

const invalid = (source: string, place: string, what: string): CliError =>
  new CliError('recommendation-invalid', `${source}, ${place}: ${what}.`, {
    remedy: 'Name what "flowfit recommend --json" printed, whole.',
  });

/** A rule that stays is today's rule of that id, so that nothing is lost of it that the document does not say. */
const ruleOf = (
  item: unknown,
  place: string,
  source: string,
  group: SecurityGroup,
  today: InventorySnapshot,
): SecurityGroupRule => {
  if (!isObject(item)) throw invalid(source, place, 'it is no object');
  const { direction, protocol, fromPort, toPort } = item;
  const { ruleId } = item;
  if (direction !== 'inbound' && direction !== 'outbound') {
    throw invalid(source, `${place}.direction`, 'it is neither inbound nor outbound');
  }
  if (typeof protocol !== 'string') throw invalid(source, `${place}.protocol`, 'there is none');
  for (const [name, port] of Object.entries({ fromPort, toPort })) {
    if (port !== null && !Number.isInteger(port)) throw invalid(source, `${place}.${name}`, 'it is no whole number');
  }
  const kept = group.rules.find(({ id }) => id === ruleId);
  if (kept === undefined && ruleId != null) {
    throw invalid(source, `${place}.ruleId`, `${group.id} has no rule ${JSON.stringify(ruleId)} any more`);
  }
  const peer = peerOf(item, place, source, group, today, kept);
  const description = textOf(item.description) ?? '';
  return toRule({ groupId: group.id, direction, protocol, fromPort, toPort, peer, description, id: kept?.id ?? null });
};

/** By the rules that it comes from, where they name the same group: they know by which way it is reached. */
const peerOf = (
  item: JsonObject,
  place: string,
  source: string,
  group: SecurityGroup,
  today: InventorySnapshot,
  kept: SecurityGroupRule | undefined,
): RulePeer => {
  const text = textOf(item.peer) ?? '';
  if (text.startsWith('pl-')) return { kind: 'prefix-list', prefixListId: text };
  if (!text.startsWith('sg-')) {
    const peer = cidrPeer(text);
    if (peer === null) throw invalid(source, `${place}.peer`, `"${text}" is no CIDR, group or prefix list`);
    return peer;
  }
  const from = Array.isArray(item.from) ? item.from : [];
  const origins = [kept, ...group.rules.filter(({ id }) => from.includes(id))];
  const same = origins.find((rule) => rule !== undefined && peerText(rule.peer) === text);
  return same?.peer ?? groupPeer(text, group.vpcId, today);
};
