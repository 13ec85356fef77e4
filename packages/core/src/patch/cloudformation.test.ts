import { describe, expect, it } from 'vitest';
import { CHANGE, CONTEXT } from '../../test/change-example.ts';
import { formOf, meantForm } from '../../test/written-rules.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { writeCloudFormation } from './cloudformation.ts';
import { targetsOf } from './target.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const documents = new Map(writeCloudFormation(CHANGE, CONTEXT).map(({ name, text }) => [name, JSON.parse(text)]));

const resourcesOf = (name: string): [id: string, resource: Resource][] => Object.entries(documents.get(name).Resources);

function readResource({ Type, Properties }: Resource): string {
  const { GroupId, IpProtocol, FromPort, ToPort, Description, SourceSecurityGroupOwnerId, ...peers } = Properties;
  const direction = Type === 'AWS::EC2::SecurityGroupIngress' ? 'inbound' : 'outbound';
  const end = direction === 'inbound' ? 'Source' : 'Destination';
  const [[kind, peer] = [], ...more] = Object.entries(peers);
  expect(more).toEqual([]);
  expect(['CidrIp', 'CidrIpv6', `${end}SecurityGroupId`, `${end}PrefixListId`]).toContain(kind);
  expect([undefined, '444455556666']).toContain(SourceSecurityGroupOwnerId);
  return formOf({
    groupId: GroupId,
    direction,
    protocol: IpProtocol,
    from: FromPort,
    to: ToPort,
    peer,
    description: String(Description ?? ''),
  });
}

const forms = (rules: readonly SecurityGroupRule[]) => rules.map((rule) => meantForm(rule, rule.description)).sort();

describe.each(targetsOf(CHANGE, CONTEXT))('CloudFormation of $groupId', ({ groupId, kept, added, removed }) => {
  const folder = `cloudformation/${groupId}`;
  const said = (name: string) =>
    resourcesOf(`${folder}/${name}`)
      .map(([, resource]) => readResource(resource))
      .sort();

  it('imports the rules of today and ends with those of the change', () => {
    expect(said('import.json')).toEqual(forms([...kept, ...removed]));
    expect(said('template.json')).toEqual(forms([...kept, ...added]));
  });

  it('names each imported rule', () => {
    const named: { LogicalResourceId: string; ResourceType: string; ResourceIdentifier: { Id: string } }[] =
      documents.get(`${folder}/resources-to-import.json`);
    const resources = new Map(resourcesOf(`${folder}/import.json`));
    const imported = named.map(({ LogicalResourceId, ResourceType, ResourceIdentifier }): [string, string] => {
      const resource = resources.get(LogicalResourceId)!;
      expect(resource.Type).toBe(ResourceType);
      return [ResourceIdentifier.Id, readResource(resource)];
    });
    const today = [...kept, ...removed];
    expect(new Map(imported)).toEqual(new Map(today.map((rule) => [rule.id, meantForm(rule, rule.description)])));
    expect(resources.size).toBe(today.length);
  });

  it('deletes what goes, and nothing else', () => {
    const ids = new Map(resourcesOf(`${folder}/template.json`));
    for (const [id, { DeletionPolicy }] of resourcesOf(`${folder}/import.json`)) {
      expect(DeletionPolicy).toBe(ids.has(id) ? 'Retain' : 'Delete');
    }
  });
});
