import type { Draft } from '../draft.ts';
import { integerOf, type JsonObject, objectOf, objectsOf, textOf } from '../json.ts';
import type { NetworkInterface } from '../model.ts';
import {
  type Answer,
  addressesOf,
  type Command,
  idOf,
  prefixesOf,
  regionOfZone,
  sortedUnique,
  tagsOf,
  timeOf,
} from './answer.ts';

const NAME = 'describe-network-interfaces';

/** The API's enum says `natGateway`, its answers and flow logs say `nat_gateway`; old answers lack the key. */
const typeOf = (value: unknown): string => {
  const type = textOf(value) ?? 'interface';
  return type === 'natGateway' ? 'nat_gateway' : type;
};

/** Primary first: it stands for all others in `srcaddr` and `dstaddr` of flow logs. Then sorted, IPv4 before IPv6. */
const privateAddressesOf = (item: JsonObject, id: string, answer: Answer, draft: Draft): string[] => {
  const ordered = (list: unknown, address: string, primary: string): readonly string[] => {
    const read = objectsOf(list).map((entry) => ({
      isPrimary: entry[primary] === true,
      addresses: addressesOf(entry[address], id, answer, draft),
    }));
    const texts = (isPrimary: boolean) =>
      sortedUnique(read.filter((entry) => entry.isPrimary === isPrimary).flatMap((entry) => entry.addresses));
    return [...texts(true), ...texts(false)];
  };
  return [
    ...new Set([
      ...addressesOf(item.PrivateIpAddress, id, answer, draft),
      ...ordered(item.PrivateIpAddresses, 'PrivateIpAddress', 'Primary'),
      ...ordered(item.Ipv6Addresses, 'Ipv6Address', 'IsPrimaryIpv6'),
    ]),
  ];
};

/** Elastic, carrier (Wavelength) and customer-owned (Outposts) addresses. */
const publicAddressesOf = (item: JsonObject, id: string, answer: Answer, draft: Draft): string[] =>
  sortedUnique(
    [item, ...objectsOf(item.PrivateIpAddresses)]
      .map((owner) => objectOf(owner.Association))
      .flatMap(({ PublicIp, CarrierIp, CustomerOwnedIp }) => [PublicIp, CarrierIp, CustomerOwnedIp])
      .flatMap((address) => addressesOf(address, id, answer, draft)),
  );

/** Without the key where the answer does not tell the time, so that such interfaces read as they always did. */
const attachmentOf = (attachment: JsonObject): Pick<NetworkInterface, 'instanceId' | 'attachedAt'> => {
  const instanceId = textOf(attachment.InstanceId);
  const time = timeOf(attachment.AttachTime);
  return time === null ? { instanceId } : { instanceId, attachedAt: Math.floor(Date.parse(time) / 1000) };
};

const decode = (item: JsonObject, id: string, answer: Answer, draft: Draft): NetworkInterface => {
  const tracking = objectOf(item.ConnectionTrackingConfiguration);
  return {
    id,
    accountId: textOf(item.OwnerId),
    region: regionOfZone(item.AvailabilityZone),
    vpcId: textOf(item.VpcId),
    subnetId: textOf(item.SubnetId),
    description: textOf(item.Description) ?? '',
    type: typeOf(item.InterfaceType),
    ...attachmentOf(objectOf(item.Attachment)),
    requesterId: textOf(item.RequesterId),
    requesterManaged: item.RequesterManaged === true,
    status: textOf(item.Status) ?? 'unknown',
    groupIds: sortedUnique(objectsOf(item.Groups).flatMap(({ GroupId }) => textOf(GroupId) ?? [])),
    addresses: privateAddressesOf(item, id, answer, draft),
    prefixes: sortedUnique([
      ...objectsOf(item.Ipv4Prefixes).flatMap(({ Ipv4Prefix }) => prefixesOf(Ipv4Prefix, id, answer, draft)),
      ...objectsOf(item.Ipv6Prefixes).flatMap(({ Ipv6Prefix }) => prefixesOf(Ipv6Prefix, id, answer, draft)),
    ]),
    publicAddresses: publicAddressesOf(item, id, answer, draft),
    connectionTracking: {
      tcpEstablished: integerOf(tracking.TcpEstablishedTimeout),
      udpStream: integerOf(tracking.UdpStreamTimeout),
      udpSingle: integerOf(tracking.UdpTimeout),
    },
    ...tagsOf(item.TagSet),
  };
};

export const networkInterfaces: Command = {
  name: NAME,
  key: 'NetworkInterfaces',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'NetworkInterfaceId', NAME, answer, draft);
      if (id === null) continue;
      const value = decode(item, id, answer, draft);
      draft.interfaces.put(answer.source, value);
      draft.noteVpcRegion(value.vpcId, value.region);
      for (const group of objectsOf(item.Groups)) draft.noteGroupName(textOf(group.GroupId), textOf(group.GroupName));
    }
  },
};
