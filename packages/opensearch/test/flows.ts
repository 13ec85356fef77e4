/** Enriched flows of a small account, the same for the same number. */
import { type EnrichedFlow, enrich } from '@flowfit/core/enrich/enrich';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { NetworkInterface } from '@flowfit/core/inventory/model';

export const DAY = 1_700_006_400; // 2023-11-15T00:00:00Z

const networkInterface: NetworkInterface = {
  id: 'eni-0a1b2c3d4e5f60718',
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
  groupIds: ['sg-0aaaaaaaaaaaaaaaa', 'sg-0bbbbbbbbbbbbbbbb'],
  addresses: ['10.0.0.5', '2001:db8::5'],
  prefixes: [],
  publicAddresses: [],
  connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
  name: 'web',
  tags: {},
};

const parser = createLineParser(DEFAULT_LAYOUT);

/** Record number `n`: a client of one of 50 addresses on port 443 or 22; every tenth is rejected; every other a reply. */
export function flow(n: number): EnrichedFlow {
  const peer = `192.0.2.${n % 50}`;
  const port = n % 3 === 0 ? 22 : 443;
  const ends = n % 2 === 0 ? `${peer} 10.0.0.5 ${40_000 + n} ${port}` : `10.0.0.5 ${peer} ${port} ${40_000 + n}`;
  const start = DAY + (n % 86_400);
  const line = `2 123456789012 ${networkInterface.id} ${ends} 6 ${1 + n} ${100 + n} ${start} ${start + 60} ${n % 10 === 0 ? 'REJECT' : 'ACCEPT'} OK`;
  const parsed = parser.parse(line);
  if (parsed.kind !== 'record') throw new Error(line);
  const enriched = enrich(parsed.record, { interfaceAt: () => networkInterface, locate: () => null });
  // Documentation addresses have no place; the map needs some.
  return {
    ...enriched,
    'source-country-code': 'NL',
    'source-country-name': 'Netherlands',
    'source-location': { lat: 52.37, lon: 4.89 + (n % 5) },
  };
}

export async function* flows(count: number, from = 0): AsyncGenerator<EnrichedFlow> {
  for (let n = from; n < from + count; n += 1) yield flow(n);
}
