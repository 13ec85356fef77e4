/** Runs one subject in this process over the same batches again and again; prints what it took, as JSON. */

import { createTimeline } from '@flowfit/core/inventory/timeline';
import { openBestGeoDatabase } from '@flowfit/geo/bundled';
import { createDecorator } from '@flowfit/lambdas/decorator/decorate';
import { cacheLocations } from '@flowfit/lambdas/decorator/geography';
import { simulateAccount } from '@flowfit/testkit/account/account';
import { createOriginal } from './original.ts';

export type Subject = 'decorator' | 'original';

/** Some 0.3 MB of records: the buffer of the transform in the stack. */
const BATCH = 2_700;
const WARM_UP = 20_000;
const SECONDS = 5;

const subject = process.argv[2] as Subject;
const account = simulateAccount({
  records: 50_000,
  days: 1 / 24,
  publicPeers: 'geographic',
  features: { changes: false, ipv6: false, noData: false, skipData: false },
});
const lines = account.collect('v2').lines;
const snapshot = account.snapshots[0]!;
const geography = openBestGeoDatabase();

const batches = Array.from({ length: Math.floor(lines.length / BATCH) }, (_, batch) =>
  JSON.stringify({
    invocationId: String(batch),
    records: lines.slice(batch * BATCH, (batch + 1) * BATCH).map((line, n) => ({
      recordId: `49640912821178817833517986468166945147170627572855734274${String(n).padStart(6, '0')}`,
      approximateArrivalTimestamp: 1_700_000_300_000,
      data: Buffer.from(line).toString('base64'),
    })),
  }),
);

const silent = () => undefined;
const timeline = createTimeline([snapshot]);
const handlers: Record<Subject, (event: never) => Promise<object>> = {
  decorator: createDecorator(
    { layouts: [], noData: 'drop', skipData: 'keep' },
    {
      inventory: {
        refresh: async () => undefined,
        learn: async () => undefined,
        statesOf: (id) => timeline.statesOfInterface(id),
        instanceStatesOf: (id) => timeline.statesOfInstance(id),
        revision: 0,
        flowLogs: [],
      },
      locate: cacheLocations(geography.locate),
      log: { info: silent, warn: silent, error: silent },
      count: silent,
    },
  ),
  original: createOriginal(snapshot.interfaces, geography.locate),
};
const handler = handlers[subject];

/** `whole` includes what the Lambda runtime does: the event from JSON, the answer to JSON. */
async function measure(whole: boolean) {
  const events = batches.map((text) => JSON.parse(text) as never);
  let records = 0;
  let bytes = 0;
  const invoke = async (n: number) => {
    const at = n % batches.length;
    if (whole) bytes += JSON.stringify(await handler(JSON.parse(batches[at]!) as never)).length;
    else await handler(events[at]!);
    records += BATCH;
  };
  for (let n = 0; records < WARM_UP; n += 1) await invoke(n);
  records = 0;
  bytes = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let n = 0; performance.now() - began < SECONDS * 1_000; n += 1) await invoke(n);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { records, seconds, cpuSeconds: (user + system) / 1e6, bytes };
}

process.stdout.write(
  JSON.stringify({
    handler: await measure(false),
    whole: await measure(true),
    peakBytes: process.resourceUsage().maxRSS * 1_024,
  }),
);
