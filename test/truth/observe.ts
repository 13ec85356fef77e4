/** The whole way of a simulated account: logs in files, a lake, an analysis; and the truth beside it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { type Analysis, analyse } from '@flowfit/lake/analysis';
import { type IngestReport, ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import { type FlowRow, queryFlows } from '@flowfit/lake/queries/flows';
import { type Account, type CollectedAccount, fieldsOf, simulateAccount } from '@flowfit/testkit/account/account';
import type { FormatName } from '@flowfit/testkit/account/encode';
import { type Evidence, withoutInterfaces } from '@flowfit/testkit/account/evidence';
import type { AccountOptions } from '@flowfit/testkit/account/options';

export interface Simulated {
  readonly account: Account;
  /** What really happened. */
  readonly truth: CollectedAccount;
  readonly format: FormatName;
}

export interface Observation extends Simulated {
  /** What the lake was told of the account, in the order of time. */
  readonly captures: readonly InventorySnapshot[];
  readonly ingested: IngestReport;
  readonly analysis: Analysis;
  /** The records as the lake has them. */
  readonly flows: readonly FlowRow[];
}

export interface Subject {
  readonly options: AccountOptions;
  readonly format: FormatName;
  /** What the lake is told of the account. Default: a snapshot of every state and one of the end. */
  readonly inventoryOf?: (snapshots: readonly InventorySnapshot[]) => readonly InventorySnapshot[];
}

export const simulate = ({ options, format }: Pick<Subject, 'options' | 'format'>): Simulated => {
  const account = simulateAccount(options);
  return { account, truth: account.collect(format), format };
};

/** Simulates, writes, ingests and analyses. */
export const observe = async ({ inventoryOf, ...subject }: Subject): Promise<Observation> => {
  const simulated = simulate(subject);
  const { snapshots } = simulated.account;
  return await observeWith(simulated, { snapshots: inventoryOf?.(snapshots) ?? snapshots, unlogged: new Set() });
};

/** Writes two objects, ingests and analyses what the evidence shows. The lake is gone afterwards. */
export const observeWith = async (simulated: Simulated, evidence: Evidence): Promise<Observation> =>
  await withLakeOf(simulated, evidence, async (lake, ingested) => {
    const [analysis, flows] = [await analyse(lake), await queryFlows(lake, {})];
    return { ...simulated, captures: evidence.snapshots, ingested, analysis, flows };
  });

/** A lake of what the evidence shows, out of two objects. It is gone afterwards. */
export const withLakeOf = async <T>(
  simulated: Simulated,
  { snapshots, unlogged }: Evidence,
  work: (lake: Lake, ingested: IngestReport) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-truth-'));
  try {
    const logs = join(folder, 'logs');
    const fields = fieldsOf(simulated.format);
    await writeObjects(logs, fields.join(' '), withoutInterfaces(simulated.truth.lines, fields, unlogged));
    const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1 });
    try {
      return await work(lake, await ingest(lake, [logs], { snapshots }));
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
