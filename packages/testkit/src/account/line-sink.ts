/** Records as lines of text in memory, until they are taken. */
import type { Host } from './host.ts';
import { LineEncoder } from './line-encoder.ts';
import type { Leg } from './path.ts';
import type { RecordSink, Window } from './sink.ts';
import type { ConnectionTruth } from './truth.ts';

export class LineSink implements RecordSink {
  readonly #encoder: LineEncoder;
  readonly #tell: ((row: ConnectionTruth) => void) | undefined;
  #text = '';
  #last = '';

  constructor(fields: readonly string[], tell?: (row: ConnectionTruth) => void) {
    this.#encoder = new LineEncoder(fields);
    this.#tell = tell;
  }

  /** What has come since the last time: complete lines. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  record(
    leg: Leg,
    srcPort: number,
    dstPort: number,
    packets: number,
    bytes: number,
    flags: number,
    window: Window,
    accepted: boolean,
  ): void {
    this.#last = this.#encoder.encode(leg, srcPort, dstPort, packets, bytes, flags, window, accepted);
    this.#text += this.#last;
  }

  status(host: Host, window: Window, logStatus: 'NODATA' | 'SKIPDATA'): void {
    this.#text += this.#encoder.encodeStatus(host, window, logStatus);
  }

  repeat(): void {
    this.#text += this.#last;
  }

  connection(row: ConnectionTruth): void {
    this.#tell?.(row);
  }
}
