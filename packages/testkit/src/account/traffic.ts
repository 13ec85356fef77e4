/** Chooses what is opened next: a service by its weight, a pair of ends, ports. */
import { ClientPorts } from './client-ports.ts';
import { type Evaluator, isPortless } from './evaluator.ts';
import type { End } from './host.ts';
import { type Link, linksOf, type Opening, openingOf, tapsOfLink } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import type { Tap } from './path.ts';
import type { Random } from './random.ts';
import { SCANNED_PORTS, SERVICES, type Service, STRAY_PORTS } from './services.ts';
import type { World } from './states.ts';

/** What a connection is going to be, before it has an id and a time. */
export interface Attempt {
  readonly link: Link;
  readonly taps: readonly Tap[];
  readonly opening: Opening;
  readonly servicePort: number;
  readonly clientPort: number;
  readonly translatedPort: number;
}

type OpenPorts = Pick<Attempt, 'link' | 'taps' | 'clientPort' | 'translatedPort'>;

/** Idle time-outs of AWS's connection tracking: UDP streams 180 s, other protocols without ports 600 s. */
const UDP_TIMEOUT = 180;
const PORTLESS_TIMEOUT = 600;
/**
 * Records tell the time of a connection only to an interval or two: its last may end one and a half intervals after its
 * step, and readers grant another one and a minute. So much longer a silence is one beyond doubt.
 */
const PAUSE_STEPS = 5;

export class Traffic {
  readonly ports: ClientPorts;
  readonly #options: ResolvedOptions;
  readonly #world: World;
  readonly #random: Random;
  readonly #services: readonly Service[];
  #choices: { readonly links: readonly Link[]; readonly upTo: number }[] = [];
  #total = 0;
  /** Of 5-tuples that recur by their nature: the step from which on they make a new connection. */
  #freeFrom = new Map<string, number>();

  constructor(options: ResolvedOptions, world: World, random: Random) {
    this.#options = options;
    this.#world = world;
    this.#random = random;
    this.ports = new ClientPorts(options.features.lowEphemeralPorts);
    this.#services = SERVICES.filter(({ feature }) => feature === undefined || options.features[feature]);
  }

  /** Pairs and verdicts of the state that begins. */
  enter(epoch: number): void {
    this.#total = 0;
    this.#choices = [];
    for (const service of this.#services) {
      const links = linksOf(service, this.#world, epoch, this.#random);
      if (links.length === 0) continue;
      this.#total += service.weight;
      this.#choices.push({ links, upTo: this.#total });
    }
  }

  /** null: the 5-tuple drawn belongs to a connection that is not forgotten yet. */
  attempt(evaluator: Evaluator, step: number): Attempt | null {
    const link = this.#pickLink();
    const { service, client } = link;
    const servicePort = this.#servicePort(service);
    const recurs = service.clientPorts !== 'ephemeral';
    if (recurs && !this.#isFree(link, servicePort, step)) return null;
    const taps = tapsOfLink(link, this.#world, this.#options);
    const nat = natEndOf(taps);
    return {
      link,
      taps,
      opening: this.opening(link, taps, servicePort, evaluator),
      servicePort,
      clientPort: recurs ? servicePort : this.ports.next(client),
      translatedPort: nat === null ? 0 : recurs ? servicePort : this.ports.next(nat),
    };
  }

  opening(link: Link, taps: readonly Tap[], servicePort: number, evaluator: Evaluator): Opening {
    const known = link.openings?.get(servicePort);
    if (known !== undefined) return known;
    const packet = { protocol: link.service.protocol, port: servicePort, icmpType: link.service.icmpType ?? 0 };
    const acl = this.#options.features.networkAcls ? this.#world.internet : null;
    const opening = openingOf(taps, packet, evaluator, acl);
    if (link.service.ports.length > 0) {
      link.openings ??= new Map();
      link.openings.set(servicePort, opening);
    }
    return opening;
  }

  /** Keeps a 5-tuple that recurs from being drawn while it is open, and until nobody can take it for the old one. */
  occupy({ service, client, server }: Link, servicePort: number, lastStep: number): void {
    if (service.clientPorts === 'ephemeral') return;
    const timeout = isPortless(service.protocol) ? PORTLESS_TIMEOUT : UDP_TIMEOUT;
    const pause = Math.ceil((timeout + 60) / this.#options.aggregationInterval) + PAUSE_STEPS;
    this.#freeFrom.set(keyOf(client, server, service.protocol, servicePort), lastStep + pause);
  }

  /** The client's system, and the NAT gateway, give a port to nobody else as long as its connection is open. */
  hold({ link, taps, clientPort, translatedPort }: OpenPorts): void {
    this.ports.hold(link.client, clientPort);
    const nat = natEndOf(taps);
    if (nat !== null) this.ports.hold(nat, translatedPort);
  }

  release({ link, taps, clientPort, translatedPort }: OpenPorts): void {
    this.ports.release(link.client, clientPort);
    const nat = natEndOf(taps);
    if (nat !== null) this.ports.release(nat, translatedPort);
  }

  #isFree({ service, client, server }: Link, servicePort: number, step: number): boolean {
    if (this.#freeFrom.size > 20_000) this.#forget(step);
    return (this.#freeFrom.get(keyOf(client, server, service.protocol, servicePort)) ?? 0) <= step;
  }

  #forget(step: number): void {
    for (const [key, from] of this.#freeFrom) if (from <= step) this.#freeFrom.delete(key);
  }

  #pickLink(): Link {
    const draw = this.#random.next() * this.#total;
    const choice = this.#choices.find(({ upTo }) => draw < upTo) ?? this.#choices[0];
    if (choice === undefined) throw new Error('no service has interfaces: the features leave nothing to simulate');
    return this.#random.pick(choice.links);
  }

  #servicePort({ ports, server, client }: Service): number {
    if (ports.length > 0) return ports.length === 1 ? (ports[0] as number) : this.#random.pick(ports);
    if (client === 'anyone' || server === 'anyone') return this.#random.pick(STRAY_PORTS);
    return this.#random.chance(0.4) ? this.#random.pick(SCANNED_PORTS) : this.#random.between(1, 65535);
  }
}

/** The outer side of the NAT gateway on the way. */
const natEndOf = (taps: readonly Tap[]): End | null => taps.find(({ translated }) => translated)?.local ?? null;

/** Either end may be the first to speak on a symmetric port. */
const keyOf = (client: End, server: End, protocol: number, port: number): string => {
  const [a, b] = [client, server].map(({ address, host }) => `${host?.index ?? ''}/${address}`).sort();
  return `${protocol} ${port} ${a} ${b}`;
};
