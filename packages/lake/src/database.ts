/** DuckDB, set up for a lake: bounded memory, spilling into a folder of this process alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { FlowfitError, messageOf } from '@flowfit/core/errors';

export interface DatabaseOptions {
  /** Default: what the machine has. */
  readonly threads?: number;
  /** DuckDB's notation. Node, code and file buffers come on top of it. */
  readonly memoryLimit?: string;
  /**
   * Where a folder is made for what does not fit into memory; default: the system's temporary folder. Never in the lake:
   * other processes work there.
   */
  readonly spillTo?: string | undefined;
}

export type Row = Record<string, unknown>;

/** Leaves room for the process itself below the budget of 2 GiB. */
const DEFAULT_MEMORY_LIMIT = '1100MB';

/** One in-memory database: the lake's data stay in their Parquet files. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #spill: string;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, spill: string) {
    this.#instance = instance;
    this.#connection = connection;
    this.#spill = spill;
  }

  /** @throws FlowfitError `temp-unwritable` */
  static async open(options: DatabaseOptions): Promise<Database> {
    const spill = makeSpill(options.spillTo ?? tmpdir());
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit ?? DEFAULT_MEMORY_LIMIT,
      temp_directory: spill,
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    });
    return new Database(instance, await instance.connect(), spill);
  }

  /** A connection of its own, for a query that may be cancelled. */
  async connect(): Promise<DuckDBConnection> {
    return await this.#instance.connect();
  }

  get connection(): DuckDBConnection {
    return this.#connection;
  }

  async run(sql: string, params: readonly DuckDBValue[] = []): Promise<void> {
    await this.#connection.run(sql, [...params]);
  }

  /** All rows; 64-bit integers below 2^53 as numbers, lists as arrays, structs as objects. */
  async all<T = Row>(sql: string, params: readonly DuckDBValue[] = []): Promise<T[]> {
    return (await rowsOf(this.#connection, sql, params)) as T[];
  }

  async one<T = Row>(sql: string, params: readonly DuckDBValue[] = []): Promise<T> {
    const [row] = await this.all<T>(sql, params);
    if (row === undefined) throw new Error(`no row from: ${sql}`);
    return row;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#spill, { recursive: true, force: true });
  }
}

const makeSpill = (folder: string): string => {
  try {
    return mkdtempSync(join(folder, 'flowfit-'));
  } catch (error) {
    throw new FlowfitError(
      'temp-unwritable',
      `No temporary folder can be made in ${folder}: ${messageOf(error)}. Name another one with --temp or $FLOWFIT_TEMP.`,
    );
  }
};

export const rowsOf = async (
  connection: DuckDBConnection,
  sql: string,
  params: readonly DuckDBValue[] = [],
): Promise<Row[]> => {
  const reader = await connection.runAndReadAll(sql, [...params]);
  return reader.getRowObjectsJS().map(toPlainRow);
};

export const toPlainRow = (row: Row): Row => {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'bigint') row[name] = toNumber(value);
  }
  return row;
};

/** Hashes use all 64 bits and stay exact; counts and times become numbers. */
const toNumber = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
