/**
 * Lines to files. The simulation is not made to wait in the middle of a step: lines gather in memory, file by file,
 * and are written in its pauses, so that memory holds a few thousand lines and the buffers of the open files.
 */
import { type DestinationOptions, oldestSlotAt, pathOf, shardOf, slotOf } from './destination.ts';
import type { OpenFile } from './effects.ts';
import type { Host } from './host.ts';
import { LineEncoder } from './line-encoder.ts';
import type { Leg } from './path.ts';
import type { RecordSink, Window } from './sink.ts';
import type { ConnectionTruth } from './truth.ts';

/** Text that is worth a write, in characters. */
const WRITE_SIZE = 1 << 17;

interface Target {
  readonly key: string;
  readonly slot: number;
  readonly host: Host;
  text: string;
  records: number;
  file: OpenFile | null;
}

export class FileSink implements RecordSink {
  readonly #encoder: LineEncoder;
  readonly #options: DestinationOptions;
  readonly #header: string;
  readonly #open: (path: string) => Promise<OpenFile>;
  readonly #tell: (row: ConnectionTruth) => void;
  readonly #targets = new Map<string, Target>();
  #lastLine = '';
  #lastTarget: Target | null = null;
  /** Redelivered lines that the next file of the site gets, by site. */
  readonly #held: string[] = [];
  #repeats = 0;
  files = 0;
  records = 0;

  constructor(
    fields: readonly string[],
    options: DestinationOptions & { readonly header: boolean },
    open: (path: string) => Promise<OpenFile>,
    tell: (row: ConnectionTruth) => void,
  ) {
    this.#encoder = new LineEncoder(fields);
    this.#options = options;
    this.#header = options.header ? `${fields.join(' ')}\n` : '';
    this.#open = open;
    this.#tell = tell;
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
    const line = this.#encoder.encode(leg, srcPort, dstPort, packets, bytes, flags, window, accepted);
    this.#add(this.#targetOf(leg.host, window), line);
  }

  status(host: Host, window: Window, logStatus: 'NODATA' | 'SKIPDATA'): void {
    this.#add(this.#targetOf(host, window), this.#encoder.encodeStatus(host, window, logStatus));
  }

  /** Every other repetition comes in another file, as when a delivery is repeated. */
  repeat(): void {
    if (this.#repeats++ % 2 === 0 && this.#lastTarget) this.#add(this.#lastTarget, this.#lastLine);
    else if (this.#lastTarget) this.#hold(this.#lastTarget.host.site.index);
  }

  connection(row: ConnectionTruth): void {
    this.#tell(row);
  }

  /** Writes what has gathered; closes the files to which nothing can come any more. Call it in every pause. */
  async flush(seconds: number): Promise<void> {
    const oldest = oldestSlotAt(seconds, this.#options.layout);
    for (const target of this.#targets.values()) {
      if (target.slot < oldest || target.records >= this.#options.recordsPerFile) await this.#finish(target);
      else if (target.text.length >= WRITE_SIZE) await this.#write(target);
    }
  }

  async close(): Promise<void> {
    for (const [site, text] of this.#held.entries()) {
      const targets = [...this.#targets.values()];
      const target = targets.find(({ host }) => host.site.index === site) ?? targets[0];
      if (target && text) target.text += text;
    }
    for (const target of this.#targets.values()) await this.#finish(target);
  }

  #hold(site: number): void {
    this.#held[site] = (this.#held[site] ?? '') + this.#lastLine;
  }

  #add(target: Target, line: string): void {
    target.text += line;
    target.records++;
    this.records++;
    this.#lastLine = line;
    this.#lastTarget = target;
  }

  #targetOf(host: Host, window: Window): Target {
    const known = window.target as Target | undefined;
    if (known !== undefined && known.records < this.#options.recordsPerFile) return known;
    const slot = slotOf(window, this.#options.layout);
    const shard = shardOf(host, this.#options);
    const key = this.#options.layout === 'files' ? `${shard}` : `${host.site.index} ${slot} ${shard}`;
    let target = this.#targets.get(key);
    if (target === undefined) {
      target = { key, slot, host, text: this.#held[host.site.index] ?? '', records: 0, file: null };
      this.#held[host.site.index] = '';
      this.#targets.set(key, target);
    }
    window.target = target;
    return target;
  }

  async #write(target: Target): Promise<void> {
    if (target.file === null) {
      target.file = await this.#open(pathOf(this.#options, target.host.site, target.slot, this.files++));
      await target.file.write(this.#header);
    }
    const { text } = target;
    target.text = '';
    await target.file.write(text);
  }

  async #finish(target: Target): Promise<void> {
    await this.#write(target);
    await target.file?.close();
    this.#targets.delete(target.key);
  }
}
