/** Records as objects, until they are taken: for writers of other formats than text. */
import type { FieldValue, FlowRecord } from '@flowfit/core/flow/record';
import { fixedValue, isVarying, statusRecord, versionOf } from './encode.ts';
import type { Host } from './host.ts';
import type { Leg } from './path.ts';
import type { RecordSink, Window } from './sink.ts';
import type { ConnectionTruth } from './truth.ts';

export class RecordObjectSink implements RecordSink {
  readonly #fields: readonly string[];
  readonly #version: number;
  readonly #tell: ((row: ConnectionTruth) => void) | undefined;
  #records: FlowRecord[] = [];

  constructor(fields: readonly string[], tell?: (row: ConnectionTruth) => void) {
    this.#fields = fields;
    this.#version = versionOf(fields);
    this.#tell = tell;
  }

  take(): readonly FlowRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
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
    const varying: Readonly<Record<string, FieldValue>> = {
      srcport: srcPort,
      dstport: dstPort,
      packets,
      bytes,
      'tcp-flags': flags,
      start: window.start,
      end: window.end,
      action: accepted ? 'ACCEPT' : 'REJECT',
    };
    const values = this.#fields.map((name) => [
      name,
      isVarying(name) ? varying[name] : fixedValue(leg, name, this.#version),
    ]);
    this.#records.push(Object.fromEntries(values) as FlowRecord);
  }

  status(host: Host, window: Window, logStatus: 'NODATA' | 'SKIPDATA'): void {
    this.#records.push(statusRecord(this.#fields, this.#version, host, window, logStatus));
  }

  repeat(): void {
    this.#records.push(this.#records.at(-1) as FlowRecord);
  }

  connection(row: ConnectionTruth): void {
    this.#tell?.(row);
  }
}
