/**
 * Examples of findings: an account and its traffic in words, and the findings to expect. They are printed in the docs
 * and run as tests. Unless an example says otherwise it is watched for 31 days, every interface is logged, and the
 * inventory was captured before and after, the same both times.
 */
import type { Conversation } from '../../conversation/model.ts';
import { createTimeline } from '../../inventory/timeline.ts';
import { hasPorts, protocolNumber } from '../../net/protocol.ts';
import { Attributor } from '../../security-group/attribute.ts';
import { CoverageFold, HOUR } from '../coverage.ts';
import { EXAMPLE_VPC, type ExampleAccount, inventoryOf } from '../example-account.ts';
import { foldUsage } from '../usage.ts';
import { resolveVerdicts } from '../verdict.ts';
import type { FindingContext } from './finding.ts';

export interface Example {
  readonly title: string;
  readonly account: ExampleAccount;
  /**
   * Connections: `eni-1 inbound tcp 443 from 203.0.113.5`, opened that way; `x 30` behind it for thirty of them, `REJECT`
   * for rejected ones.
   */
  readonly traffic?: readonly string[];
  /** Interfaces that are not logged. */
  readonly unlogged?: readonly string[];
  /** Ids of the findings of this kind, in order; none = an example of what is not reported. */
  readonly finds: readonly string[];
}

const START = Date.parse('2024-01-02T00:00:00Z') / 1000;
const HOURS = 31 * 24;
const TRAFFIC = /^(\S+) (inbound|outbound) (\S+)(?: (\d+))? (?:from|to) (\S+?)(?: x (\d+))?( REJECT)?$/;

/** Everything that analysis knows of an example. Throws on traffic that cannot be read. */
export function contextOf({ account, traffic = [], unlogged = [] }: Example): FindingContext {
  const snapshot = inventoryOf(account, '2024-01-01T12:00:00Z');
  const timeline = createTimeline([snapshot, inventoryOf(account, '2024-02-02T12:00:00Z')]);
  const window = { from: START, to: START + HOURS * HOUR };
  const conversations = traffic.map((text) => conversationOf(text, account));
  const usage = foldUsage(new Attributor(timeline), conversations);
  const fold = new CoverageFold();
  const logged = [...Object.keys(account.interfaces ?? {}), ...conversations.map(({ interfaceId }) => interfaceId)];
  for (const interfaceId of logged.filter((id) => !unlogged.includes(id))) {
    for (let hour = 0; hour < HOURS; hour++) {
      fold.add({ interfaceId, hour: START + hour * HOUR, ok: 0, noData: 1, skipData: 0 });
    }
  }
  const coverage = fold.result(window, timeline);
  return { snapshot, usage, coverage, verdicts: resolveVerdicts(timeline, usage, coverage) };
}

function conversationOf(text: string, account: ExampleAccount): Conversation {
  const [, interfaceId = '', direction, protocolText = '', port, peerAddress = '', times, rejected] =
    TRAFFIC.exec(text) ?? [];
  const protocol = protocolNumber(protocolText);
  if (protocol === null)
    throw new Error(`"${text}" is no traffic: write it like "eni-1 inbound tcp 443 from 192.0.2.1".`);
  const connections = Number(times ?? 1);
  return {
    interfaceId,
    vpcId: EXAMPLE_VPC,
    epoch: 0,
    initiator: direction === 'inbound' ? 'remote' : 'local',
    method: 'tcp-flags',
    protocol,
    servicePort: hasPorts(protocol) ? Number(port) : null,
    localPort: null,
    peerPort: null,
    peerAddress,
    action: rejected ? 'REJECT' : 'ACCEPT',
    groupIds: [...(account.interfaces?.[interfaceId]?.groups ?? [])].sort(),
    hour: START,
    flows: 2 * connections,
    packets: 20 * connections,
    bytes: 2000 * connections,
    connections,
    firstSeen: START + 60,
    lastSeen: START + 120,
  };
}
