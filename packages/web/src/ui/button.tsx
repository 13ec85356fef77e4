/** Buttons in two weights: `Button` with a frame, `IconButton` with an icon alone and its name for everyone else. */
import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './icon.tsx';

const FRAME =
  'inline-flex items-center gap-1.5 whitespace-nowrap rounded-md border border-line-strong bg-panel text-ink hover:bg-sunken disabled:opacity-50 data-[state=open]:bg-sunken aria-expanded:bg-sunken';

const SIZES = { normal: 'h-8 px-2.5 text-sm', small: 'h-7 px-2 text-xs' } as const;

/** For links that look like buttons. */
export const buttonClass = `${FRAME} ${SIZES.normal}`;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly size?: keyof typeof SIZES;
}

export const Button = ({ size = 'normal', className = '', ...rest }: ButtonProps) => (
  <button type="button" {...rest} className={`${FRAME} ${SIZES[size]} ${className}`} />
);

export const PrimaryButton = ({ className = '', ...rest }: ButtonHTMLAttributes<HTMLButtonElement>) => (
  <button
    type="button"
    {...rest}
    className={`inline-flex h-8 items-center gap-1.5 rounded-md bg-accent px-3 text-sm font-medium text-accent-ink hover:opacity-90 disabled:opacity-50 ${className}`}
  />
);

export const IconButton = ({
  icon,
  label,
  className = '',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly icon: IconName; readonly label: string }) => (
  <button
    type="button"
    title={label}
    aria-label={label}
    {...rest}
    className={`inline-grid size-8 shrink-0 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink disabled:opacity-40 data-[state=open]:bg-sunken ${className}`}
  >
    <Icon name={icon} />
  </button>
);
