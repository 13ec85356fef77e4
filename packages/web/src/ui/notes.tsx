/** What stands where there is nothing to show: why, and what to do about it. */
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

const Note = ({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
}) => (
  <div className="flex flex-1 flex-col items-center justify-center gap-1.5 px-6 py-8 text-center">
    <Icon name={icon} className="size-5 text-faint" />
    <p className="text-sm font-medium">{title}</p>
    <div className="max-w-md text-sm text-soft text-pretty">{children}</div>
  </div>
);

export const EmptyNote = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Note icon="info" title={title}>
    {children}
  </Note>
);

/** `children` say what an inventory is needed for. */
export const NoInventory = ({ children }: { readonly children: ReactNode }) => (
  <EmptyNote title="The lake has no inventory">
    {children} Export it with the AWS CLI, then:
    <code className="mt-2 block rounded bg-sunken px-2 py-1 font-mono">flowfit inventory add PATH</code>
  </EmptyNote>
);

export const ErrorNote = ({
  error,
  onRetry,
}: {
  readonly error: Error;
  readonly onRetry?: (() => void) | undefined;
}) => (
  <div role="alert" className="flex flex-1">
    <Note icon="warning" title="This could not be loaded">
      <p className="break-words">{error.message}</p>
      {onRetry && (
        <Button className="mt-3" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Note>
  </div>
);

/** Lines of the same height as the rows to come. */
export const SkeletonRows = ({ rows, height = 30 }: { readonly rows: number; readonly height?: number }) => (
  <div aria-hidden="true">
    {Array.from({ length: rows }, (_, row) => row).map((row) => (
      <div key={row} className="flex items-center px-4" style={{ height }}>
        <div className="skeleton h-2.5" style={{ width: `${88 - ((row * 37) % 48)}%` }} />
      </div>
    ))}
  </div>
);
