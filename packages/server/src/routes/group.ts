/** One group: its rules beside what was seen of them, and the interfaces that carry it. */
import { toGroupDocument, toRuleDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import type { NetworkInterface } from '@flowfit/core/inventory/model';
import { ReachResolver } from '@flowfit/core/security-group/reach';
import { toAllowed, toBlocks } from '../blocks.ts';
import type { Geography, Route } from '../context.ts';
import { type GroupInterface, type GroupRule, groupAnswer, idParameter, windowQuery } from '../contract/rules.ts';
import { type Directory, directoryOf } from '../directory.ts';
import { ApiError } from '../errors.ts';
import { askerOf } from '../turns/asker.ts';

export const groupRoute: Route = (app, { access, analyses, geography }) => {
  app.get(
    '/groups/:id',
    {
      schema: {
        summary: 'A security group: rules with what was seen of them, and interfaces',
        params: idParameter,
        querystring: windowQuery,
        response: { 200: groupAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const asker = askerOf(request, reply);
      const { analysis, directory } = await access.files(asker, async (state) => ({
        analysis: await analyses.of(state, request.query, asker),
        directory: await directoryOf(state.lake),
      }));
      const { verdicts, snapshot, timeline, coverage } = analysis;
      const verdict = verdicts.groups.find(({ group }) => group.id === id);
      if (verdict === undefined) {
        throw new ApiError(
          404,
          'group-unknown',
          `The inventory has no security group "${id}". /api/v1/groups lists all.`,
        );
      }
      const rules = verdicts.rules.filter(({ group }) => group.id === id);
      const resolver = new ReachResolver(snapshot);
      const instances = new Map(snapshot.instances.map((instance) => [instance.id, instance.name]));
      const { description, tags } = verdict.group;
      return {
        group: { ...toGroupDocument(verdict), description, tags },
        interfaces: verdict.interfaces.map((one) => toInterface(one, instances)),
        lacks: lacksOf(rules, timeline, coverage),
        rules: rules.map((rule) => toGroupRule(rule, resolver, directory, geography)),
        names: namesOf([...verdict.referencedBy, ...verdict.interfaces.flatMap(({ groupIds }) => groupIds)], directory),
      };
    },
  );
};

const namesOf = (ids: readonly string[], directory: Directory): Record<string, string> =>
  Object.fromEntries(ids.flatMap((id) => [[id, directory.nameOf(id)]]).filter(([, name]) => name !== null));

const toInterface = (
  { id, name, type, description, instanceId, addresses, groupIds }: NetworkInterface,
  instances: ReadonlyMap<string, string | null>,
): GroupInterface => ({
  id,
  name,
  kind: type,
  description,
  instanceId,
  instanceName: instanceId === null ? null : (instances.get(instanceId) ?? null),
  addresses,
  groupIds,
});

const toGroupRule = (
  verdict: RuleVerdict,
  resolver: ReachResolver,
  directory: Directory,
  geography: Geography | null,
): GroupRule => {
  const { rule, group, usage } = verdict;
  const document = toRuleDocument(verdict);
  return {
    ...document,
    allowed: toAllowed(rule, resolver, group.vpcId),
    peerName: rule.peer.kind === 'cidr' ? null : directory.nameOf(document.peer),
    seenBlocks: usage === null ? [] : toBlocks(usage.peers.seen),
    topPeers: document.peers.top.map(({ address, flows }) => ({
      address,
      owner: directory.ownerOf(address),
      countryCode: geography?.locate(address)?.countryCode ?? null,
      flows,
    })),
  };
};
