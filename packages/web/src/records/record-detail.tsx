/** One record with all its fields; every value can be filtered by. */
import type { Flow } from '@flowfit/server/contract/records';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { formatValue } from '../format/field.ts';
import { include } from '../state/facets.ts';
import type { ScopeState } from '../state/scope.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { Icon } from '../ui/icon.tsx';

export interface RecordDetailProps {
  readonly flow: Flow;
  readonly state: ScopeState;
  readonly onClose: () => void;
}

export const RecordDetail = ({ flow, state, onClose }: RecordDetailProps) => (
  <Dialog.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
    <Dialog.Portal>
      <Dialog.Content
        aria-describedby={undefined}
        onInteractOutside={(event) => event.preventDefault()}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
        }}
        className="fixed inset-y-0 right-0 z-50 flex w-[27rem] max-w-full flex-col border-l border-line bg-raised shadow-(--shadow-float)"
      >
        <div className="flex h-12 items-center gap-2 border-b border-line px-4">
          <Dialog.Title className="flex-1 text-sm font-semibold">Record</Dialog.Title>
          <CopyButton flow={flow} />
          <Dialog.Close asChild>
            <IconButton icon="cross" label="Close" />
          </Dialog.Close>
        </div>
        <dl className="quiet-scroll flex-1 py-2">
          {Object.entries(flow).map(([field, value]) => (
            <div key={field} className="group flex items-start gap-2 px-4 py-1 text-xs hover:bg-sunken">
              <dt className="w-40 shrink-0 text-faint">{field}</dt>
              <dd className={`num min-w-0 flex-1 font-mono break-all ${value === null ? 'text-faint' : ''}`}>
                {formatValue(field, value)}
                {toFilterable(value).map((text) => (
                  <button
                    key={text}
                    type="button"
                    aria-label={`Filter by ${field} ${text}`}
                    title={`Filter by ${text}`}
                    className="ml-1 inline-grid size-4 place-items-center rounded align-middle text-soft opacity-0 hover:bg-line group-hover:opacity-100 focus-visible:opacity-100"
                    onClick={() => state.setFacets((facets) => include(facets, field, text))}
                  >
                    <Icon name="plus" className="size-3" />
                  </button>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
);

const toFilterable = (value: unknown): readonly string[] => {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return Array.isArray(value) ? value.map(String) : [];
};

const CopyButton = ({ flow }: { readonly flow: Flow }) => {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const words = { idle: 'Copy JSON', copied: 'Copied', refused: 'The browser refused' };
  return (
    <Button
      onClick={async () => setState((await copyText(JSON.stringify(flow, null, 2))) ? 'copied' : 'refused')}
      onBlur={() => setState('idle')}
    >
      <Icon name={state === 'copied' ? 'check' : 'copy'} className="size-3.5" />
      <span aria-live="polite">{words[state]}</span>
    </Button>
  );
};
