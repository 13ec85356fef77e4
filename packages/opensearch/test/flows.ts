/** Enriched flows of a small account, the same for the same number. */
import { BatchDocuments } from '@flowfit/core/document/batch-writer';
import { BatchEnricher } from '@flowfit/core/enrich/batch';
import type { EnrichedFlow } from '@flowfit/core/enrich/enrich';
import type { FlowBatch } from '@flowfit/core/flow/batch';
import { BatchBuilders } from '@flowfit/core/flow/batch-builder';
import { createDictionaries } from '@flowfit/core/flow/dictionaries';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import { LineReader } from '@flowfit/core/flow/line-reader';
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

const dictionaries = createDictionaries();
const enricher = new BatchEnricher(dictionaries, {
  statesOf: () => [{ from: null, value: networkInterface }],
  locate: () => null,
});
const documents = new BatchDocuments(dictionaries, enricher);

/** The record of one line, enriched. */
function enriched(line: string): EnrichedFlow {
  const batches: FlowBatch[] = [];
  const builders = new BatchBuilders({ dictionaries, onBatch: (batch) => void batches.push(batch) });
  new LineReader(DEFAULT_LAYOUT, builders).readText(line);
  builders.flush();
  const [batch] = batches;
  if (batch === undefined) throw new Error(line);
  const length = documents.write(documents.open(batch, enricher.enrich(batch)), 0);
  const { '@timestamp': _, ...flow } = JSON.parse(Buffer.from(documents.memory.buffer, 0, length).toString('latin1'));
  return flow as EnrichedFlow;
}

/** Record number `n`: a client of one of 50 addresses on port 443 or 22; every tenth is rejected; every other a reply. */
export function flow(n: number): EnrichedFlow {
  const peer = `192.0.2.${n % 50}`;
  const port = n % 3 === 0 ? 22 : 443;
  const ends = n % 2 === 0 ? `${peer} 10.0.0.5 ${40_000 + n} ${port}` : `10.0.0.5 ${peer} ${port} ${40_000 + n}`;
  const start = DAY + (n % 86_400);
  const line = `2 123456789012 ${networkInterface.id} ${ends} 6 ${1 + n} ${100 + n} ${start} ${start + 60} ${n % 10 === 0 ? 'REJECT' : 'ACCEPT'} OK`;
  // Documentation addresses have no place; the map needs some.
  return {
    ...enriched(line),
    'source-country-code': 'NL',
    'source-country-name': 'Netherlands',
    'source-location': { lat: 52.37, lon: 4.89 + (n % 5) },
  };
}

export async function* flows(count: number, from = 0): AsyncGenerator<EnrichedFlow> {
  for (let n = from; n < from + count; n += 1) yield flow(n);
}
