/** Random inventories over a small world, so that records and interfaces meet. */
import type { InventorySnapshot, NetworkInterface } from '@flowfit/core/inventory/model';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';
import fc from 'fast-check';

export const INTERFACE_IDS = ['eni-1', 'eni-2', 'eni-3', 'eni-unknown'] as const;
export const ADDRESSES = [
  '10.0.0.1',
  '10.0.0.2',
  '10.0.1.7',
  '192.0.2.7',
  '198.51.100.9',
  '2001:db8::1',
  '2001:db8:0:1::2',
  '::1',
] as const;
const PREFIXES = ['10.0.1.0/28', '10.0.0.0/31', '2001:db8:0:1::/80', '192.0.2.0/28'] as const;

/** Unix seconds; captures and records are about these. */
export const TIMES = [1_767_225_599, 1_767_225_600, 1_767_229_200, 1_767_312_000] as const;

const interfaceOf = (id: string): fc.Arbitrary<NetworkInterface> =>
  fc
    .record({
      groupIds: fc.subarray(['sg-1', 'sg-2', "sg-'3"]),
      addresses: fc.shuffledSubarray([...ADDRESSES], { maxLength: 3 }),
      prefixes: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray([...PREFIXES], { maxLength: 2 })),
      vpcId: fc.constantFrom('vpc-1', null),
    })
    .map((facts) => ({
      ...facts,
      id,
      accountId: '111122223333',
      region: 'eu-west-1',
      subnetId: null,
      description: '',
      type: 'interface',
      instanceId: null,
      requesterId: null,
      requesterManaged: false,
      status: 'in-use',
      publicAddresses: [],
      connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
      name: null,
      tags: {},
    }));

const snapshot: fc.Arbitrary<InventorySnapshot> = fc
  .tuple(
    fc.constantFrom(...TIMES),
    fc.array(fc.constantFrom('eni-1', 'eni-2', 'eni-3').chain(interfaceOf), { maxLength: 3 }),
  )
  .map(([seconds, interfaces]) => ({
    ...emptySnapshot(new Date(seconds * 1000).toISOString()),
    interfaces: [...new Map(interfaces.map((value) => [value.id, value])).values()].sort((a, b) =>
      a.id < b.id ? -1 : 1,
    ),
  }));

export const inventories: fc.Arbitrary<InventorySnapshot[]> = fc.array(snapshot, { maxLength: 4 });
