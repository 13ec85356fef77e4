/** The whole way of a simulated account: logs in files, a lake, an analysis; and the truth beside it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { type Analysis, analyse } from '@flowfit/lake/analysis';
import { type IngestReport, ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { type FlowRow, queryFlows } from '@flowfit/lake/queries/flows';
import { type Account, type CollectedAccount, fieldsOf, simulateAccount } from '@flowfit/testkit/account/account';
import type { FormatName } from '@flowfit/testkit/account/encode';
import type { AccountOptions } from '@flowfit/testkit/account/options';

export interface Observation {
  readonly account: Account;
  /** What really happened. */
  readonly truth: CollectedAccount;
  readonly ingested: IngestReport;
  readonly analysis: Analysis;
  /** The records as the lake has them. */
  readonly flows: readonly FlowRow[];
}

export interface Subject {
  readonly options: AccountOptions;
  readonly format: FormatName;
  /** What the lake is told of the account. Default: a snapshot of every state. */
  readonly inventoryOf?: (snapshots: readonly InventorySnapshot[]) => readonly InventorySnapshot[];
}

/** Simulates, writes two objects, ingests and analyses. The lake is gone afterwards. */
export const observe = async ({ options, format, inventoryOf }: Subject): Promise<Observation> => {
  const account = simulateAccount(options);
  const truth = account.collect(format);
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-truth-'));
  try {
    const logs = join(folder, 'logs');
    await writeObjects(logs, fieldsOf(format).join(' '), truth.lines);
    const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1 });
    try {
      const snapshots = inventoryOf?.(account.snapshots) ?? account.snapshots;
      const ingested = await ingest(lake, [logs], { snapshots });
      return { account, truth, ingested, analysis: await analyse(lake), flows: await queryFlows(lake, {}) };
    } finally {
      lake.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Every other line in a file of its own, so that the records of most connections lie in two objects. */
const writeObjects = async (folder: string, header: string, lines: readonly string[]): Promise<void> => {
  await mkdir(folder);
  for (const half of [0, 1]) {
    const text = [header, ...lines.filter((_, index) => index % 2 === half), ''].join('\n');
    await writeFile(join(folder, `${half}.log`), text);
  }
};
