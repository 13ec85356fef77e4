/**
 * The algorithm that flow-log decorators have been written with for years, as plain code: one regular expression for a
 * version-2 record over IPv4, the interface found in a list, inbound when the destination is its primary address, an
 * object per document. The yardstick of this bench; it lacks what the decorator does beyond that.
 */
import type { Location } from '@flowfit/core/enrich/location';
import type { NetworkInterface } from '@flowfit/core/inventory/model';

const RECORD =
  /^(\d) (\d+) (eni-\w+) (\d+\.\d+\.\d+\.\d+) (\d+\.\d+\.\d+\.\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (ACCEPT|REJECT) (OK|NODATA|SKIPDATA)/;

interface Event {
  readonly records: readonly { readonly recordId: string; readonly data: string }[];
}

export function createOriginal(
  interfaces: readonly NetworkInterface[],
  locate: (address: string) => Location | null,
): (event: Event) => Promise<object> {
  return async ({ records }) => ({
    records: records.map(({ recordId, data }) => {
      const match = RECORD.exec(Buffer.from(data, 'base64').toString('utf8'));
      if (!match) return { recordId, result: 'ProcessingFailed', data };
      const [, version, accountId, interfaceId, source, destination, ...rest] = match as unknown as string[];
      const [srcport, dstport, protocol, packets, bytes, start, end, action, status] = rest as string[];
      const networkInterface = interfaces.find(({ id }) => id === interfaceId);
      const place = locate(source!);
      const document = {
        '@timestamp': new Date(Number(start) * 1_000).toISOString(),
        version: Number(version),
        'account-id': accountId,
        'interface-id': interfaceId,
        srcaddr: source,
        dstaddr: destination,
        srcport: Number(srcport),
        dstport: Number(dstport),
        protocol: Number(protocol),
        packets: Number(packets),
        bytes: Number(bytes),
        start: Number(start),
        end: Number(end),
        action,
        'log-status': status,
        direction: networkInterface?.addresses[0] === destination ? 'inbound' : 'outbound',
        'security-group-ids': networkInterface?.groupIds,
        'source-country-code': place?.countryCode,
        'source-country-name': place?.countryName,
      };
      return { recordId, result: 'Ok', data: Buffer.from(JSON.stringify(document)).toString('base64') };
    }),
  });
}
