/** DuckDB, set up for a lake: bounded memory, spilling into a folder of this process alone. */
import { tmpdir } from 'node:os';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { toDatabaseError } from './database-errors.ts';
import { makeSpillFolder, type SpillFolder } from './spill-folder.ts';

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
  /** Bytes that may be there at a time; default: half of what is free when the database is opened. */
  readonly spillLimit?: number | undefined;
}

export type Row = Record<string, unknown>;

/** Leaves room for the process itself below the budget of 2 GiB. */
const DEFAULT_MEMORY_LIMIT = '1100MB';

/** One in-memory database: the lake's data stay in their Parquet files. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #spill: SpillFolder;
  readonly #memoryLimit: string;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, spill: SpillFolder, memoryLimit: string) {
    this.#instance = instance;
    this.#connection = connection;
    this.#spill = spill;
    this.#memoryLimit = memoryLimit;
  }

  /** @throws FlowfitError `temp-unwritable` */
  static async open(options: DatabaseOptions): Promise<Database> {
    const spill = makeSpillFolder(options.spillTo ?? tmpdir(), options.spillLimit);
    const memoryLimit = options.memoryLimit ?? DEFAULT_MEMORY_LIMIT;
    try {
      const instance = await DuckDBInstance.create(':memory:', {
        memory_limit: memoryLimit,
        temp_directory: spill.path,
        preserve_insertion_order: 'false',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
      });
      const connection = await instance.connect();
      // Given above, with the others, it would be shown and not kept (DuckDB 1.5).
      if (spill.limit !== null) await connection.run(`SET max_temp_directory_size = '${spill.limit}B'`);
      return new Database(instance, connection, spill, memoryLimit);
    } catch (error) {
      spill.remove();
      throw error;
    }
  }

  /** A connection of its own, for a query that may be cancelled. */
  async connect(): Promise<DuckDBConnection> {
    return await this.#instance.connect();
  }

  get connection(): DuckDBConnection {
    return this.#connection;
  }

  /** What DuckDB may take of memory. */
  async memoryBytes(): Promise<number> {
    const { bytes } = await this.one<{ bytes: number }>(
      `SELECT parse_formatted_bytes(current_setting('memory_limit')) AS bytes`,
    );
    return bytes;
  }

  /** @throws FlowfitError `temp-full`, `memory-full` */
  async run(sql: string, params: readonly DuckDBValue[] = []): Promise<void> {
    try {
      await this.#connection.run(sql, [...params]);
    } catch (error) {
      throw this.explain(error);
    }
  }

  /**
   * All rows; 64-bit integers below 2^53 as numbers, lists as arrays, structs as objects.
   *
   * @throws FlowfitError `temp-full`, `memory-full`
   */
  async all<T = Row>(sql: string, params: readonly DuckDBValue[] = []): Promise<T[]> {
    try {
      return (await rowsOf(this.#connection, sql, params)) as T[];
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** What was thrown by a statement on a connection of this database, as a person can act on it. */
  explain(error: unknown): unknown {
    const { path, limit } = this.#spill;
    return toDatabaseError(error, { spill: path, spillLimit: limit, memoryLimit: this.#memoryLimit });
  }

  async one<T = Row>(sql: string, params: readonly DuckDBValue[] = []): Promise<T> {
    const [row] = await this.all<T>(sql, params);
    if (row === undefined) throw new Error(`no row from: ${sql}`);
    return row;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    this.#spill.remove();
  }
}

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
