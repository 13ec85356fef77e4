/** Pairs of ends that a service may connect, as long as the account does not change. */
import type { Evaluator, Packet, Verdict } from './evaluator.ts';
import type { End, Host } from './host.ts';
import { type Internet, isDenied } from './internet.ts';
import type { ResolvedOptions } from './options.ts';
import { type Tap, tapsOf } from './path.ts';
import type { Random } from './random.ts';
import { isOutside, outsideOf, type Service } from './services.ts';
import type { World } from './states.ts';

/** What the interfaces on the way make of the first packet. */
export interface Opening {
  /** Of the interfaces that the packet reached, in that order. */
  readonly verdicts: readonly Verdict[];
  /** Which interface rejected it; null = none. */
  readonly rejectedAt: number | null;
  readonly byNetworkAcl: boolean;
}

export interface Link {
  readonly service: Service;
  readonly client: End;
  readonly server: End;
  taps: readonly Tap[] | null;
  readonly openings: Map<number, Opening>;
}

/** Pairs per service: beyond this a random part of them carries the traffic. */
const MOST_LINKS = 6000;
/** Interfaces of the account that one outside client talks to. */
const SERVERS_PER_CLIENT = 2;

export function linksOf(service: Service, world: World, epoch: number, random: Random): Link[] {
  const hosts = world.hosts.filter((host) => host.from <= epoch && epoch < host.to);
  const pairs = isOutside(service.client)
    ? inwards(outsideOf(world.internet, service.client), hostsOf(hosts, service.server), service.family)
    : isOutside(service.server)
      ? outwards(hostsOf(hosts, service.client), outsideOf(world.internet, service.server), service.family, random)
      : between(hostsOf(hosts, service.client), hostsOf(hosts, service.server), service, random);
  const links: Link[] = pairs.map(([client, server]) => ({ service, client, server, taps: null, openings: new Map() }));
  return links.length <= MOST_LINKS ? links : Array.from({ length: MOST_LINKS }, () => random.pick(links));
}

type Pair = readonly [client: End, server: End];

const hostsOf = (hosts: readonly Host[], party: string): readonly Host[] =>
  party === 'anyone' ? hosts.filter(({ role }) => role !== 'nat') : hosts.filter(({ role }) => role === party);

const endsOf = (host: Host, family: 4 | 6): readonly End[] => host.ends.filter((end) => end.family === family);

function inwards(clients: readonly End[], servers: readonly Host[], family: 4 | 6): Pair[] {
  return clients.flatMap((client, index) =>
    Array.from(
      { length: Math.min(SERVERS_PER_CLIENT, servers.length) },
      (_, i) => servers[(index * SERVERS_PER_CLIENT + i) % servers.length] as Host,
    )
      .flatMap((host) => endsOf(host, family).slice(0, 1))
      .map((server) => [client, server] as const),
  );
}

function outwards(clients: readonly Host[], servers: readonly End[], family: 4 | 6, random: Random): Pair[] {
  const perClient = Math.max(1, Math.min(servers.length, Math.floor(MOST_LINKS / Math.max(1, clients.length)), 24));
  return clients.flatMap((host) =>
    endsOf(host, family).flatMap((client) =>
      Array.from({ length: perClient }, () => [client, random.pick(servers)] as const),
    ),
  );
}

function between(
  clients: readonly Host[],
  servers: readonly Host[],
  { scope, family }: Service,
  random: Random,
): Pair[] {
  const reaches = (client: Host, server: Host): boolean => {
    if (client === server || client.site !== server.site) return false;
    if (scope === 'stack') return client.vpcId === server.vpcId && client.stack === server.stack;
    return scope === 'vpc' ? client.vpcId === server.vpcId : client.vpcId !== server.vpcId && isPeered(client, server);
  };
  const most = Math.ceil(MOST_LINKS / Math.max(1, clients.length));
  return clients.flatMap((client) => {
    const reached = servers.filter((server) => reaches(client, server));
    const chosen = reached.length <= most ? reached : Array.from({ length: most }, () => random.pick(reached));
    return chosen.flatMap((server) =>
      endsOf(client, family).flatMap((from) => endsOf(server, family).map((to) => [from, to] as const)),
    );
  });
}

/** Only `main` and `shared` are peered; the third VPC has the addresses of `main`. */
const isPeered = (a: Host, b: Host): boolean => {
  const networks = [a, b].map(({ ends }) => ends[0]?.address.split('.')[1]);
  return networks.includes('1') && networks.includes('0') && [a, b].every(({ isOverlapping }) => !isOverlapping);
};

export function tapsOfLink(link: Link, world: World, options: ResolvedOptions): readonly Tap[] {
  link.taps ??= tapsOf(
    link.client,
    link.server,
    link.service.protocol,
    options.features.nat ? natFor(link, world) : null,
  );
  return link.taps;
}

function natFor({ client, server }: Link, { hosts }: World): Host | null {
  const host = client.host;
  if (host === null || host.isPublic || client.family === 6 || server.host !== null || server.route !== 'internet')
    return null;
  return hosts.find(({ role, vpcId }) => role === 'nat' && vpcId === host.vpcId) ?? null;
}

/** Lets the first packet pass the interfaces one after the other. */
export function openingOf(
  taps: readonly Tap[],
  packet: Packet,
  evaluator: Evaluator,
  internet: Internet | null,
): Opening {
  const verdicts: Verdict[] = [];
  for (const [index, tap] of taps.entries()) {
    const verdict = evaluator.evaluate(tap.host, tap.initiator === 'local' ? 'outbound' : 'inbound', tap.peer, packet);
    verdicts.push(verdict);
    const denied = internet !== null && tap.initiator === 'remote' && tap.host.isPublic && isDenied(internet, tap.peer);
    if (!verdict.allowed || denied) return { verdicts, rejectedAt: index, byNetworkAcl: verdict.allowed };
  }
  return { verdicts, rejectedAt: null, byNetworkAcl: false };
}
