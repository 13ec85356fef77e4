/** On top of pages about rules: what is missing for more verdicts. It can be folded away, and stays so. */
import { undecidedShare } from '@flowfit/core/analysis/lacks';
import type { Lacks } from '@flowfit/server/contract/rules';
import { useId, useState } from 'react';
import { formatPlural } from '../format/number.ts';
import { readStored, writeStored } from '../state/storage.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Remedies } from './remedies.tsx';

const KEY = 'lacks-open';
/** Reasons shown before more are asked for. */
const FIRST = 3;
/** On a narrower screen it would stand in front of what the page is about. */
const LEAST_WIDTH = 768;

const useOpen = (): readonly [boolean, (open: boolean) => void] => {
  const [open, setOpen] = useState(() => {
    const stored = readStored(KEY);
    return typeof stored === 'boolean' ? stored : window.innerWidth >= LEAST_WIDTH;
  });
  return [
    open,
    (next) => {
      writeStored(KEY, next);
      setOpen(next);
    },
  ];
};

/** Nothing where every rule has a verdict. */
export const LacksPanel = ({ lacks }: { readonly lacks: Lacks | undefined }) => {
  const [open, setOpen] = useOpen();
  const id = useId();
  if (lacks === undefined || lacks.rules.undecided === 0) return null;
  return (
    <section aria-labelledby={`${id}-title`} className="panel mb-3" data-panel="lacks">
      <h2 className="text-sm">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          className="flex min-h-10 w-full items-center gap-2 rounded-[inherit] px-4 py-1.5 text-left hover:bg-ink/2"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'chevron' : 'right'} className="size-3.5 text-faint" />
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span id={`${id}-title`} className="font-semibold">
              What would decide more
            </span>
            <span className="num text-xs text-faint">{undecidedShare(lacks)}</span>
          </span>
        </button>
      </h2>
      <div id={id}>{open && <Body lacks={lacks} />}</div>
    </section>
  );
};

const Body = ({ lacks: { inventory, reasons } }: { readonly lacks: Lacks }) => {
  const [all, setAll] = useState(false);
  const more = reasons.length - FIRST;
  return (
    <div className="border-t border-line px-4 py-3">
      {inventory !== null && <p className="mb-3 text-sm text-pretty text-soft">{inventory}</p>}
      <Remedies
        items={all ? reasons : reasons.slice(0, FIRST)}
        lead={({ rules }) => <b className="num font-medium">{formatPlural(rules, 'rule')}:</b>}
      />
      {more > 0 && !all && (
        <Button size="small" className="mt-2.5" onClick={() => setAll(true)}>
          {formatPlural(more, 'rarer reason')}
        </Button>
      )}
    </div>
  );
};
