/** Who reads while others write: two servers, asked all the time, and the command, again and again. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Judge } from './judge.ts';
import type { Actor, Stage } from './processes.ts';

export interface Questions {
  readonly commands: readonly (readonly string[])[];
  /** Paths below `/api/v1/`. */
  readonly paths: readonly string[];
}

/** In the words of the command and of the API. @param day `YYYY-MM-DD`; null = all of it */
export const questionsUntil = (day: string | null): Questions => {
  const window = day === null ? [] : ['--to', day];
  const query = day === null ? '' : `&to=${Date.parse(day) / 1000}`;
  return {
    commands: [
      ['flows', '--ndjson', ...window],
      ['top', 'srcaddr', '--json', ...window],
      ['rules', '--json', ...window],
    ],
    paths: [`summary?${query}`, `top?field=dstaddr${query}`, `flows?limit=1000&order=oldest${query}`, `rules?${query}`],
  };
};

const SERVERS = 2;
/** DuckDB's share; what each keeps aside takes more. */
const MEMORY_LIMIT = '100MB';

export class Readers {
  readonly #stage: Stage;
  readonly #judge: Judge;
  readonly #questions: Questions;
  readonly #stop = new AbortController();
  readonly #servers: Actor[];
  #loops: Promise<void>[] = [];

  private constructor(stage: Stage, judge: Judge, questions: Questions, servers: Actor[]) {
    this.#stage = stage;
    this.#judge = judge;
    this.#questions = questions;
    this.#servers = servers;
  }

  /** Resolves when all of them read, and the servers spill. */
  static async start(stage: Stage, lake: string, questions: Questions, judge: Judge): Promise<Readers> {
    const servers = Array.from({ length: SERVERS }, () =>
      stage.start({ kind: 'serve', lake, memoryLimit: MEMORY_LIMIT }),
    );
    const readers = new Readers(stage, judge, questions, servers);
    const ports = await Promise.all(servers.map((server) => server.heard('port')));
    const spilled = readdirSync(stage.temporary, { recursive: true, encoding: 'utf8' });
    const spilling = new Set(spilled.filter((name) => name.includes('duckdb_temp')).map((name) => dirname(name)));
    if (spilling.size < SERVERS) judge.fault(`${spilling.size} of ${SERVERS} servers spill`);
    readers.#loops = [...ports.map((port, nth) => readers.#askServer(port, nth > 0)), readers.#askCommand(lake)];
    return readers;
  }

  /** The first server ends as it is told; the others are killed in the midst of a request. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const [first, ...others] = this.#servers;
    for (const server of others) server.kill('SIGKILL');
    await Promise.all(this.#loops);
    first?.kill('SIGTERM');
    for (const server of this.#servers) {
      const { code, signal, stderr } = await server.ended;
      const isRight = stderr === '' && (server === first ? code === 0 : signal === 'SIGKILL');
      if (!isRight) this.#judge.fault(`a server ended with ${code ?? signal}: ${stderr}`);
    }
  }

  async #askServer(port: number, isKilled: boolean): Promise<void> {
    for (let turn = port; !this.#stop.signal.aborted; turn++) {
      const path = this.#questions.paths[turn % this.#questions.paths.length] ?? '';
      const judge = this.#judge.ask(path);
      try {
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
        const body = await response.text();
        if (response.status === 200) judge(body);
        else this.#judge.fault(`${path}: ${response.status} ${body}`);
      } catch (error) {
        if (isKilled && this.#stop.signal.aborted) return;
        this.#judge.fault(`${path}: ${(error as Error).message}`);
        return;
      }
      // The machine has other things to do as well.
      await sleep(10);
    }
  }

  async #askCommand(lake: string): Promise<void> {
    for (let turn = 0; !this.#stop.signal.aborted; turn++) {
      const words = this.#questions.commands[turn % this.#questions.commands.length] ?? [];
      const judge = this.#judge.ask(words.join(' '));
      const { code, stdout, stderr } = await this.#stage.start({ kind: 'command', words: [...words, '--lake', lake] })
        .ended;
      if (code === 0 && stderr === '') judge(stdout);
      else this.#judge.fault(`${words.join(' ')}: exit ${code} ${stderr}`);
    }
  }
}
