/** Runs one subject over one account and prints what it took, as JSON. A process of its own for each. */
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { enrich } from '@flowfit/core/enrich/enrich';
import { fieldOf } from '@flowfit/core/flow/fields';
import { DEFAULT_LAYOUT, layoutOfHeader } from '@flowfit/core/flow/format';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { readInventory } from '@flowfit/core/inventory/read';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { openBestGeoDatabase } from '@flowfit/geo/bundled';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { columnOf, sqlType } from '@flowfit/lake/sql/columns';
import { fileLiterals, literal } from '@flowfit/lake/sql/text';
import type { Subject } from './subjects.ts';

const [subject, account, scratch] = process.argv.slice(2) as [Subject, string, string];

const filesOf = (): string[] => {
  const folder = join(account, 'logs');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
};

const snapshots = (): InventorySnapshot[] => {
  const { inventory } = JSON.parse(readFileSync(join(account, 'account.json'), 'utf8')) as {
    inventory: { at: string; path: string }[];
  };
  return inventory.map(({ at, path }) => {
    const folder = join(account, path);
    const files = readdirSync(folder).map((name) => ({ source: name, text: readFileSync(join(folder, name), 'utf8') }));
    return readInventory(files, { capturedAt: at }).snapshot;
  });
};

const linesOf = async function* (path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path)
    .pipe(createGunzip({ chunkSize: 1 << 20 }))
    .setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
};

const headerOf = async (path: string): Promise<readonly string[]> => {
  for await (const line of linesOf(path)) return (layoutOfHeader(line) ?? DEFAULT_LAYOUT).fields;
  return DEFAULT_LAYOUT.fields;
};

const subjects: Readonly<Record<Subject, () => Promise<number | null>>> = {
  flowfit: async () => {
    const lake = await openLake(join(scratch, 'lake'), { create: true });
    const report = await ingest(lake, [join(account, 'logs')], {
      snapshots: snapshots(),
      geo: openBestGeoDatabase({}),
    });
    lake.close();
    return report.records.read;
  },
  duckdb: async () => {
    const fields = await headerOf(filesOf()[0] as string);
    const columns = fields.map(
      (name) => `${columnOf(name).replaceAll('"', "'")}: '${sqlType(fieldOf(name)?.type ?? 'text')}'`,
    );
    const instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'false' });
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT * FROM read_csv(${fileLiterals(filesOf())}, columns = {${columns.join(', ')}}, delim = ' ', header = true,
        nullstr = '-', quote = '', escape = '', auto_detect = false)) TO ${literal(join(scratch, 'copy.parquet'))} (FORMAT parquet)`,
    );
    return null;
  },
  gunzip: async () => {
    for (const path of filesOf())
      for await (const _ of createReadStream(path).pipe(createGunzip({ chunkSize: 1 << 20 })));
    return null;
  },
  loop: async () => {
    const timeline = createTimeline(snapshots());
    const geo = openBestGeoDatabase({});
    const sources = {
      interfaceAt: (id: string, seconds: number) => timeline.interfaceAt(id, seconds),
      instanceAt: (id: string, seconds: number) => timeline.instanceAt(id, seconds),
      locate: (address: string) => geo?.locate(address) ?? null,
    };
    let count = 0;
    for (const path of filesOf()) {
      const parser = createLineParser(DEFAULT_LAYOUT);
      for await (const line of linesOf(path)) {
        const parsed = parser.parse(line);
        if (parsed.kind === 'record') enrich(parsed.record, sources);
        if (parsed.kind !== 'header' && parsed.kind !== 'blank') count++;
      }
    }
    return count;
  },
};

const { totals } = JSON.parse(readFileSync(join(account, 'account.json'), 'utf8')) as { totals: { records: number } };
const before = process.cpuUsage();
const startedAt = performance.now();
const counted = await subjects[subject]();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({
    records: counted ?? totals.records,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
