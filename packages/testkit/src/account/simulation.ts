/**
 * The simulation. Time goes by aggregation intervals (steps). In each, the account may change; connections that are
 * open carry on; new ones are opened until the share of records that the step should have is reached; what stayed
 * silent reports NODATA. Memory holds the open connections, whose number is bounded, and nothing of the past but
 * totals.
 */
import {
  type Connection,
  drawVolume,
  flagsBackward,
  flagsForward,
  LATE_FLAGS,
  newVolume,
  type TapTotals,
} from './connection.ts';
import { creditRules, toConnectionTruth } from './credit.ts';
import { Evaluator } from './evaluator.ts';
import { isCutOff } from './link.ts';
import { NO_DATA_SHARE, type ResolvedOptions } from './options.ts';
import type { Leg, Tap } from './path.ts';
import { Random } from './random.ts';
import { collectVersions, type RuleVersion } from './rule-version.ts';
import type { RecordSink, Window } from './sink.ts';
import type { World } from './states.ts';
import { type Attempt, Traffic } from './traffic.ts';
import { type RuleTruth, type Totals, toRuleTruth } from './truth.ts';
import { type HostWindow, specialTimes, Windows } from './windows.ts';

/** Longest silence of a long connection, in steps. */
const MOST_SILENCE = 63;
const RING = MOST_SILENCE + 1;
/** Beyond this many open connections every new one is short. */
const MOST_OPEN = 100_000;
/** Connections between two pauses of `run`. */
const CHUNK = 2048;
/** Share of long connections in a service of weight 1: most records of an account hold a whole connection. */
const LONG_SHARE = 0.25;
/** Steps that long connections last at most: from some to half a day of minutes, or five days of ten minutes. */
const LONG_DURATIONS = [9, 27, 81, 243, 729] as const;
const DUPLICATE_SHARE = 0.002;

interface LatePacket {
  readonly sender: 'client' | 'server';
  readonly leg: Leg;
  readonly srcPort: number;
  readonly dstPort: number;
}

export class Simulation {
  readonly versions: readonly RuleVersion[];
  readonly #options: ResolvedOptions;
  readonly #world: World;
  readonly #sink: RecordSink;
  readonly #random: Random;
  readonly #traffic: Traffic;
  readonly #windows: Windows;
  readonly #inForce: readonly ReadonlyMap<string, RuleVersion>[];
  /** Of the states so far; the last one is in force. */
  readonly #evaluators: Evaluator[] = [];
  #epoch = -1;
  readonly #due: Connection[][] = Array.from({ length: RING }, () => []);
  #open = 0;
  #late: LatePacket[] = [];
  #reopen: Connection[] = [];
  #nextId = 1;
  readonly #volume = newVolume();
  #totals = {
    stored: 0,
    noData: 0,
    skipData: 0,
    duplicates: 0,
    accepted: 0,
    rejected: 0,
    late: 0,
    dropped: 0,
    packets: 0,
    bytes: 0,
  };

  constructor(options: ResolvedOptions, world: World, sink: RecordSink) {
    this.#options = options;
    this.#world = world;
    this.#sink = sink;
    this.#random = new Random(options.seed, 2);
    this.#windows = new Windows(options, new Random(options.seed, 3));
    this.#traffic = new Traffic(options, world, this.#random);
    const { versions, inForce } = collectVersions(world.states);
    this.versions = versions;
    this.#inForce = inForce;
  }

  /** Runs from beginning to end, once. Pauses after each couple of thousand records and at the end of each step. */
  *run(): Generator<number, Totals> {
    const { steps, records, features } = this.#options;
    const target = features.noData ? records * (1 - NO_DATA_SHARE) : records;
    const total = sumOfActivity(this.#options);
    let planned = 0;
    for (let step = 0; step < steps; step++) {
      this.#enterState(step);
      this.#sendLate(step);
      this.#carryOn(step);
      this.#reopenPorts(step);
      planned += activityAt(this.#options, step) / total;
      for (let tries = 0; this.#totals.stored < target * planned && tries < 1e8; ) {
        for (const stop = tries + CHUNK; tries < stop && this.#totals.stored < target * planned; tries++)
          this.#openNext(step);
        yield step;
      }
      this.#reportStatus(step);
      yield step;
    }
    this.#endAll();
    return this.#summary();
  }

  rules(): RuleTruth[] {
    return this.versions.map(toRuleTruth);
  }

  get #evaluator(): Evaluator {
    return this.#evaluators[this.#epoch] as Evaluator;
  }

  #enterState(step: number): void {
    const state = this.#world.states[this.#epoch + 1];
    if (state === undefined || state.step > step) return;
    this.#epoch++;
    this.#evaluators.push(
      new Evaluator(state.snapshot, this.#inForce[this.#epoch] as ReadonlyMap<string, RuleVersion>),
    );
    this.#traffic.enter(this.#epoch);
    this.#reopen = [];
    for (const [slot, due] of this.#due.entries())
      this.#due[slot] = due.filter((connection) => this.#survives(connection));
  }

  /**
   * Tracked connections outlive the rules that admitted them; untracked ones, and those of a deleted interface or
   * peering, end.
   */
  #survives(connection: Connection): boolean {
    if (isCutOff(connection.link, this.#world, this.#epoch)) {
      this.#end(connection);
      return false;
    }
    for (const [index, tap] of connection.taps.entries()) {
      const deleted = tap.host.to <= this.#epoch;
      const verdict = connection.opening.verdicts[index];
      const direction = tap.initiator === 'local' ? 'outbound' : 'inbound';
      const cut =
        verdict?.untracked && !this.#evaluator.evaluate(tap.host, direction, tap.peer, connection.packet).allowed;
      if (!deleted && !cut) continue;
      if (cut) this.#addLate(connection, tap);
      this.#end(connection);
      return false;
    }
    return true;
  }

  #carryOn(step: number): void {
    const slot = step % RING;
    const due = this.#due[slot] as Connection[];
    this.#due[slot] = [];
    for (const connection of due) this.#proceed(connection, step);
  }

  #openNext(step: number): void {
    const attempt = this.#traffic.attempt(this.#evaluator, step);
    if (attempt !== null) this.#begin(attempt, step, null);
  }

  /** A client that takes the port of a connection just closed. */
  #reopenPorts(step: number): void {
    const closed = this.#reopen;
    this.#reopen = [];
    for (const { link, taps, packet, clientPort, translatedPort, id } of closed) {
      const opening = this.#traffic.opening(link, taps, packet.port, this.#evaluator);
      this.#begin({ link, taps, opening, servicePort: packet.port, clientPort, translatedPort }, step, id);
    }
  }

  #begin(attempt: Attempt, step: number, reuses: number | null): void {
    const { link, taps, opening } = attempt;
    const { service } = link;
    const answered = opening.rejectedAt === null && (service.protocol === 6 || this.#random.chance(0.95));
    // Open when the log began: its handshake is in no record.
    const isOld = step === 0 && answered && this.#options.features.openAtStart && this.#random.chance(0.3);
    const stepsToGo = isOld ? this.#longDuration() : answered ? this.#duration(service.long) : 1;
    const reached = (opening.rejectedAt ?? taps.length - 1) + 1;
    const connection: Connection = {
      id: this.#nextId++,
      link,
      taps,
      opening,
      packet: { protocol: service.protocol, port: attempt.servicePort, icmpType: service.icmpType ?? 0 },
      clientPort: attempt.clientPort,
      translatedPort: attempt.translatedPort,
      began: isOld ? this.#options.start - this.#random.between(600, 86_400) : this.#windows.moment(step),
      epoch: this.#epoch,
      answered,
      reuses,
      totals: Array.from({ length: reached }, newTotals),
      remaining: stepsToGo,
      // Without a handshake a silence is an end: only TCP connections rest.
      activity: service.protocol === 6 && stepsToGo > 6 ? 0.6 : 1,
      hasBegun: isOld,
      holdsPorts: false,
    };
    this.#open++;
    this.#proceed(connection, step);
  }

  /** One step: most connections live within one; one in thirty takes a few; the long ones up to days. */
  #duration(long: number): number {
    if (!this.#options.features.longConnections || this.#open > MOST_OPEN) return 1;
    const draw = this.#random.next();
    if (draw < long * LONG_SHARE) return this.#longDuration();
    return draw < long * LONG_SHARE + 0.03 ? this.#random.between(2, 4) : 1;
  }

  #longDuration(): number {
    return this.#random.between(2, this.#random.pick(LONG_DURATIONS));
  }

  #proceed(connection: Connection, step: number): void {
    const last = connection.remaining <= 1;
    this.#carry(connection, step, last);
    connection.hasBegun = true;
    connection.remaining--;
    if (last) {
      this.#traffic.occupy(connection.link, connection.packet.port, step);
      this.#close(connection);
      return;
    }
    this.#traffic.occupy(connection.link, connection.packet.port, step + connection.remaining + 1);
    if (!connection.holdsPorts) {
      this.#traffic.hold(connection);
      connection.holdsPorts = true;
    }
    const silence = this.#random.chance(connection.activity) ? 0 : this.#random.below(MOST_SILENCE);
    (this.#due[(step + 1 + silence) % RING] as Connection[]).push(connection);
  }

  /** Writes what all interfaces on the way record of a connection in a step. */
  #carry(connection: Connection, step: number, last: boolean): void {
    const { packet, opening, answered, taps } = connection;
    const volume = this.#volume;
    const first = !connection.hasBegun;
    const isTcp = packet.protocol === 6;
    drawVolume(volume, packet.protocol, packet.port, answered, this.#random);
    const forward = isTcp ? flagsForward(first, last, answered, last && this.#random.chance(0.026)) : 0;
    const backward = isTcp && answered ? flagsBackward(first, last) : 0;
    for (let index = 0; index < connection.totals.length; index++) {
      const tap = taps[index] as Tap;
      const totals = connection.totals[index] as TapTotals;
      const window = this.#windows.of(tap.host, step);
      window.hasRecords = true;
      totals.ended = window.end;
      if (window.isSkipped && connection.id % 2 === 1) {
        this.#totals.dropped += answered ? 2 : 1;
        continue;
      }
      const times: Window =
        (first && last && specialTimes(window, connection.began, this.#options.aggregationInterval, this.#random)) ||
        window;
      const port = tap.translated ? connection.translatedPort : connection.clientPort;
      const accepted = opening.rejectedAt !== index;
      this.#write(tap.forward, port, packet.port, volume.packetsForward, volume.bytesForward, forward, times, accepted);
      if (answered)
        this.#write(
          tap.backward,
          packet.port,
          port,
          volume.packetsBackward,
          volume.bytesBackward,
          backward,
          times,
          accepted,
        );
      totals.records += answered ? 2 : 1;
      totals.packets += volume.packetsForward + volume.packetsBackward;
      totals.bytes += volume.bytesForward + volume.bytesBackward;
      if (totals.firstSeen === 0) totals.firstSeen = times.start;
      totals.lastSeen = Math.max(totals.lastSeen, times.end);
    }
  }

  #write(
    leg: Leg,
    srcPort: number,
    dstPort: number,
    packets: number,
    bytes: number,
    flags: number,
    window: Window,
    accepted: boolean,
  ): void {
    const totals = this.#totals;
    this.#sink.record(leg, srcPort, dstPort, packets, bytes, flags, window, accepted);
    totals.stored++;
    totals.packets += packets;
    totals.bytes += bytes;
    if (accepted) totals.accepted++;
    else totals.rejected++;
    if (this.#options.features.duplicates && this.#random.chance(DUPLICATE_SHARE)) {
      this.#sink.repeat();
      totals.duplicates++;
    }
  }

  #close(connection: Connection): void {
    const { features } = this.#options;
    const { answered, packet, taps, link } = connection;
    this.#end(connection);
    if (!answered || packet.protocol !== 6) return;
    if (features.latePackets && this.#random.chance(0.01)) this.#addLate(connection, this.#random.pick(taps));
    if (features.portReuse && link.service.ports.length > 0 && this.#random.chance(0.005))
      this.#reopen.push(connection);
  }

  /** Interfaces without groups have nothing that could reject a packet. */
  #addLate({ clientPort, packet }: Connection, { host, translated, initiator, forward, backward }: Tap): void {
    if (translated || host.role === 'nat') return;
    const late: LatePacket =
      initiator === 'local'
        ? { sender: 'server', leg: backward, srcPort: packet.port, dstPort: clientPort }
        : { sender: 'client', leg: forward, srcPort: clientPort, dstPort: packet.port };
    this.#late.push(late);
  }

  #sendLate(step: number): void {
    const late = this.#late;
    this.#late = [];
    for (const { sender, leg, srcPort, dstPort } of late) {
      if (leg.host.to <= this.#epoch) continue;
      const window = this.#windows.of(leg.host, step);
      window.hasRecords = true;
      if (window.isSkipped) this.#totals.dropped++;
      else {
        this.#write(leg, srcPort, dstPort, 1, 40, this.#random.pick(LATE_FLAGS[sender]), window, false);
        this.#totals.late++;
      }
    }
  }

  #reportStatus(step: number): void {
    for (const host of this.#world.hosts) {
      if (this.#epoch < host.from || host.to <= this.#epoch) continue;
      const window: HostWindow = this.#windows.of(host, step);
      if (window.isSkipped) {
        this.#sink.status(host, window, 'SKIPDATA');
        this.#totals.skipData++;
      } else if (!window.hasRecords && this.#options.features.noData) {
        this.#sink.status(host, window, 'NODATA');
        this.#totals.noData++;
      }
    }
  }

  #endAll(): void {
    for (const due of this.#due) for (const connection of due) this.#end(connection);
  }

  #end(connection: Connection): void {
    this.#open--;
    if (connection.holdsPorts) this.#traffic.release(connection);
    const { opening, totals } = connection;
    for (let index = 0; index < totals.length; index++) {
      if (index !== opening.rejectedAt) creditRules(connection, index);
      if (this.#options.truth !== 'full') continue;
      const evaluator = this.#evaluators[connection.epoch] as Evaluator;
      const { host } = connection.taps[index] as Tap;
      this.#sink.connection(toConnectionTruth(connection, index, evaluator.groupsOf(host)));
    }
  }

  #summary(): Totals {
    const { stored, noData, skipData, duplicates } = this.#totals;
    return {
      kind: 'totals',
      records: stored + noData + skipData + duplicates,
      ...this.#totals,
      connections: this.#nextId - 1,
      portWraps: this.#traffic.ports.wraps,
    };
  }
}

const newTotals = (): TapTotals => ({ records: 0, packets: 0, bytes: 0, firstSeen: 0, lastSeen: 0, ended: 0 });

/** Traffic of an hour relative to others: quiet at night, busy at three in the afternoon, UTC. */
const ACTIVITY = [5, 5, 5, 5, 6, 6, 7, 8, 9, 11, 12, 13, 14, 14, 15, 15, 15, 14, 13, 12, 10, 8, 7, 6] as const;

function activityAt({ start, aggregationInterval }: ResolvedOptions, step: number): number {
  return ACTIVITY[Math.floor(((start + step * aggregationInterval) % 86400) / 3600)] as number;
}

function sumOfActivity(options: ResolvedOptions): number {
  let sum = 0;
  for (let step = 0; step < options.steps; step++) sum += activityAt(options, step);
  return sum;
}
