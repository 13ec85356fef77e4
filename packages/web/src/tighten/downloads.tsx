/** The change as files: patches, their rollback, and the proof. */
import type { Choices, TightenFile, TightenPin } from '@flowfit/server/contract/tighten';
import { useState } from 'react';
import type { TimeWindow } from '../state/range.ts';
import { PrimaryButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';
import { useTightenFile } from './queries.ts';

const SECTIONS: readonly {
  readonly title: string;
  readonly files: readonly { readonly kind: TightenFile; readonly label: string; readonly hint: string }[];
}[] = [
  {
    title: 'The change',
    files: [
      { kind: 'terraform', label: 'Terraform', hint: 'rules as resources, with import and removed blocks' },
      { kind: 'cloudformation', label: 'CloudFormation', hint: 'templates, with the rules that exist imported' },
      { kind: 'apply', label: 'AWS CLI script', hint: 'authorises first, revokes after' },
      { kind: 'rollback', label: 'Rollback script', hint: 'back to the rules of today' },
    ],
  },
  {
    title: 'The proof',
    files: [
      { kind: 'certificate', label: 'Certificate', hint: 'for flowfit verify FILE --lake DIR' },
      { kind: 'bundle', label: 'Certificate with connections', hint: 'for colleagues without the lake' },
      { kind: 'recommendation', label: 'Recommendation', hint: 'for flowfit replay --recommendation FILE' },
    ],
  },
];

export interface DownloadsProps {
  readonly window: TimeWindow;
  readonly choices: Choices;
  readonly pins: readonly TightenPin[];
  /** Whether there is a change at all. */
  readonly disabled: boolean;
}

export const Downloads = ({ window, choices, pins, disabled }: DownloadsProps) => {
  const [open, setOpen] = useState(false);
  const { mutate, isPending, error, variables } = useTightenFile(window, choices, pins);
  return (
    <Popover
      label="Download"
      align="end"
      className="w-80"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <PrimaryButton disabled={disabled}>
          <Icon name="download" className="size-3.5" /> Download
        </PrimaryButton>
      }
    >
      {SECTIONS.map(({ title, files }) => (
        <section key={title} aria-label={title}>
          <h3 className="px-2 pt-1.5 pb-0.5 text-xs text-faint">{title}</h3>
          {files.map(({ kind, label, hint }) => (
            <button
              key={kind}
              type="button"
              disabled={isPending}
              className="block w-full rounded px-2 py-1 text-left hover:bg-sunken disabled:opacity-50"
              onClick={() => mutate(kind, { onSuccess: () => setOpen(false) })}
            >
              {label}
              <span className="block text-xs text-faint">
                {isPending && variables === kind ? 'being made …' : hint}
              </span>
            </button>
          ))}
        </section>
      ))}
      {error && (
        <p role="alert" className="px-2 py-1 text-xs text-high">
          {error.message}
        </p>
      )}
    </Popover>
  );
};
