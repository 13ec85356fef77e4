import type { ReactNode } from 'react';

export interface PageTitleProps {
  readonly title: ReactNode;
  readonly note: ReactNode;
  /** At the right end. */
  readonly children?: ReactNode;
}

export const PageTitle = ({ title, note, children }: PageTitleProps) => (
  <div className="flex flex-wrap items-end gap-x-4 gap-y-2 py-4">
    <div className="min-w-0 flex-1 basis-80">
      <div className="text-lg font-semibold tracking-tight">{title}</div>
      <div className="text-sm text-soft text-pretty">{note}</div>
    </div>
    {children}
  </div>
);
