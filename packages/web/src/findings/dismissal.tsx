/** Dismiss with a reason that others can read later; restore. */
import type { Finding } from '@flowfit/server/contract/findings';
import { type FormEvent, useState } from 'react';
import { useDismissal } from '../api/queries.ts';
import { ALL } from '../state/range.ts';
import { useScope } from '../state/scope.ts';
import { Button, PrimaryButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';

export const Dismissal = ({ finding }: { readonly finding: Finding }) => {
  const { mutate, isPending, error } = useDismissal(useScope(ALL).window);
  if (finding.dismissed !== null) {
    return (
      <span className="flex flex-wrap items-center gap-2 text-xs text-soft">
        <span className="max-w-prose text-pretty">
          Dismissed on {finding.dismissed.at.slice(0, 10)}: {finding.dismissed.reason}
        </span>
        {error && <span role="alert">{error.message}</span>}
        <Button size="small" disabled={isPending} onClick={() => mutate({ id: finding.id, reason: null })}>
          <Icon name="undo" className="size-3" /> Restore
        </Button>
      </span>
    );
  }
  return (
    <DismissForm
      title={finding.title}
      pending={isPending}
      error={error}
      onDismiss={(reason) => mutate({ id: finding.id, reason })}
    />
  );
};

interface DismissFormProps {
  readonly title: string;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onDismiss: (reason: string) => void;
}

const DismissForm = ({ title, pending, error, onDismiss }: DismissFormProps) => {
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason.trim() !== '') onDismiss(reason.trim());
  };
  return (
    <Popover label={`Dismiss: ${title}`} align="end" className="w-80" trigger={<Button size="small">Dismiss…</Button>}>
      <form onSubmit={submit} className="grid gap-2 p-1">
        <label className="text-xs text-soft">
          Why nobody needs to act on it
          <textarea
            required
            rows={3}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            className="mt-1 w-full rounded-md border border-line-strong bg-panel px-2 py-1 text-sm text-ink"
          />
        </label>
        {error && (
          <p role="alert" className="text-xs text-high">
            {error.message}
          </p>
        )}
        <PrimaryButton type="submit" className="justify-self-end" disabled={pending || reason.trim() === ''}>
          Dismiss
        </PrimaryButton>
      </form>
    </Popover>
  );
};
