/** Pairs of ends that a service may connect, as long as the account does not change. */
import type { PeeringConnection } from '@flowfit/core/inventory/model';
import type { Evaluator, Packet, Verdict } from './evaluator.ts';
import type { End, Host } from './host.ts';
import { type Internet, isDenied } from './internet.ts';
import type { ResolvedOptions } from './options.ts';
import { type Tap, tapsOf } from './path.ts';
import type { Random } from './random.ts';
import { isOutside, type Outside, outsideOf, type Service } from './services.ts';
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
  /** By service port; made when first needed. */
  openings: Map<number, Opening> | null;
}

/** Pairs per service: beyond this a random part of them carries the traffic. */
const MOST_LINKS = 6000;
/** Pairs of interfaces that are all looked at. */
const MOST_COMPARISONS = 250_000;
/** Interfaces of the account that one outside client talks to. */
const SERVERS_PER_CLIENT = 2;

export function linksOf(service: Service, world: World, epoch: number, random: Random): Link[] {
  const hosts = world.hosts.filter((host) => host.from <= epoch && epoch < host.to);
  const clients = isOutside(service.client) ? null : hostsOf(hosts, service.client);
  const servers = isOutside(service.server) ? null : hostsOf(hosts, service.server);
  const links =
    clients === null
      ? inwards(service, outsideOf(world.internet, service.client as Outside), servers ?? [])
      : servers === null
        ? outwards(service, clients, outsideOf(world.internet, service.server as Outside), random)
        : clients.length * servers.length < MOST_COMPARISONS
          ? between(service, clients, servers, peeringsOf(world, epoch))
          : sampled(service, clients, servers, peeringsOf(world, epoch), random);
  return links.length <= MOST_LINKS ? links : Array.from({ length: MOST_LINKS }, () => random.pick(links));
}

const hostsOf = (hosts: readonly Host[], party: string): readonly Host[] =>
  party === 'anyone' ? hosts.filter(({ role }) => role !== 'nat') : hosts.filter(({ role }) => role === party);

const endsOf = (host: Host, family: 4 | 6): readonly End[] => host.ends.filter((end) => end.family === family);

const link = (service: Service, client: End, server: End): Link => ({
  service,
  client,
  server,
  taps: null,
  openings: null,
});

function inwards(service: Service, clients: readonly End[], servers: readonly Host[]): Link[] {
  const ends = servers.flatMap((host) => endsOf(host, service.family).slice(0, 1));
  const links: Link[] = [];
  for (const [index, client] of clients.entries()) {
    for (let i = 0; i < Math.min(SERVERS_PER_CLIENT, ends.length); i++) {
      links.push(link(service, client, ends[(index * SERVERS_PER_CLIENT + i) % ends.length] as End));
    }
  }
  return links;
}

function outwards(service: Service, hosts: readonly Host[], servers: readonly End[], random: Random): Link[] {
  const clients = hosts.flatMap((host) => endsOf(host, service.family));
  const each = Math.max(1, Math.min(servers.length, Math.floor(MOST_LINKS / Math.max(1, clients.length)), 24));
  return clients.flatMap((client) => Array.from({ length: each }, () => link(service, client, random.pick(servers))));
}

/** All pairs of ends. */
function between(
  service: Service,
  clients: readonly Host[],
  servers: readonly Host[],
  peerings: readonly PeeringConnection[],
): Link[] {
  const links: Link[] = [];
  for (const client of clients) {
    for (const server of servers)
      if (reaches(service, client, server, peerings)) connect(links, service, client, server);
  }
  return links;
}

/** Some pairs of ends, where there are too many to look at. */
function sampled(
  service: Service,
  clients: readonly Host[],
  servers: readonly Host[],
  peerings: readonly PeeringConnection[],
  random: Random,
): Link[] {
  const links: Link[] = [];
  for (let tries = 0; tries < MOST_LINKS * 10 && links.length < MOST_LINKS; tries++) {
    const client = random.pick(clients);
    const server = random.pick(servers);
    if (reaches(service, client, server, peerings)) connect(links, service, client, server);
  }
  return links;
}

function connect(links: Link[], service: Service, client: Host, server: Host): void {
  for (const from of endsOf(client, service.family)) {
    for (const to of endsOf(server, service.family)) links.push(link(service, from, to));
  }
}

function reaches({ scope }: Service, client: Host, server: Host, peerings: readonly PeeringConnection[]): boolean {
  if (client === server || client.site !== server.site) return false;
  if (scope === 'stack') return client.vpcId === server.vpcId && client.stack === server.stack;
  if (scope === 'vpc') return client.vpcId === server.vpcId;
  return arePeered(client, server, peerings);
}

/** Those that carry packets in a state. */
const peeringsOf = ({ states }: World, epoch: number): readonly PeeringConnection[] =>
  states[epoch]?.snapshot.peerings.filter(({ status }) => status === 'active') ?? [];

const arePeered = (a: Host, b: Host, peerings: readonly PeeringConnection[]): boolean =>
  a.vpcId !== b.vpcId &&
  peerings.some(({ requesterVpcId, accepterVpcId }) =>
    [a, b].every(({ vpcId }) => vpcId === requesterVpcId || vpcId === accepterVpcId),
  );

/** Whether a connection has lost its way: the peering that it took is no more. */
export function isCutOff({ client, server }: Link, world: World, epoch: number): boolean {
  if (client.host === null || server.host === null || client.host.vpcId === server.host.vpcId) return false;
  return !arePeered(client.host, server.host, peeringsOf(world, epoch));
}

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
