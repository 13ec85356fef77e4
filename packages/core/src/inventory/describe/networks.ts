/** VPCs, their subnets and the peerings between them. */
import type { Draft } from '../draft.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../json.ts';
import {
  type Answer,
  type Command,
  idOf,
  prefixesOf,
  regionOfArn,
  regionOfZone,
  sortedUnique,
  tagsOf,
} from './answer.ts';

/** All blocks of a VPC or subnet; blocks that were taken away stay listed as `disassociated`. */
const cidrsOf = (item: JsonObject, id: string, answer: Answer, draft: Draft): string[] => {
  const associated = (list: unknown, state: string): JsonObject[] =>
    objectsOf(list).filter((block) => (textOf(objectOf(block[state]).State) ?? 'associated') === 'associated');
  return sortedUnique(
    [
      item.CidrBlock,
      ...associated(item.CidrBlockAssociationSet, 'CidrBlockState').map(({ CidrBlock }) => CidrBlock),
      ...associated(item.Ipv6CidrBlockAssociationSet, 'Ipv6CidrBlockState').map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
    ].flatMap((cidr) => prefixesOf(cidr, id, answer, draft)),
  );
};

export const vpcs: Command = {
  name: 'describe-vpcs',
  key: 'Vpcs',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'VpcId', 'describe-vpcs', answer, draft);
      if (id === null) continue;
      // The answer names no region: it is taken from what lies in the VPC.
      const cidrs = cidrsOf(item, id, answer, draft);
      draft.vpcs.put(answer.source, { id, accountId: textOf(item.OwnerId), region: null, cidrs, ...tagsOf(item.Tags) });
    }
  },
};

export const subnets: Command = {
  name: 'describe-subnets',
  key: 'Subnets',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'SubnetId', 'describe-subnets', answer, draft);
      if (id === null) continue;
      const vpcId = textOf(item.VpcId);
      draft.noteVpcRegion(vpcId, regionOfArn(item.SubnetArn) ?? regionOfZone(item.AvailabilityZone));
      draft.subnets.put(answer.source, {
        id,
        vpcId,
        accountId: textOf(item.OwnerId),
        availabilityZoneId: textOf(item.AvailabilityZoneId),
        cidrs: cidrsOf(item, id, answer, draft),
        ...tagsOf(item.Tags),
      });
    }
  },
};

export const peeringConnections: Command = {
  name: 'describe-vpc-peering-connections',
  key: 'VpcPeeringConnections',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'VpcPeeringConnectionId', 'describe-vpc-peering-connections', answer, draft);
      if (id === null) continue;
      const requester = objectOf(item.RequesterVpcInfo);
      const accepter = objectOf(item.AccepterVpcInfo);
      draft.noteVpcRegion(textOf(requester.VpcId), textOf(requester.Region));
      draft.noteVpcRegion(textOf(accepter.VpcId), textOf(accepter.Region));
      draft.peerings.put(answer.source, {
        id,
        status: textOf(objectOf(item.Status).Code) ?? 'unknown',
        requesterVpcId: textOf(requester.VpcId),
        accepterVpcId: textOf(accepter.VpcId),
        requesterRegion: textOf(requester.Region),
        accepterRegion: textOf(accepter.Region),
        ...tagsOf(item.Tags),
      });
    }
  },
};
