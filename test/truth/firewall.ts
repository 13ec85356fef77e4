/** The simulated account's own firewall, asked about the connections of the truth. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { toBits } from '@flowfit/testkit/account/address';
import { Evaluator, type Verdict } from '@flowfit/testkit/account/evaluator';
import type { End, Host } from '@flowfit/testkit/account/host';
import type { RuleVersion } from '@flowfit/testkit/account/rule-version';
import { SERVICES } from '@flowfit/testkit/account/services';
import { buildWorld } from '@flowfit/testkit/account/states';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import type { Simulated } from './observe.ts';

export class Firewall {
  /** The account as it is at the end. */
  readonly newest: InventorySnapshot;
  readonly #hosts: ReadonlyMap<string, Host>;
  /** By VPC and address: addresses go from one interface to another. */
  readonly #holders = new Map<string, Host[]>();
  /** VPC of an end, by connection and address: both interfaces have a row, and the local end of one is the other's peer. */
  readonly #vpcs = new Map<string, string>();

  constructor({ account, truth }: Pick<Simulated, 'account' | 'truth'>) {
    const { hosts, states } = buildWorld(account.options);
    const last = states.at(-1);
    if (last === undefined) throw new Error('an account has at least one state');
    this.newest = last.snapshot;
    this.#hosts = new Map(hosts.map((host) => [host.interfaceId, host]));
    for (const host of hosts) {
      for (const { address } of host.ends) {
        const key = `${host.vpcId} ${address}`;
        this.#holders.set(key, [...(this.#holders.get(key) ?? []), host]);
      }
    }
    for (const { connection, localAddress, vpcId } of truth.connections)
      this.#vpcs.set(`${connection} ${localAddress}`, vpcId);
  }

  /** Asks what a state would say: one that a capture shows, or one made from it by taking something away. */
  asked(snapshot: InventorySnapshot): (row: ConnectionTruth) => Verdict {
    const evaluator = new Evaluator(snapshot, versionsOf(snapshot));
    const present = new Set(snapshot.interfaces.map(({ id }) => id));
    return (row) => {
      const host = this.#hosts.get(row.interfaceId);
      if (host === undefined) throw new Error(`${row.interfaceId} is not an interface of the account`);
      const direction = row.initiator === 'local' ? 'outbound' : 'inbound';
      const packet = { protocol: row.protocol, port: row.servicePort, icmpType: icmpTypeOf(row.service) };
      return evaluator.evaluate(host, direction, this.#peerOf(row, present), packet);
    };
  }

  /** Id of the interface that holds the peer's address in a state; null = nobody. */
  holderIn(snapshot: InventorySnapshot): (row: ConnectionTruth) => string | null {
    const present = new Set(snapshot.interfaces.map(({ id }) => id));
    return (row) => this.#peerOf(row, present).host?.interfaceId ?? null;
  }

  /** The peer's address, and who holds it in a state. */
  #peerOf({ connection, peerAddress }: ConnectionTruth, present: ReadonlySet<string>): End {
    const vpcId = this.#vpcs.get(`${connection} ${peerAddress}`);
    const holders = this.#holders.get(`${vpcId} ${peerAddress}`) ?? [];
    const host = holders.find(({ interfaceId }) => present.has(interfaceId)) ?? null;
    return { ...toBits(peerAddress), address: peerAddress, host, route: 'internet', service: null };
  }
}

/** The rules of a state as the evaluator wants them. */
const versionsOf = ({ groups }: InventorySnapshot): Map<string, RuleVersion> => {
  const use = { certain: 0, possible: 0, sole: 0, admitted: 0, tuples: 0 };
  const versions = groups.flatMap(({ rules }) =>
    rules.map((rule) => ({ rule, version: 0, from: null, to: null, use })),
  );
  return new Map(versions.map((version) => [version.rule.id, version]));
};

const icmpTypeOf = (service: string): number => SERVICES.find(({ name }) => name === service)?.icmpType ?? 0;
