/** The rules of today on the left, the proposed ones on the right, each with its traffic. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import type { RuleTrafficAnswer, TightenPin } from '@flowfit/server/contract/tighten';
import { memo, type ReactNode, useMemo } from 'react';
import { formatCompact, formatCount, formatPlural } from '../format/number.ts';
import { AddressesSeen, PortsSeen } from '../groups/allowed-seen.tsx';
import { type AllowedRule, Allows } from '../groups/allows.tsx';
import { Panel } from '../ui/panel.tsx';
import type { Comparison, ProposedRow, TodaysRule } from './compare.ts';
import { FateMark } from './fate-mark.tsx';
import { PinForm } from './pin-form.tsx';
import { formatNumbers } from './words.ts';

export interface RulesProps {
  /** Of today. */
  readonly rules: readonly GroupRule[];
  readonly comparison: Comparison;
  /** Of the new rules; null while it is not known. */
  readonly traffic: Readonly<Record<string, RuleTrafficAnswer>> | null;
  readonly onPin: (pin: TightenPin) => void;
}

/** Least height of a rule's row. */
const ROW = 92;

/** Two lists that do not depend on each other's length: those of today stay in place while the handle moves. */
export const Rules = ({ rules, comparison, traffic, onPin }: RulesProps) => {
  const todays = useMemo(() => new Map(rules.map((rule) => [rule.ruleId, trafficOf(rule)])), [rules]);
  return (
    <div className="grid items-start gap-x-3 md:grid-cols-2">
      <Side title="Today" rows={comparison.today}>
        {({ rule, fate, replacedBy, because }) => (
          <TodaysRow
            key={rule.ruleId}
            rule={rule}
            fate={fate}
            replacedBy={formatNumbers(replacedBy)}
            because={because}
            onPin={onPin}
          />
        )}
      </Side>
      <Side title="Proposed" rows={comparison.proposed}>
        {({ rule, number }) => (
          <ProposedRuleRow
            key={rule.ruleId}
            rule={rule}
            number={number}
            traffic={todays.get(rule.ruleId) ?? (traffic === null ? undefined : (traffic[rule.ruleId] ?? null))}
          />
        )}
      </Side>
    </div>
  );
};

const DIRECTIONS = ['inbound', 'outbound'] as const;

interface SideProps<One> {
  readonly title: string;
  readonly rows: readonly One[];
  readonly children: (row: One) => ReactNode;
}

const Side = <One extends { readonly rule: Pick<GroupRule, 'direction'> }>({
  title,
  rows,
  children,
}: SideProps<One>) => (
  <Panel title={title} note={formatPlural(rows.length, 'rule')} className="@container mb-3">
    {DIRECTIONS.map((direction) => {
      const own = rows.filter(({ rule }) => rule.direction === direction);
      return (
        <section key={direction} aria-label={`${title}, ${direction}`}>
          <h3 className="num flex h-8 items-center gap-2 border-t border-line bg-sunken px-4 text-xs text-soft">
            <span className="capitalize">{direction}</span> <span className="text-faint">{own.length}</span>
          </h3>
          <ul>{own.map(children)}</ul>
        </section>
      );
    })}
  </Panel>
);

const Row = ({ children, ...rest }: { readonly children: ReactNode; readonly [name: `data-${string}`]: string }) => (
  <li {...rest} className="border-t border-line px-4 py-2.5" style={{ minHeight: ROW }}>
    {children}
  </li>
);

interface SaysProps {
  readonly rule: AllowedRule;
  /** Of the mark. */
  readonly width: string;
  readonly children: ReactNode;
}

/** The mark has a place of its own, whatever it says: a rule must not be written anew because its mark grows. */
const Says = ({ rule, width, children }: SaysProps) => (
  <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-2 gap-y-1">
    <div className="min-w-0 flex-1 basis-full @sm:basis-0">
      <Allows rule={rule} />
    </div>
    <div className={`w-full @sm:text-right ${width}`}>{children}</div>
  </div>
);

interface TodaysRowProps extends Omit<TodaysRule, 'replacedBy'> {
  readonly replacedBy: string;
  readonly onPin: (pin: TightenPin) => void;
}

/** Texts as properties, so that only rows that change are drawn again while the handle moves. */
const TodaysRow = memo(({ rule, fate, replacedBy, because, onPin }: TodaysRowProps) => (
  <Row data-today={rule.ruleId}>
    <div className="flex items-start gap-2">
      <Says rule={rule} width="@sm:w-40">
        <FateMark fate={fate}>{replacedBy !== '' && <span className="num">by {replacedBy}</span>}</FateMark>
      </Says>
      <div className="-my-1.5 -mr-2">
        <PinForm rule={rule} onPin={onPin} />
      </div>
    </div>
    <Seen rule={rule} traffic={trafficOf(rule)} />
    {/* The line stands whether or not there is something to say: rows keep their place. */}
    <p className="min-h-4 text-xs text-pretty break-words text-soft">{because}</p>
  </Row>
));
TodaysRow.displayName = 'TodaysRow';

const trafficOf = ({ connections, peers, ports, allowed, seenBlocks }: GroupRule): RuleTrafficAnswer => ({
  connections: connections.proven + connections.inferred,
  possible: connections.possible,
  peers: peers.count,
  ports: [...ports],
  allowed,
  seenBlocks,
});

interface ProposedRuleRowProps extends ProposedRow {
  /** Undefined while it is not known, null where nothing came. */
  readonly traffic: RuleTrafficAnswer | null | undefined;
}

const ProposedRuleRow = memo(({ rule, number, traffic }: ProposedRuleRowProps) => (
  <Row data-proposed={rule.ruleId}>
    <Says rule={rule} width="@sm:w-20">
      {number === null ? (
        <FateMark fate="stays" />
      ) : (
        <FateMark fate="new">
          <span className="num">{number}</span>
        </FateMark>
      )}
    </Says>
    <Seen rule={rule} traffic={traffic ?? null} known={traffic !== undefined} />
  </Row>
));
ProposedRuleRow.displayName = 'ProposedRuleRow';

interface SeenProps {
  readonly rule: Pick<GroupRule, 'direction' | 'protocol' | 'fromPort' | 'toPort'>;
  readonly traffic: RuleTrafficAnswer | null;
  readonly known?: boolean;
}

/** As tall before the traffic is known as after. */
const Seen = ({ rule, traffic, known = true }: SeenProps) => (
  <div className="mt-1 grid gap-1 *:min-w-0">
    <div className="min-h-8">
      {traffic !== null && (
        <AddressesSeen
          rule={{ allowed: traffic.allowed, seenBlocks: traffic.seenBlocks, peers: { count: traffic.peers } }}
        />
      )}
    </div>
    <PortsSeen rule={{ ...rule, ports: traffic?.ports ?? [] }} />
    <p className="num min-h-4 text-xs text-faint">{known && <TrafficWords rule={rule} traffic={traffic} />}</p>
  </div>
);

const TrafficWords = ({ rule, traffic }: Pick<SeenProps, 'rule' | 'traffic'>) => {
  const { connections = 0, possible = 0, peers = 0 } = traffic ?? {};
  if (connections === 0) {
    return possible === 0 ? 'never seen' : `${formatPlural(possible, 'connection')} in doubt`;
  }
  return (
    <span title={`${formatCount(connections)} connections`}>
      <b className="font-medium text-ink">{formatCompact(connections)}</b>{' '}
      {connections === 1 ? 'connection' : 'connections'} {rule.direction === 'inbound' ? 'from' : 'to'}{' '}
      {formatPlural(peers, 'peer')}
      {possible > 0 && `, ${formatCompact(possible)} more in doubt`}
    </span>
  );
};
