/** A group with four rules and what is recommended for it, for tests. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import type {
  CurvePointAnswer,
  LaterCutAnswer,
  ProposedRuleAnswer,
  TightenGroupAnswer,
} from '@flowfit/server/contract/tighten';

const GROUP = 'sg-0000000000000000a';

export const todaysRule = (ruleId: string, more: Partial<GroupRule> = {}): GroupRule => ({
  ruleId,
  groupId: GROUP,
  groupName: 'web',
  vpcId: 'vpc-0000000000000000a',
  direction: 'inbound',
  protocol: 'tcp',
  fromPort: 443,
  toPort: 443,
  peer: '0.0.0.0/0',
  peerName: null,
  description: '',
  verdict: 'used',
  reasons: [],
  undecided: [],
  connections: { proven: 0, inferred: 0, possible: 0, sole: 0 },
  flows: 0,
  packets: 0,
  bytes: 0,
  firstSeen: null,
  lastSeen: null,
  peers: { count: 0, top: [] },
  ports: [],
  evidence: {
    grade: 'strong',
    observedDays: 14,
    interfaces: { attached: 1, logged: 1 },
    gaps: [],
    extrapolated: false,
  },
  allowed: ['0.0.0.0/0'],
  seenBlocks: [],
  topPeers: [],
  ...more,
});

export const RULES: readonly GroupRule[] = [
  todaysRule('sgr-0a', { flows: 10 }),
  todaysRule('sgr-0b', { flows: 90, peer: '10.0.0.0/8', fromPort: 0, toPort: 65_535 }),
  todaysRule('sgr-0c', { verdict: 'unused', fromPort: 22, toPort: 22 }),
  todaysRule('sgr-0d', { verdict: 'undecided', direction: 'outbound', protocol: '-1', fromPort: null, toPort: null }),
];

const proposed = (ruleId: string, more: Partial<ProposedRuleAnswer>): ProposedRuleAnswer => ({
  ruleId,
  direction: 'inbound',
  protocol: 'tcp',
  fromPort: 443,
  toPort: 443,
  peer: '0.0.0.0/0',
  peerName: null,
  description: '',
  exists: false,
  from: [],
  ...more,
});

export const laterCutOf = (connections: number, of: number): LaterCutAnswer => ({
  connections,
  of,
  splits: [{ share: 0.7, at: '2026-06-10T00:00:00Z', connections, of }],
});

const point = (rules: number, ipv4: number, indices: number[], cut: number): CurvePointAnswer => ({
  rules,
  openness: { ipv4, ipv6: 0, publicIpv4: 0, publicIpv6: 0 },
  bound: { ipv4: ipv4 / 2, ipv6: 0 },
  laterCut: laterCutOf(cut, 1000),
  proposed: indices,
});

export const ANSWER: TightenGroupAnswer = {
  schema: 'flowfit.tighten-group/1',
  groupId: GROUP,
  groupName: 'web',
  vpcId: 'vpc-0000000000000000a',
  status: 'change',
  why: 'The fewest rules that would have held.',
  window: { from: '2026-06-01T00:00:00Z', to: '2026-06-15T00:00:00Z' },
  now: { ipv4: 2 ** 40, ipv6: 0, publicIpv4: 2 ** 32, publicIpv6: 0 },
  rules: [
    proposed('sgr-0a', { exists: true, from: ['sgr-0a'] }),
    proposed('sgr-0d', { exists: true, from: ['sgr-0d'], direction: 'outbound', protocol: '-1' }),
    proposed('rule-0000000000000001', { from: ['sgr-0b'], peer: '10.1.0.0/24' }),
    proposed('rule-0000000000000002', { from: ['sgr-0b'], peer: '10.2.0.0/28', fromPort: 8080, toPort: 8080 }),
    proposed('rule-0000000000000003', { from: ['sgr-0a', 'sgr-0b'], peer: '192.0.2.7/32' }),
  ],
  curve: [point(3, 2 ** 32, [0, 1, 2], 0), point(4, 4096, [0, 1, 2, 3], 0), point(9, 16, [1, 2, 3, 4], 20)],
  chosen: 1,
  removed: [
    { ruleId: 'sgr-0b', because: 'Replaced by 2 narrower rules.' },
    { ruleId: 'sgr-0c', because: 'Nothing used it.' },
  ],
  kept: [{ ruleId: 'sgr-0d', because: 'Undecided: the logs have gaps.' }],
  leftAlone: [],
  observed: { connections: 100, peers: 3 },
};
