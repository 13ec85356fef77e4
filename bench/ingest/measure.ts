/** Runs one subject over one account and prints what it took, as JSON. A process of its own for each. */
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { fieldOf } from '@flowfit/core/flow/fields';
import { DEFAULT_LAYOUT, layoutOfHeader } from '@flowfit/core/flow/format';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { readInventory } from '@flowfit/core/inventory/read';
import { openBestGeoDatabase } from '@flowfit/geo/bundled';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { columnOf, sqlType } from '@flowfit/lake/sql/columns';
import { fileLiterals, literal } from '@flowfit/lake/sql/text';
import type { Measurement, Subject } from './subjects.ts';

const [subject, account, scratch] = process.argv.slice(2) as [Subject, string, string];

const steps: Measurement['steps'][number][] = [];

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

const headerOf = async (path: string): Promise<readonly string[]> => {
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
  for await (const line of lines) return (layoutOfHeader(line) ?? DEFAULT_LAYOUT).fields;
  return DEFAULT_LAYOUT.fields;
};

const subjects: Readonly<Record<Subject, () => Promise<number | null>>> = {
  flowfit: async () => {
    const lake = await openLake(join(scratch, 'lake'), { create: true });
    const report = await ingest(lake, [join(account, 'logs')], {
      snapshots: snapshots(),
      geo: openBestGeoDatabase({}),
      onStep: (step, cost) => void steps.push({ step, ...cost }),
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
};

const { totals } = JSON.parse(readFileSync(join(account, 'account.json'), 'utf8')) as { totals: { records: number } };
const before = process.cpuUsage();
const startedAt = performance.now();
const counted = await subjects[subject]();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
const measurement: Measurement = {
  records: counted ?? totals.records,
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  steps,
};
process.stdout.write(JSON.stringify(measurement));
