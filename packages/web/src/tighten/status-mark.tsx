/** What is proposed for a group, in a word. */
import type { TightenStatus } from '@flowfit/server/contract/tighten';

const WORDS: Readonly<Record<TightenStatus, readonly [word: string, className: string]>> = {
  change: ['can be tighter', 'bg-accent-wash text-accent'],
  tight: ['fits', 'bg-accept-wash text-accept-ink'],
  'left-alone': ['left alone', 'bg-sunken text-soft'],
  'no-evidence': ['no evidence', 'bg-sunken text-soft'],
};

export const statusWord = (status: TightenStatus): string => WORDS[status][0];

export const StatusMark = ({ status }: { readonly status: TightenStatus }) => {
  const [word, className] = WORDS[status];
  return (
    <span
      data-status={status}
      className={`inline-flex h-5 items-center rounded-full px-2 text-xs font-medium whitespace-nowrap ${className}`}
    >
      {word}
    </span>
  );
};
