/** The simulated account's own firewall, asked about the connections of the truth. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { toBits } from '@flowfit/testkit/account/address';
import { Evaluator, type Verdict } from '@flowfit/testkit/account/evaluator';
import type { End, Host } from '@flowfit/testkit/account/host';
import { collectVersions, type RuleVersion } from '@flowfit/testkit/account/rule-version';
import { SERVICES } from '@flowfit/testkit/account/services';
import { buildWorld } from '@flowfit/testkit/account/states';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import type { Observation } from './observe.ts';

export class Firewall {
  /** The account as it is at the end. */
  readonly newest: InventorySnapshot;
  readonly #inForce: ReadonlyMap<string, RuleVersion>;
  readonly #hosts: ReadonlyMap<string, Host>;
  /** By connection and address: both interfaces have a row, and the local end of one is the peer of the other. */
  readonly #ends = new Map<string, End>();

  constructor({ account, truth }: Pick<Observation, 'account' | 'truth'>) {
    const { hosts, states } = buildWorld(account.options);
    const last = states.at(-1);
    if (last === undefined) throw new Error('an account has at least one state');
    this.newest = last.snapshot;
    this.#inForce = collectVersions(states).inForce.at(-1) ?? new Map();
    this.#hosts = new Map(hosts.map((host) => [host.interfaceId, host]));
    for (const { connection, interfaceId, localAddress } of truth.connections) {
      const end = this.#hosts.get(interfaceId)?.ends.find(({ address }) => address === localAddress);
      if (end) this.#ends.set(`${connection} ${localAddress}`, end);
    }
  }

  /** Asks for the newest state, or one made from it by taking rules away. */
  asked(snapshot: InventorySnapshot): (row: ConnectionTruth) => Verdict {
    const evaluator = new Evaluator(snapshot, this.#inForce);
    return (row) => {
      const host = this.#hosts.get(row.interfaceId);
      if (host === undefined) throw new Error(`${row.interfaceId} is not an interface of the account`);
      const direction = row.initiator === 'local' ? 'outbound' : 'inbound';
      const packet = { protocol: row.protocol, port: row.servicePort, icmpType: icmpTypeOf(row.service) };
      return evaluator.evaluate(host, direction, this.#peerOf(row), packet);
    };
  }

  #peerOf({ connection, peerAddress }: ConnectionTruth): End {
    const inside = this.#ends.get(`${connection} ${peerAddress}`);
    return inside ?? { ...toBits(peerAddress), address: peerAddress, host: null, route: 'internet', service: null };
  }
}

const icmpTypeOf = (service: string): number => SERVICES.find(({ name }) => name === service)?.icmpType ?? 0;
