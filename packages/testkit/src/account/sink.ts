/** What the simulation gives away while it runs. Implementations keep nothing of their arguments but texts they made. */
import type { Host } from './host.ts';
import type { Leg } from './path.ts';
import type { ConnectionTruth } from './truth.ts';

/** One aggregation window of one interface, or the special times of one connection within it. */
export interface Window {
  /** Unix seconds. */
  readonly start: number;
  readonly end: number;
  /** Kept by sinks that write texts. */
  startText: string | null;
  endText: string | null;
  /** Kept by sinks that write to several files. */
  target: unknown;
}

export interface RecordSink {
  /** An OK record. Called for every one, so: numbers and no object. */
  record(
    leg: Leg,
    srcPort: number,
    dstPort: number,
    packets: number,
    bytes: number,
    tcpFlags: number,
    window: Window,
    accepted: boolean,
  ): void;
  /** An interval without traffic, or of which AWS dropped records. */
  status(host: Host, window: Window, logStatus: 'NODATA' | 'SKIPDATA'): void;
  /** The last record once more. */
  repeat(): void;
  /** A connection has ended, as seen from one interface; only with `truth: 'full'`. */
  connection(row: ConnectionTruth): void;
}
