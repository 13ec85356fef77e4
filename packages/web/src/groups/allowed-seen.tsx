/** What a rule allows as a line, and what was seen as marks on it: addresses above, ports below. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import { formatCount, formatPlural } from '../format/number.ts';
import { formatAddresses, type Mark, tightestBlocks, toAddressLine } from './address-line.ts';

const BLOCKS_SHOWN = 4;

/** What may be of a rule that does not exist yet. */
type Seen = Pick<GroupRule, 'allowed' | 'seenBlocks'> & { readonly peers: Pick<GroupRule['peers'], 'count'> };

export const AddressesSeen = ({ rule }: { readonly rule: Seen }) => {
  if (rule.allowed === null) {
    return <p className="text-xs text-faint">The inventory does not say which addresses this is.</p>;
  }
  if (rule.allowed.length === 0)
    return <p className="text-xs text-faint">No interface has this group: nobody is allowed.</p>;
  const line = toAddressLine(rule.allowed, rule.seenBlocks);
  const tightest = tightestBlocks(rule.seenBlocks, BLOCKS_SHOWN);
  const seen = rule.peers.count;
  return (
    <div className="min-w-0">
      <Line
        marks={line.marks}
        segments={line.blocks.length}
        label={`${seen} of ${formatAddresses(line.allowed)} allowed addresses seen`}
      />
      <p className="num mt-1 truncate text-xs text-faint">
        <span className="text-soft">{formatCount(seen)}</span> of {formatAddresses(line.allowed)}{' '}
        {tightest.length > 0 && (
          <>
            · within <span className="font-mono">{tightest.join(', ')}</span>
          </>
        )}
      </p>
    </div>
  );
};

const ALL_PORTS = 65_536;

type SeenPorts = Pick<GroupRule, 'protocol' | 'fromPort' | 'toPort' | 'ports'>;

export const PortsSeen = ({ rule }: { readonly rule: SeenPorts }) => {
  const { protocol, fromPort, toPort, ports } = rule;
  if (protocol.startsWith('icmp')) return null;
  const first = fromPort === null || fromPort < 0 ? 0 : fromPort;
  const last = toPort === null || toPort < 0 ? ALL_PORTS - 1 : toPort;
  const count = last - first + 1;
  if (count === 1) return null;
  const marks = ports.map(([from, to]): Mark => ({ at: (from - first) / count, width: (to - from + 1) / count }));
  const seen = ports.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const shown = ports.slice(0, 8).map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
  return (
    <div className="min-w-0">
      <Line marks={marks} segments={1} label={`${seen} of ${count} allowed ports seen`} />
      <p className="num mt-1 truncate text-xs text-faint">
        <span className="text-soft">{formatCount(seen)}</span> of {formatPlural(count, 'port')}
        {shown.length > 0 && ` · ${shown.join(', ')}${ports.length > shown.length ? ', …' : ''}`}
      </p>
    </div>
  );
};

interface LineProps {
  readonly marks: readonly Mark[];
  readonly segments: number;
  readonly label: string;
}

/** More segments than this are too narrow for gaps. */
const MAX_GAPS = 32;

const Line = ({ marks, segments, label }: LineProps) => (
  <div
    role="img"
    aria-label={label}
    className="relative h-3 w-full overflow-hidden rounded-sm bg-[repeating-linear-gradient(-45deg,var(--sunken)_0_4px,var(--line)_4px_5px)]"
  >
    {marks.map(({ at, width }) => (
      <span
        key={at}
        className="absolute inset-y-0 min-w-[2px] bg-accept"
        style={{ left: `${at * 100}%`, width: `${width * 100}%` }}
      />
    ))}
    {segments > 1 &&
      segments <= MAX_GAPS &&
      Array.from({ length: segments - 1 }, (_, gap) => gap + 1).map((gap) => (
        <span key={gap} className="absolute inset-y-0 w-px bg-panel" style={{ left: `${(gap / segments) * 100}%` }} />
      ))}
  </div>
);
