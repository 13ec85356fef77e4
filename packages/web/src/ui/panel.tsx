/** A titled part of a page. While it loads again its content stays, under a thin moving line. */
import { type ReactNode, useId } from 'react';
import { ErrorNote } from './notes.tsx';

export interface PanelProps {
  readonly title: string;
  /** Beside the title, quieter. */
  readonly note?: ReactNode;
  /** At the right end of the title's line. */
  readonly tools?: ReactNode;
  readonly busy?: boolean;
  readonly error?: Error | null;
  readonly onRetry?: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

export const Panel = ({ title, note, tools, busy = false, error, onRetry, className = '', children }: PanelProps) => {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      aria-busy={busy}
      className={`panel relative flex min-w-0 flex-col overflow-hidden ${className}`}
    >
      {busy && (
        <div className="absolute inset-x-0 top-0 h-0.5 overflow-hidden" aria-hidden="true">
          <div className="h-full w-1/3 animate-[slide_1.2s_linear_infinite] bg-accent" />
        </div>
      )}
      <header className="flex h-10 shrink-0 items-center gap-2 px-4">
        <h2 id={id} className="shrink-0 text-sm font-semibold">
          {title}
        </h2>
        <div className="min-w-0 flex-1 truncate text-xs text-faint">{note}</div>
        {tools}
      </header>
      {error ? <ErrorNote error={error} onRetry={onRetry} /> : children}
    </section>
  );
};
