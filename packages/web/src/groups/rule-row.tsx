/** One rule: on the left what it allows, on the right what was seen of it; opened, the evidence. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import { useId } from 'react';
import { formatCompact } from '../format/number.ts';
import { formatAgo, parseIso } from '../format/time.ts';
import { Icon } from '../ui/icon.tsx';
import { Verdict } from '../ui/verdict.tsx';
import { AddressesSeen, PortsSeen } from './allowed-seen.tsx';
import { Allows } from './allows.tsx';
import { RuleEvidence } from './rule-evidence.tsx';

export interface RuleRowProps {
  readonly rule: GroupRule;
  /** Flows of the busiest rule of the list. */
  readonly largest: number;
  readonly range: string;
  readonly newest: number;
  readonly window: { readonly from: number; readonly to: number };
  readonly open: boolean;
  readonly onToggle: () => void;
}

export const RuleRow = ({ rule, largest, range, newest, window, open, onToggle }: RuleRowProps) => {
  const id = useId();
  const lastSeen = parseIso(rule.lastSeen);
  return (
    <li className="border-b border-line last:border-b-0" data-rule={rule.ruleId} data-verdict={rule.verdict}>
      <div className="relative grid grid-cols-1 gap-x-6 gap-y-2 px-4 py-3 hover:bg-ink/2 md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)] xl:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)_minmax(16rem,0.8fr)]">
        <div className="flex min-w-0 items-start gap-2">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={id}
            aria-label={`Evidence of rule ${rule.ruleId}`}
            className="mt-0.5 grid size-5 shrink-0 place-items-center rounded text-faint hover:bg-sunken hover:text-ink"
            onClick={onToggle}
          >
            <Icon name={open ? 'chevron' : 'right'} className="size-3.5" />
          </button>
          <Allows rule={rule} />
        </div>
        <div className="grid min-w-0 content-start gap-1.5 max-md:pl-7">
          <AddressesSeen rule={rule} />
          <PortsSeen rule={rule} />
        </div>
        <div className="flex items-start gap-3 max-xl:pl-7 md:max-xl:col-span-2">
          <div className="w-24 shrink-0">
            <Verdict verdict={rule.verdict} />
          </div>
          <div className="min-w-0 flex-1">
            <div className="h-3 overflow-hidden rounded-sm bg-sunken" aria-hidden="true">
              <div className="h-full bg-accept" style={{ width: `${(100 * rule.flows) / largest}%` }} />
            </div>
            <div className="num mt-1 flex justify-between gap-2 text-xs text-faint">
              <span>
                <b className="font-medium text-ink">{formatCompact(rule.flows)}</b> flows
              </span>
              <span title={rule.lastSeen ?? undefined}>
                {lastSeen === null ? notSeen(rule) : `seen ${formatAgo(lastSeen, newest)}`}
              </span>
            </div>
            {rule.undecided.length > 0 && <p className="mt-1 text-xs text-soft">{reasonsInShort(rule)}</p>}
          </div>
        </div>
      </div>
      <div id={id}>{open && <RuleEvidence rule={rule} range={range} window={window} />}</div>
    </li>
  );
};

/** Nothing is certain of an undecided rule, not even that nothing came. */
const notSeen = ({ connections: { possible } }: GroupRule): string =>
  possible === 0 ? 'never seen' : `${formatCompact(possible)} in doubt`;

/** `skip data, membership unknown`: opened, the row says what that means. */
const reasonsInShort = ({ undecided }: GroupRule): string =>
  undecided.map(({ reason }) => reason.replaceAll('-', ' ')).join(', ');
