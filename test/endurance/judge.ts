/**
 * Whether answers are those of a state that was committed, and none older than an answer that somebody had before it was
 * asked for.
 */
import { createHash } from 'node:crypto';

/** The states that have an answer: those of the first and the last. */
interface Ranks {
  from: number;
  to: number;
}

export class Judge {
  readonly faults: string[] = [];
  /** Answers that were right. */
  answers = 0;
  readonly #expected = new Map<string, Ranks>();
  /** Of the lake that is asked: how far it was seen to be. */
  #floor = 0;

  /** @param rank of the state; commits only make it larger */
  expect(question: string, answer: string, rank: number): void {
    const key = keyOf(question, answer);
    const { from, to } = this.#expected.get(key) ?? { from: rank, to: rank };
    this.#expected.set(key, { from: Math.min(from, rank), to: Math.max(to, rank) });
  }

  /** The next lake begins where this one did. */
  restart(): void {
    this.#floor = 0;
  }

  /** To be called when a question is asked. @returns what judges its answer */
  ask(question: string): (answer: string) => void {
    const floor = this.#floor;
    return (answer) => {
      const ranks = this.#expected.get(keyOf(question, answer));
      if (ranks === undefined) this.fault(`${question}: the answer of no state: ${answer.slice(0, 400)}`);
      else if (ranks.to < floor)
        this.fault(`${question}: the answer of state ${ranks.to}, after one of state ${floor}`);
      else this.answers++;
      this.#floor = Math.max(this.#floor, ranks?.from ?? 0);
    };
  }

  fault(text: string): void {
    this.faults.push(text);
  }
}

const keyOf = (question: string, answer: string): string =>
  `${question} ${createHash('sha256').update(answer).digest('hex')}`;
