/** After DuckDB changed its hash function: records are recognised as before, and say the same. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeFile } from './commit.ts';
import { ingest } from './ingest/ingest.ts';
import type { Lake } from './lake.ts';
import { manifestText, publishManifest } from './manifest.ts';
import { ALL_DAYS, filesOf } from './relations.ts';
import { contentOf, rowsOf } from './testing/content.ts';
import { HEADER, lines, text } from './testing/records.ts';
import { temporaryFolder, temporaryLake } from './testing/temporary.ts';

/** Makes all record hashes and the probe those of another hash function. */
const forgetHashes = async (lake: Lake): Promise<void> => {
  for (const path of await filesOf(lake, 'flows', ALL_DAYS)) {
    await lake.db.run(
      `CREATE OR REPLACE TEMP TABLE old AS SELECT * REPLACE (0::UBIGINT AS record_hash) FROM read_parquet('${path}', hive_partitioning = false)`,
    );
    await lake.db.run(`COPY old TO '${path}' (FORMAT parquet)`);
  }
  const files = await Promise.all(
    lake.manifest.files.map(async (file) =>
      file.path.startsWith('flows/') ? { ...file, ...(await describeFile(join(lake.dir, file.path))) } : file,
    ),
  );
  await publishManifest(lake.paths, manifestText({ ...lake.manifest, files, hashProbe: 'of another version' }));
  await lake.refresh();
};

it('gives every record the hash that it has today', async () => {
  const folder = await temporaryFolder();
  const lake = await temporaryLake();
  const objects = [
    text(HEADER, ...lines(0, 20)),
    text('srcaddr team start room', '192.0.2.1 red 1767225600 -', '192.0.2.1 - 1767225601 -'),
    text('srcaddr instance-tag', '192.0.2.1 a%20b'),
  ];
  const paths = await Promise.all(
    objects.map(async (content, index) => {
      await writeFile(join(folder, `${index}.log`), content);
      await writeFile(join(folder, `${index}.gz`), gzipSync(content));
      return [join(folder, `${index}.log`), join(folder, `${index}.gz`)] as const;
    }),
  );
  await ingest(
    lake,
    paths.map(([plain]) => plain),
  );
  const before = await contentOf(lake);
  await forgetHashes(lake);
  expect(await rowsOf(lake, 'flows')).not.toEqual(before.flows);
  await lake.write(() => Promise.resolve());
  expect(await contentOf(lake)).toEqual(before);
  const again = await ingest(
    lake,
    paths.map(([, gzip]) => gzip),
  );
  expect(again.records).toMatchObject({ stored: 0, duplicates: 23 });
});
