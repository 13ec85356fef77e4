/** Whichever way a plan writes the rules of a group, applying it to the state before gives the state after. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ExampleResource, planOf } from '../../test/plans.ts';
import { inventoryOf } from '../analysis/example-account.ts';
import { applyChange } from '../change/change-set.ts';
import { formatRule, parseRule } from '../security-group/notation.ts';
import { readPlanDocument } from './read.ts';

const PEERS = ['0.0.0.0/0', '10.0.0.0/8', '2001:db8::/32', 'pl-a', 'sg-a', 'sg-b'];

const ruleText = fc
  .tuple(
    fc.constantFrom('inbound', 'outbound'),
    fc.constantFrom('tcp 443', 'tcp 8000-8010', 'udp 53', 'tcp all', 'all', 'icmp 8', 'icmp all', '50 all'),
    fc.constantFrom(...PEERS),
  )
  .map(([direction, service, peer]) => `${direction} ${service} ${direction === 'inbound' ? 'from' : 'to'} ${peer}`);

const ruleSet = fc.uniqueArray(ruleText, { maxLength: 6 });

/** Protocol and ports in one of the spellings that the provider takes. */
const meaning = (text: string, spelling: number) => {
  const { protocol, fromPort, toPort } = parseRule(text) ?? { protocol: '', fromPort: null, toPort: null };
  const numbers: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', '-1': 'all' };
  const isPorts = protocol === 'tcp' || protocol === 'udp';
  const [first, last] = isPorts ? [0, 65_535] : protocol === 'icmp' ? [-1, -1] : [0, 0];
  return {
    protocol: spelling % 2 === 0 ? protocol : (numbers[protocol] ?? protocol),
    from_port: fromPort ?? first,
    to_port: toPort ?? (fromPort === null ? last : -1),
  };
};

const peerArguments = (peer: string, group: 'security_groups' | 'source_security_group_id') => {
  const of = (test: boolean) => (test ? [peer] : []);
  const isGroup = peer.startsWith('sg-');
  return {
    cidr_blocks: of(peer.includes('.')),
    ipv6_cidr_blocks: of(peer.includes(':')),
    prefix_list_ids: of(peer.startsWith('pl-')),
    self: peer === 'sg-a',
    [group]: group === 'security_groups' ? of(isGroup && peer !== 'sg-a') : isGroup && peer !== 'sg-a' ? peer : null,
  };
};

const peerOf = (text: string): string => text.split(' ').at(-1) ?? '';

const inline = (rules: readonly string[], spelling: number) => {
  const list = (direction: string) =>
    rules
      .filter((text) => text.startsWith(direction))
      .map((text) => ({
        ...meaning(text, spelling),
        ...peerArguments(peerOf(text), 'security_groups'),
        description: '',
      }));
  return { id: 'sg-a', name: 'a', vpc_id: 'vpc-1', ingress: list('inbound'), egress: list('outbound') };
};

const asResources = (before: readonly string[], after: readonly string[], spelling: number): ExampleResource[] => {
  const values = (text: string) => ({
    type: text.startsWith('inbound') ? 'ingress' : 'egress',
    security_group_id: 'sg-a',
    ...meaning(text, spelling),
    ...peerArguments(peerOf(text), 'source_security_group_id'),
  });
  return [
    ...before.map((text, index) => ({ address: `aws_security_group_rule.old[${index}]`, before: values(text) })),
    ...after.map((text, index) => ({ address: `aws_security_group_rule.new[${index}]`, after: values(text) })),
  ];
};

/** All ports of TCP may be said or left out. */
const canonical = (text: string): string => text.replace(' 0-65535 ', ' all ');

it('in-line, as resources, or from one to the other', () => {
  fc.assert(
    fc.property(
      ruleSet,
      ruleSet,
      fc.nat(1),
      fc.constantFrom('inline', 'resources', 'moved'),
      (before, after, spelling, way) => {
        const today = inventoryOf({
          groups: { 'sg-a': before, 'sg-b': [] },
          prefixLists: { 'pl-a': ['192.0.2.0/24'] },
        });
        const group = (to: readonly string[]): ExampleResource => ({
          address: 'aws_security_group.a',
          before: inline(before, spelling),
          after: inline(to, 1 - spelling),
        });
        const resources = {
          inline: [group(after)],
          resources: asResources(before, after, spelling),
          moved: [group([]), ...asResources([], after, spelling)],
        }[way] as ExampleResource[];
        const { change, problems } = readPlanDocument(planOf(resources), today);
        const rules = applyChange(today, change).groups.find(({ id }) => id === 'sg-a')?.rules ?? [];
        expect(rules.map((rule) => canonical(formatRule(rule))).sort()).toEqual([...after].sort());
        expect(problems).toEqual([]);
        // What stays has the id of today.
        const ids = new Map(today.groups[0]?.rules.map((rule) => [formatRule(rule), rule.id]));
        for (const rule of rules) {
          const id = ids.get(canonical(formatRule(rule)));
          if (id !== undefined) expect(rule.id).toBe(id);
        }
      },
    ),
    { numRuns: 300 },
  );
});
