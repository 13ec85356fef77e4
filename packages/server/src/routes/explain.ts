import { toRuleDocument } from '@flowfit/core/analysis/documents';
import { explainRule } from '@flowfit/core/analysis/explain-rule';
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { canonicalAddress } from '@flowfit/core/net/address';
import { hasPorts, protocolNumber } from '@flowfit/core/net/protocol';
import { explainPacket } from '@flowfit/core/security-group/explain';
import type * as z from 'zod';
import type { Route } from '../context.ts';
import { type ExplainAnswer, explainAnswer, explainQuery } from '../contract/rules.ts';
import { ApiError } from '../errors.ts';
import { askerOf } from '../turns/asker.ts';

/** What has this rule admitted, or which rules admit this packet, in words. */
export const explainRoute: Route = (app, { access, analyses }) => {
  app.get(
    '/explain',
    {
      schema: {
        summary: 'What a rule admitted, or which rules admit a connection',
        querystring: explainQuery,
        response: { 200: explainAnswer },
      },
    },
    async (request, reply): Promise<ExplainAnswer> => {
      const asker = askerOf(request, reply);
      const { verdicts, snapshot } = await access.files(asker, (state) => analyses.of(state, request.query, asker));
      const { rule, interface: interfaceId } = request.query;
      if ((rule === undefined) === (interfaceId === undefined)) {
        throw new ApiError(400, 'explain-what', 'Name either a rule, or an interface and a peer.');
      }
      return rule === undefined
        ? explainConnection(snapshot, verdicts.rules, request.query)
        : explainOneRule(verdicts.rules, rule);
    },
  );
};

const explainOneRule = (rules: readonly RuleVerdict[], id: string): ExplainAnswer => {
  const verdict = findRule(rules, id);
  return { subject: id, sentences: explainRule(verdict), rules: [toRuleDocument(verdict)] };
};

/** As of the newest inventory: the question is what the rules let through now. */
const explainConnection = (
  snapshot: InventorySnapshot,
  rules: readonly RuleVerdict[],
  query: z.infer<typeof explainQuery>,
): ExplainAnswer => {
  const { interface: id = '', direction = 'inbound', port = null } = query;
  const networkInterface = snapshot.interfaces.find((one) => one.id === id);
  if (networkInterface === undefined) {
    throw new ApiError(404, 'interface-unknown', `The inventory has no interface "${id}".`);
  }
  const peerAddress = canonicalAddress(query.peer ?? '');
  if (peerAddress === null) throw new ApiError(400, 'peer-invalid', '"peer" has to be an IPv4 or IPv6 address.');
  const protocol = protocolNumber(query.protocol ?? 'tcp');
  if (protocol === null) throw new ApiError(400, 'protocol-invalid', '"protocol" has to be a name or an IANA number.');
  const { vpcId, groupIds } = networkInterface;
  const servicePort = hasPorts(protocol) ? port : null;
  const explained = explainPacket(snapshot, { vpcId, groupIds, direction, protocol, servicePort, peerAddress });
  return {
    subject: id,
    sentences: explained.words,
    rules: explained.admitting.map(({ rule }) => toRuleDocument(findRule(rules, rule.id))),
  };
};

const findRule = (rules: readonly RuleVerdict[], id: string): RuleVerdict => {
  const found = rules.find(({ rule }) => rule.id === id);
  if (found !== undefined) return found;
  throw new ApiError(404, 'rule-unknown', `The newest inventory has no rule "${id}". /api/v1/rules lists all.`);
};
