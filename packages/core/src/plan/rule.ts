/** Rules as plans write them, in the inventory's words, so that equal rules have equal tuples whoever wrote them. */
import { meaningOf } from '../inventory/describe/rule.ts';
import type { InventorySnapshot, RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { ruleIdOf, ruleTuple } from '../inventory/rule-id.ts';
import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import { ec2Protocol, protocolNumber } from '../net/protocol.ts';

export interface WrittenRule {
  readonly groupId: string;
  readonly direction: SecurityGroupRule['direction'];
  readonly protocol: unknown;
  readonly fromPort: unknown;
  readonly toPort: unknown;
  readonly peer: RulePeer;
  readonly description: string;
  /** AWS's own, where the plan names it. */
  readonly id?: string | null;
}

/**
 * `6` is `tcp`, `all` and `-1` are the same, so are port -1 and none. Tools write ports as numbers or as texts.
 *
 * @example toRule({ protocol: '6', fromPort: '443', toPort: 443, … }) // tcp 443
 */
export const toRule = ({ protocol, fromPort, toPort, id, ...rest }: WrittenRule): SecurityGroupRule => {
  const meaning = meaningOf({
    IpProtocol: protocolText(protocol),
    FromPort: numberOf(fromPort),
    ToPort: numberOf(toPort),
  });
  const tuple = { ...rest, ...meaning };
  return { id: id ?? ruleIdOf(tuple), ...tuple };
};

const protocolText = (value: unknown): string => {
  const text = `${value ?? '-1'}`.toLowerCase();
  const number = protocolNumber(text);
  return number === null ? text : ec2Protocol(number);
};

const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;

/** As `ruleTuple`, and all ports of TCP and UDP are the same whether they are said or left out. */
export const sameRuleKey = (rule: SecurityGroupRule): string => {
  const isAllPorts = rule.fromPort === 0 && rule.toPort === 65_535;
  const hasRange = rule.protocol === 'tcp' || rule.protocol === 'udp';
  return ruleTuple(hasRange && isAllPorts ? { ...rule, fromPort: null, toPort: null } : rule);
};

/** Null where the text is no CIDR. */
export const cidrPeer = (text: string): RulePeer | null => {
  const prefix = parsePrefix(text);
  return prefix === null ? null : { kind: 'cidr', cidr: formatPrefix(prefix) };
};

/**
 * A reference as AWS would store it: to a group of another VPC it goes through the peering connection between the two.
 * `text` is an id, or `account/id`.
 */
export const groupPeer = (text: string, ownVpc: string | null, today: InventorySnapshot): RulePeer => {
  const slash = text.indexOf('/');
  const groupId = text.slice(slash + 1);
  const vpcId = today.groups.find(({ id }) => id === groupId)?.vpcId ?? null;
  const peering =
    vpcId === null || ownVpc === null || vpcId === ownVpc
      ? undefined
      : today.peerings.find(({ requesterVpcId, accepterVpcId }) =>
          [requesterVpcId, accepterVpcId].every((end) => end === vpcId || end === ownVpc),
        );
  return {
    kind: 'group',
    groupId,
    accountId: slash < 0 ? null : text.slice(0, slash),
    vpcId: peering === undefined ? null : vpcId,
    peeringConnectionId: peering?.id ?? null,
    peeringStatus: peering?.status ?? null,
  };
};
