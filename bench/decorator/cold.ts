/**
 * A cold start of the deployed bundle: loads it with its geography and gives it one batch whose answer is just below
 * 6 MB. Prints what that took, as JSON.
 */
import { serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import { simulateAccount } from '@flowfit/testkit/account/account';
import { startLocalBucket } from '@flowfit/testkit/faulty-aws/s3';

const [bundle] = process.argv.slice(2);
const account = simulateAccount({
  records: 8_000,
  days: 1 / 24,
  publicPeers: 'geographic',
  features: { changes: false },
});
const { lines } = account.collect('v2');
const bucket = await startLocalBucket();
bucket.objects.set('inventory/inventory/newest.json', serializeSnapshot(account.snapshots[0]!));
Object.assign(process.env, {
  INVENTORY_BUCKET: 'inventory',
  GEOGRAPHY: 'bundled',
  AWS_ENDPOINT_URL: bucket.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
});
const before = process.memoryUsage().rss;
const began = performance.now();
const { handler } = (await import(bundle!)) as {
  handler: (event: unknown) => Promise<{ records: { result: string }[] }>;
};
const loaded = performance.now();
const records = lines.map((line, n) => ({
  recordId: String(n).padStart(56, '4'),
  data: Buffer.from(line).toString('base64'),
}));
const answer = await handler({ invocationId: '1', records });
const done = performance.now();
await bucket.close();
process.stderr.write(
  JSON.stringify({
    loadMilliseconds: loaded - began,
    batchMilliseconds: done - loaded,
    responseBytes: JSON.stringify(answer).length,
    documents: answer.records.filter(({ result }) => result === 'Ok').length,
    addedBytes: process.memoryUsage().rss - before,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
  }),
);
