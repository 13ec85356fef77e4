/**
 * `npm run pipeline`: the whole streaming way on this machine, with a real OpenSearch and the functions as deployed.
 *
 *   npm run pipeline -- [--records 100000] [--seed 1] [--faults] [--away 60] [--keep]
 *
 * `--faults` breaks what can break and shows that every record is accounted for; `--away` is how many seconds
 * OpenSearch is gone then; `--keep` leaves the indexes `cwl-*` and the server until Ctrl-C.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startOpenSearch } from '@flowfit/testkit/opensearch-server/server';
import { UnavailableError } from '@flowfit/testkit/opensearch-server/unavailable';
import { runPipeline } from './pipeline/run.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    away: { type: 'string', default: '60' },
    faults: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const server = await startOpenSearch().catch((error: unknown) => {
  if (!(error instanceof UnavailableError)) throw error;
  console.error(error.message);
  process.exit(1);
});
try {
  const result = await runPipeline({
    server,
    records: Number(values.records),
    seed: Number(values.seed),
    faults: values.faults,
    away: Number(values.away) * 1_000,
    keep: values.keep,
    say: (line) => console.error(line),
  });
  console.log(`${result.sent} lines sent, ${result.malformed} of them malformed`);
  console.log(`${result.failed} records in failure objects before the replay`);
  console.log(`${result.indexed} documents in the index, ${result.expected} expected`);
  console.log(`${Math.round(result.recordsPerSecond)} records/s through the whole pipeline`);
  for (const discrepancy of result.discrepancies) console.log(`WRONG: ${discrepancy}`);
  console.log(result.discrepancies.length === 0 ? 'Every record is accounted for.' : 'Records are not accounted for.');
  if (result.discrepancies.length > 0) process.exitCode = 1;
  if (values.keep) {
    console.log(`OpenSearch with the records is at ${new URL(server.url).origin}. Ctrl-C ends it.`);
    await once(process, 'SIGINT');
  }
} finally {
  await server.stop();
}
