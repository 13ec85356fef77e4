/** A floating panel at a button. Not modal: the page behind stays usable, Escape and a click outside close it. */
import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface PopoverProps {
  readonly trigger: ReactNode;
  readonly label: string;
  readonly align?: 'start' | 'end';
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly className?: string;
  readonly children: ReactNode;
}

export const Popover = ({ trigger, label, align = 'start', className = '', children, ...state }: PopoverProps) => (
  <Radix.Root {...state}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={6}
        collisionPadding={8}
        aria-label={label}
        className={`float quiet-scroll z-40 max-h-[min(32rem,var(--radix-popover-content-available-height))] max-w-[calc(100vw-1rem)] p-2 text-sm ${className}`}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);

export const PopoverClose = Radix.Close;
