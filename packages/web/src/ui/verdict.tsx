/** Verdicts and actions as a mark and a word: the form of the mark tells them apart without its colour. */
import type { ReactNode } from 'react';

type Tone = 'good' | 'bad' | 'open';

const TONE_CLASS: Readonly<Record<Tone, string>> = {
  good: 'bg-accept-wash text-accept-ink',
  bad: 'bg-reject-wash text-reject-ink',
  open: 'bg-sunken text-soft',
};

const MARKS: Readonly<Record<Tone, ReactNode>> = {
  good: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  bad: <circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  open: (
    <>
      <circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5 1.75a3.25 3.25 0 010 6.5z" fill="currentColor" />
    </>
  ),
};

const TONES: Readonly<Record<string, Tone>> = {
  used: 'good',
  active: 'good',
  unused: 'bad',
  silent: 'bad',
  unattached: 'bad',
  undecided: 'open',
};

export const Verdict = ({ verdict }: { readonly verdict: string }) => {
  const tone = TONES[verdict] ?? 'open';
  return (
    <span className={`inline-flex h-5 items-center gap-1.5 rounded-full px-2 text-xs font-medium ${TONE_CLASS[tone]}`}>
      <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden="true">
        {MARKS[tone]}
      </svg>
      {verdict}
    </span>
  );
};

/** A filled square for accepted, a crossed frame for rejected. */
export const ActionMark = ({ action }: { readonly action: string }) => (
  <svg
    viewBox="0 0 10 10"
    className={`size-2.5 shrink-0 ${action === 'REJECT' ? 'text-reject' : 'text-accept'}`}
    aria-hidden="true"
  >
    {action === 'REJECT' ? (
      <path d="M1 1h8v8H1zM1 9l8-8" fill="none" stroke="currentColor" strokeWidth="1.5" />
    ) : (
      <rect x="0.5" y="0.5" width="9" height="9" rx="1.5" fill="currentColor" />
    )}
  </svg>
);
