/** How many rules of a group were used: a bar of three parts and their numbers. */
import type { Group } from '@flowfit/server/contract/rules';

export const RulesBar = ({ rules: { used, undecided, unused } }: { readonly rules: Group['rules'] }) => {
  const total = used + undecided + unused;
  const share = (count: number): string => `${(100 * count) / Math.max(1, total)}%`;
  return (
    <div className="flex items-center gap-2.5" title={`${used} used, ${undecided} undecided, ${unused} unused`}>
      <div className="flex h-2 min-w-16 flex-1 gap-px overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <span className="bg-accept" style={{ width: share(used) }} />
        <span className="bg-line-strong" style={{ width: share(undecided) }} />
        <span className="bg-reject" style={{ width: share(unused) }} />
      </div>
      <span className="num w-16 shrink-0 text-right text-xs text-soft">
        {used} · {undecided} · {unused}
      </span>
    </div>
  );
};
