/** One VPC of the simulated account while it is being built: subnets, and interfaces with the hosts behind them. */
import type { NetworkInterface, Subnet, Vpc } from '@flowfit/core/inventory/model';
import { addressAt4, addressAt6, toBits } from './address.ts';
import type { AccountDraft } from './draft.ts';
import type { End, Host, PortPolicy, Role, Site } from './host.ts';
import type { ResolvedOptions } from './options.ts';
import type { Random } from './random.ts';

type SubnetKind = 'public' | 'private-a' | 'private-b' | 'reserve';

/** Offsets within the /16 of the VPC. */
const SUBNETS: readonly { kind: SubnetKind; offset: number; length: number; zone: number }[] = [
  { kind: 'public', offset: 0, length: 20, zone: 1 },
  { kind: 'private-a', offset: 16 * 256, length: 20, zone: 1 },
  { kind: 'private-b', offset: 32 * 256, length: 20, zone: 2 },
  { kind: 'reserve', offset: 128 * 256, length: 17, zone: 2 },
];

/** When the instances of the beginning were launched. */
const LAUNCHED = Date.UTC(2026, 2, 2, 9) / 1000;

export interface InterfaceRequest {
  readonly role: Role;
  readonly stack: number;
  readonly name: string;
  readonly groupIds: readonly string[];
  readonly subnet: SubnetKind;
  /** AWS's type; default `interface`. */
  readonly type?: string;
  readonly description?: string;
  /** The service that owns it; there is no instance then. */
  readonly requesterId?: string;
  readonly isPublic?: boolean;
  readonly secondaryAddresses?: boolean;
  /** Take over this private address instead of the next free one. */
  readonly address?: string;
  readonly recordedAccountId?: string;
  readonly portPolicy?: PortPolicy;
  /** Of its instance, Unix seconds. Default: long before the simulation. */
  readonly launched?: number;
}

interface AssignedAddresses {
  /** Primary and secondary private IPv4. */
  readonly own: readonly string[];
  readonly own6: readonly string[];
  /** Addresses in use out of the prefixes. */
  readonly pods: readonly string[];
  readonly prefixes: readonly string[];
}

interface OpenSubnet extends Subnet {
  readonly first: string;
  readonly prefix6: string;
  readonly zone: string;
  used: number;
}

export class Network {
  readonly vpc: Vpc;
  readonly site: Site;
  readonly #draft: AccountDraft;
  readonly #hosts: Host[];
  readonly #options: ResolvedOptions;
  readonly #random: Random;
  readonly #subnets = new Map<SubnetKind, OpenSubnet>();

  constructor(
    draft: AccountDraft,
    hosts: Host[],
    site: Site,
    options: ResolvedOptions,
    random: Random,
    name: string,
    cidr: string,
  ) {
    this.#draft = draft;
    this.#hosts = hosts;
    this.#options = options;
    this.#random = random;
    this.site = site;
    const prefix6 = `2001:db8:${(draft.vpcs.length + 1).toString(16)}`;
    const cidrs = options.features.ipv6 ? [cidr, `${prefix6}::/48`] : [cidr];
    const { accountId, region } = site;
    this.vpc = { id: draft.id('vpc'), accountId, region, name, tags: { Name: name }, cidrs };
    draft.vpcs.push(this.vpc);
    draft.flowLogs.push({
      id: draft.id('fl'),
      resourceId: this.vpc.id,
      trafficType: 'ALL',
      logFormat: null,
      maxAggregationInterval: options.aggregationInterval,
      status: 'ACTIVE',
    });
    for (const subnet of SUBNETS) this.#addSubnet(subnet, cidr, prefix6);
  }

  /** CreateNetworkInterface, and whatever stands behind it. */
  addInterface(request: InterfaceRequest): Host {
    const subnet = this.#subnets.get(request.subnet) as OpenSubnet;
    const addresses = this.#addressesFor(request, subnet);
    const instanceId = request.requesterId === undefined ? this.#draft.id('i') : null;
    const ends: End[] = [];
    const host: Host = {
      index: this.#hosts.length,
      site: this.site,
      role: request.role,
      stack: request.stack,
      interfaceId: this.#draft.id('eni'),
      recordedAccountId: request.recordedAccountId ?? this.site.accountId,
      vpcId: this.vpc.id,
      subnetId: subnet.id,
      zoneId: subnet.zone,
      instanceId,
      name: request.name,
      type: request.type ?? 'interface',
      isPublic: request.isPublic ?? false,
      portPolicy: request.portPolicy ?? 'linux',
      ends,
      phase: this.#random.next(),
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
    };
    for (const address of [...addresses.own, ...addresses.pods, ...addresses.own6]) {
      ends.push({ address, ...toBits(address), host, route: 'interface', service: null });
    }
    this.#hosts.push(host);
    if (instanceId !== null) this.#addInstance(instanceId, request);
    this.#draft.interfaces.set(host.interfaceId, this.#describe(host, request, addresses));
    return host;
  }

  #addressesFor(request: InterfaceRequest, subnet: OpenSubnet): AssignedAddresses {
    // AWS keeps the first four addresses of a subnet.
    const next = () => addressAt4(subnet.first, 4 + subnet.used++);
    const fresh = next();
    const own = [request.address ?? fresh];
    const own6 =
      this.#options.features.ipv6 && request.type !== 'nat_gateway'
        ? [addressAt6(subnet.prefix6, 0x100 + subnet.used)]
        : [];
    const pods: string[] = [];
    const prefixes: string[] = [];
    if (request.secondaryAddresses) {
      own.push(next(), next());
      subnet.used = Math.ceil((subnet.used + 4) / 16) * 16 - 4;
      const first = next();
      subnet.used += 15;
      prefixes.push(`${first}/28`);
      pods.push(addressAt4(first, 3), addressAt4(first, 7));
    }
    return { own, own6, pods, prefixes };
  }

  #describe(host: Host, request: InterfaceRequest, addresses: AssignedAddresses): NetworkInterface {
    return {
      id: host.interfaceId,
      accountId: this.site.accountId,
      region: this.site.region,
      vpcId: this.vpc.id,
      subnetId: host.subnetId,
      name: request.requesterId === undefined ? request.name : null,
      tags: request.requesterId === undefined ? { Name: request.name } : {},
      description: request.description ?? '',
      type: host.type,
      instanceId: host.instanceId,
      requesterId: request.requesterId ?? null,
      requesterManaged: request.requesterId !== undefined,
      status: 'in-use',
      groupIds: [...new Set(request.groupIds)].sort(),
      addresses: [...addresses.own, ...addresses.own6],
      prefixes: addresses.prefixes,
      publicAddresses: host.isPublic ? [addressAt4('203.0.113.240', host.index % 15)] : [],
      connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
    };
  }

  #addInstance(id: string, { name, launched = LAUNCHED }: InterfaceRequest): void {
    const { accountId } = this.site;
    const launchTime = new Date(launched * 1000).toISOString();
    this.#draft.instances.push({
      id,
      accountId,
      instanceType: 'm7g.large',
      vpcId: this.vpc.id,
      state: 'running',
      launchTime,
      name,
      tags: { Name: name },
    });
  }

  #addSubnet({ kind, offset, length, zone }: (typeof SUBNETS)[number], cidr: string, prefix6: string): void {
    const first = addressAt4(cidr.slice(0, cidr.indexOf('/')), offset);
    const own6 = `${prefix6}:${this.#subnets.size + 1}`;
    const name = `${this.vpc.name}-${kind}`;
    const subnet: Subnet = {
      id: this.#draft.id('subnet'),
      vpcId: this.vpc.id,
      accountId: this.site.accountId,
      availabilityZoneId: `${this.site.zonePrefix}-az${zone}`,
      cidrs: [`${first}/${length}`, ...(this.#options.features.ipv6 ? [`${own6}::/64`] : [])],
      name,
      tags: { Name: name },
    };
    this.#draft.subnets.push(subnet);
    this.#subnets.set(kind, { ...subnet, first, prefix6: own6, zone: subnet.availabilityZoneId as string, used: 0 });
  }
}
