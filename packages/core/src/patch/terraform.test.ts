import { parse } from '@cdktn/hcl2json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrPeer, plainGroupPeer, rules } from '../../test/accounts.ts';
import { CHANGE, CONTEXT, ruleOf } from '../../test/change-example.ts';
import { formOf, meantForm } from '../../test/written-rules.ts';
import { type ChangeSet, NO_CHANGE } from '../change/change-set.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { awsKey } from './aws-rule.ts';
import { targetsOf } from './target.ts';
import { toHclString, writeTerraform } from './terraform.ts';

type Block = Record<string, unknown>;

interface Configuration {
  /** What the resources say, by address. */
  readonly resources: ReadonlyMap<string, string>;
  /** Rule ids by address. */
  readonly imports: ReadonlyMap<string, unknown>;
  readonly removed: readonly string[];
}

const DIRECTIONS: readonly (readonly [type: string, direction: 'inbound' | 'outbound'])[] = [
  ['aws_vpc_security_group_ingress_rule', 'inbound'],
  ['aws_vpc_security_group_egress_rule', 'outbound'],
];

/** The parser leaves escaped templates as they were written, and puts references in `${…}`. */
const toPlain = (text: unknown): string => String(text ?? '').replace(/([$%])\1\{/g, '$1{');
const addressIn = (reference: unknown): string => String(reference).replace(/^\$\{(.*)\}$/, '$1');

async function read(text: string | undefined): Promise<Configuration> {
  const {
    resource = {},
    import: imports = [],
    removed = [],
    ...others
  } = (await parse('flowfit.tf', text ?? '')) as {
    resource?: Record<string, Record<string, Block[]>>;
    import?: Block[];
    removed?: Block[];
  };
  expect(others).toEqual({});
  const known = DIRECTIONS.map(([type]) => type);
  expect(Object.keys(resource).filter((type) => !known.includes(type))).toEqual([]);
  const resources = DIRECTIONS.flatMap(([type, direction]) =>
    Object.entries(resource[type] ?? {}).map(([name, [block]]): [string, string] => [
      `${type}.${name}`,
      readResource(block ?? {}, direction),
    ]),
  );
  return {
    resources: new Map(resources),
    imports: new Map(imports.map(({ to, id }) => [addressIn(to), id])),
    removed: removed.map(({ from, lifecycle }) => {
      expect(lifecycle).toEqual([{ destroy: true }]);
      return addressIn(from);
    }),
  };
}

function readResource(block: Block, direction: 'inbound' | 'outbound'): string {
  const { security_group_id, ip_protocol, from_port, to_port, description, ...peers } = block;
  const [[peerKind, peer] = [], ...more] = Object.entries(peers);
  expect(more).toEqual([]);
  expect(['cidr_ipv4', 'cidr_ipv6', 'prefix_list_id', 'referenced_security_group_id']).toContain(peerKind);
  if (peerKind?.startsWith('cidr')) expect(String(peer).includes(':')).toBe(peerKind === 'cidr_ipv6');
  return formOf({
    groupId: security_group_id,
    direction,
    protocol: ip_protocol,
    from: from_port,
    to: to_port,
    peer: String(peer).replace(/^\d{12}\//, ''),
    description: toPlain(description),
  });
}

async function steps(change: ChangeSet): Promise<[first: Configuration, second: Configuration]> {
  const [first, second] = writeTerraform(change, CONTEXT);
  return [await read(first?.text), await read(second?.text)];
}

async function expectMeaning(change: ChangeSet): Promise<void> {
  const [first, second] = await steps(change);
  const targets = targetsOf(change, CONTEXT);
  const forms = (some: readonly SecurityGroupRule[]) => some.map((rule) => meantForm(rule, rule.description)).sort();
  const said = ({ resources }: Configuration) => [...resources.values()].sort();
  expect(said(first)).toEqual(forms(targets.flatMap(({ kept, removed, added }) => [...kept, ...removed, ...added])));
  expect(said(second)).toEqual(forms(targets.flatMap(({ kept, added }) => [...kept, ...added])));
  // Every rule of today is imported, under the address that has its text; nothing else is.
  const today = targets.flatMap(({ kept, removed }) => [...kept, ...removed]);
  const byId = new Map(today.map((rule) => [rule.id, meantForm(rule, rule.description)]));
  const imported = [...first.imports].map(([address, id]) => [id, first.resources.get(address)]);
  expect(new Map(imported as [string, string][])).toEqual(byId);
  // What step 2 removes is what it no longer has of step 1.
  expect([...second.removed].sort()).toEqual(
    [...first.resources.keys()].filter((a) => !second.resources.has(a)).sort(),
  );
  for (const [address, id] of second.imports) expect(first.imports.get(address)).toBe(id);
}

describe('Terraform', () => {
  it('means the change', async () => {
    await expectMeaning(CHANGE);
  });

  it('means any change', async () => {
    const some = rules('sg-a', fc.oneof(cidrPeer, plainGroupPeer)).map((list) => [
      ...new Map(list.map((rule) => [awsKey(rule), rule])).values(),
    ]);
    const withIds = (list: readonly SecurityGroupRule[]) =>
      list.map((rule, index) => ({ ...rule, id: `sgr-${index}` }));
    await fc.assert(
      fc.asyncProperty(some, some, async (before, after) => {
        const group = { groupId: 'sg-a', groupName: 'a', vpcId: null, before: withIds(before), after };
        await expectMeaning({ ...NO_CHANGE, groups: [{ ...group, fate: 'changed' }] });
      }),
      { numRuns: 30 },
    );
  });

  it('names the account of a group of another account', () => {
    expect(writeTerraform(CHANGE, CONTEXT)[1]?.text).toContain('= "444455556666/sg-0aa0000000000000a"');
  });

  it('writes any text as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('$', '%', '{', '}', '"', '\\', '\n', 'a', 'é') }),
        async (text) => {
          const { a } = (await parse('a.tf', `a = ${toHclString(text)}`)) as { a: string };
          // An escape doubles the sign; what comes before it is not part of it.
          expect(a).toBe(text.replace(/[$%](?=\{)/g, '$&$&'));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is refused where the inventory has no rule ids', () => {
    const before = [ruleOf('sg-a', 'inbound tcp 22 from 10.0.0.0/8', null)];
    const group = { groupId: 'sg-a', groupName: 'a', vpcId: null, before, after: [], fate: 'changed' as const };
    expect(() => writeTerraform({ ...NO_CHANGE, groups: [group] }, CONTEXT)).toThrow(
      /^Terraform imports rules by their AWS ids, and the inventory has none for rule-[0-9a-f]{16} of group sg-a\./,
    );
  });
});
