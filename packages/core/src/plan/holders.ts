/**
 * Which interfaces of the inventory are those of a load balancer, a database, a function…: by id where the interface has
 * it, else by the description and the tags that AWS gives to interfaces which it makes. Whatever is not certain is an
 * answer with a reason, never a guess. Source: "Requester-managed network interfaces" of the EC2 user guide, and the
 * descriptions as they stand in recorded answers.
 */
import type { InventorySnapshot, NetworkInterface } from '../inventory/model.ts';

export type Holding = { readonly interfaces: readonly NetworkInterface[] } | { readonly because: string };

const found = (interfaces: readonly NetworkInterface[], what: string): Holding =>
  interfaces.length > 0 ? { interfaces } : { because: `the inventory shows no interface of ${what}` };

export const interfacesById = (today: InventorySnapshot, ids: readonly string[]): Holding =>
  found(
    today.interfaces.filter(({ id }) => ids.includes(id)),
    ids.length === 0 ? 'it' : ids.join(', '),
  );

/** Groups of an instance are those of its primary interface, which the plan may name. */
export const interfacesOfInstance = (
  today: InventorySnapshot,
  instanceId: string,
  primary: string | null,
  groups: readonly string[],
): Holding => {
  const all = today.interfaces.filter((one) => one.instanceId === instanceId);
  const named = all.filter(({ id }) => id === primary);
  if (named.length === 1 || all.length <= 1) return found(named.length === 1 ? named : all, instanceId);
  const alike = withGroups(all, groups);
  if (alike.length === 1) return { interfaces: alike };
  return { because: `${instanceId} has ${all.length} interfaces, and none is known to be the primary one` };
};

const withGroups = (interfaces: readonly NetworkInterface[], groups: readonly string[]): NetworkInterface[] => {
  const wanted = [...groups].sort().join(' ');
  return interfaces.filter(({ groupIds }) => groupIds.join(' ') === wanted);
};

/** `app/NAME/ID` of an application, network or gateway load balancer, as in its ARN. */
export const interfacesOfLoadBalancer = (today: InventorySnapshot, suffix: string): Holding =>
  described(today, (text) => text === `ELB ${suffix}`, `the load balancer ${suffix}`);

export const interfacesOfClassicBalancer = (today: InventorySnapshot, name: string): Holding =>
  described(today, (text) => text === `ELB ${name}`, `the load balancer ${name}`);

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Functions with the same subnets and groups share interfaces, which are named after one of them. */
export const interfacesOfFunction = (today: InventorySnapshot, name: string): Holding => {
  const prefix = `AWS Lambda VPC ENI-${name}-`;
  const rest = new RegExp(`^${UUID}$`);
  return described(
    today,
    (text) => text.startsWith(prefix) && rest.test(text.slice(prefix.length)),
    `the function ${name} (functions with the same subnets and groups share interfaces, which carry the name of one)`,
  );
};

export const interfacesOfCluster = (today: InventorySnapshot, name: string): Holding =>
  described(today, (text) => text === `Amazon EKS ${name}`, `the cluster ${name}`);

/**
 * The interfaces of databases do not say whose they are. They have exactly the groups of the database: where no more
 * interfaces have these than it must have, they are its.
 */
export const interfacesOfDatabase = (today: InventorySnapshot, groups: readonly string[], most: number): Holding => {
  const databases = today.interfaces.filter(({ description }) => description === 'RDSNetworkInterface');
  const alike = withGroups(databases, groups);
  if (alike.length > most) {
    return { because: `${alike.length} interfaces of databases have these groups, and do not say whose they are` };
  }
  return found(alike, 'a database with these groups');
};

/** Tasks in `awsvpc` mode: their interfaces have tags of ECS where the service hands them on. */
export const interfacesOfService = (today: InventorySnapshot, cluster: string, service: string): Holding =>
  found(
    today.interfaces.filter(
      ({ tags }) => tags['aws:ecs:serviceName'] === service && tags['aws:ecs:clusterName'] === cluster,
    ),
    `the service ${service} by its tags (aws:ecs:serviceName, aws:ecs:clusterName)`,
  );

const described = (today: InventorySnapshot, isMeant: (description: string) => boolean, what: string): Holding =>
  found(
    today.interfaces.filter(({ description }) => isMeant(description)),
    what,
  );

/** `arn:aws:elasticloadbalancing:…:loadbalancer/app/NAME/ID` -> `app/NAME/ID`; a cluster or service -> its name. */
export const lastOfArn = (arn: string, marker: string): string => {
  const at = arn.indexOf(marker);
  return at < 0 ? arn : arn.slice(at + marker.length);
};
