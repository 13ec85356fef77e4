/** Why rules are undecided on the left, what would decide them on the right; below each other where it is narrow. */
import { byRemedy, NOTHING_DECIDES } from '@flowfit/core/analysis/reasons';
import type { Undecided } from '@flowfit/server/contract/rules';
import { Fragment, type ReactNode } from 'react';

type Open = Pick<Undecided, 'reason' | 'meaning' | 'decide'>;

export interface RemediesProps<One extends Open> {
  readonly items: readonly One[];
  /** What stands in front of each meaning, and below it. */
  readonly lead?: (item: One) => ReactNode;
  readonly remark?: (item: One) => ReactNode;
}

export const Remedies = <One extends Open>({ items, lead, remark }: RemediesProps<One>) => (
  <ul className="text-sm text-pretty">
    {byRemedy(items).map(({ decide, items: together }) => (
      <li
        key={decide}
        className="grid gap-x-10 gap-y-1.5 border-t border-line py-2.5 first:border-t-0 first:pt-0 last:pb-0 md:grid-cols-2"
      >
        <ul className="space-y-1.5">
          {together.map((item) => (
            <li key={item.reason} data-reason={item.reason} className="max-w-[80ch]">
              {lead?.(item)} <span className="text-soft">{item.meaning}</span>
              {remark?.(item)}
            </li>
          ))}
        </ul>
        <p className="max-w-[80ch]">
          {decide === null ? (
            <span className="text-faint">{NOTHING_DECIDES}</span>
          ) : (
            <>
              <span className="text-faint">To decide it: </span>
              <WithCommands>{decide}</WithCommands>
            </>
          )}
        </p>
      </li>
    ))}
  </ul>
);

/** Texts for every place write commands in double quotes. Lines break between words only, not at hyphens. */
const WithCommands = ({ children }: { readonly children: string }) =>
  children.split('"').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className="font-mono text-xs">
        {part.split(' ').map((word, at) => (
          <Fragment key={word}>
            {at > 0 && ' '}
            <span className="whitespace-nowrap">{word}</span>
          </Fragment>
        ))}
      </code>
    ),
  );
