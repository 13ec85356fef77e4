/** A decorator with an inventory and a geography of its own, and records as Firehose sends them. */
import type { Location } from '@flowfit/core/enrich/location';
import type { InventorySnapshot, NetworkInterface } from '@flowfit/core/inventory/model';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';
import type { TransformEvent } from '../src/decorator/contract.ts';
import { createDecorator, type DecoratorConfiguration } from '../src/decorator/decorate.ts';
import { Inventory, type InventoryEffects } from '../src/decorator/inventory.ts';

export const networkInterface = (id: string, change: Partial<NetworkInterface> = {}): NetworkInterface => ({
  id,
  accountId: '123456789012',
  region: 'eu-west-1',
  vpcId: 'vpc-0123456789abcdef0',
  subnetId: null,
  description: '',
  type: 'interface',
  instanceId: null,
  requesterId: null,
  requesterManaged: false,
  status: 'in-use',
  groupIds: ['sg-0aaaaaaaaaaaaaaaa'],
  addresses: ['10.0.0.5'],
  prefixes: [],
  publicAddresses: [],
  connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
  name: null,
  tags: {},
  ...change,
});

export const snapshot = (
  interfaces: readonly NetworkInterface[],
  change: Partial<InventorySnapshot> = {},
): InventorySnapshot => ({ ...emptySnapshot('2023-11-14T00:00:00.000Z'), interfaces, ...change });

export const KNOWN = 'eni-0a1b2c3d4e5f60718';

/** A version-2 record. */
export const line = (n: number, { id = KNOWN, rest = 'ACCEPT OK' } = {}): string =>
  `2 123456789012 ${id} 8.8.4.${n % 250} 10.0.0.5 ${40_000 + n} 443 6 ${n} 840 1700000000 1700000060 ${rest}`;

export const noData = (status: 'NODATA' | 'SKIPDATA'): string =>
  `2 123456789012 ${KNOWN} - - - - - - - 1700000000 1700000060 - ${status}`;

export const transformEvent = (data: readonly (string | Uint8Array)[]): TransformEvent => ({
  invocationId: '2b4d1ad9-2f48-94bd-a088-767c317e994a',
  deliveryStreamArn: 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/flowfit',
  region: 'eu-west-1',
  records: data.map((each, i) => ({
    recordId: `4964091282117878183351798646616894514717062757285573427400${i}`,
    approximateArrivalTimestamp: 1_700_000_300_000,
    data: Buffer.from(each).toString('base64'),
  })),
});

export const PLACE: Location = {
  countryCode: 'US',
  countryName: 'United States',
  regionCode: null,
  regionName: null,
  city: null,
  latitude: 37.75,
  longitude: -97.82,
};

interface KitOptions extends Partial<DecoratorConfiguration> {
  readonly newest?: InventoryEffects['readNewest'];
  readonly find?: InventoryEffects['findInterfaces'];
}

export function kit({ newest, find, ...configuration }: KitOptions = {}) {
  const logged: { message: string; data: Record<string, unknown> }[] = [];
  const counts: Record<string, number> = {};
  const clock = { now: 1_700_000_400_000 };
  const lookups: string[][] = [];
  const say = (message: string, data: Record<string, unknown>) => void logged.push({ message, data });
  const log = { info: say, warn: say, error: say };
  const count = (name: string, value: number) => {
    counts[name] = (counts[name] ?? 0) + value;
  };
  const inventory = new Inventory({
    readNewest: newest ?? (async () => ({ snapshot: snapshot([networkInterface(KNOWN)]), etag: '"1"' })),
    findInterfaces: async (ids) => {
      lookups.push([...ids]);
      return find ? find(ids) : [];
    },
    now: () => clock.now,
    log,
    count,
  });
  const decorate = createDecorator(
    { layouts: [], noData: 'drop', skipData: 'keep', ...configuration },
    { inventory, locate: () => PLACE, log, count },
  );
  /** Results in order, documents decoded. */
  const run = async (data: readonly (string | Uint8Array)[]) => {
    const event = transformEvent(data);
    const { records } = await decorate(event);
    if (records.length !== event.records.length) throw new Error('one result per record');
    return records.map(({ recordId, result, data: output }, i) => {
      if (recordId !== event.records[i]!.recordId) throw new Error('results carry the ids of their records');
      return result === 'Ok' ? JSON.parse(Buffer.from(output, 'base64').toString('utf8')) : result;
    });
  };
  return { decorate, run, logged, counts, clock, lookups };
}
