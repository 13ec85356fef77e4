/** Figures and traffic over time. */
import type { Histogram } from '@flowfit/lake/queries/histogram';
import type { SummaryPair } from '@flowfit/lake/queries/summary';
import type { Window } from '@flowfit/lake/queries/window';
import type { HistogramAnswer, SummaryAnswer } from '../contract/traffic.ts';

export const toSummaryAnswer = ({ current, previous }: SummaryPair, window: Window): SummaryAnswer => ({
  from: window.from ?? current.from,
  to: window.to ?? current.to,
  current,
  previous,
});

/** @param histogram by action */
export const toHistogramAnswer = ({ from, to, stepSeconds, rows }: Histogram, window: Window): HistogramAnswer => ({
  stepSeconds,
  from: from ?? window.from ?? 0,
  to: to ?? window.to ?? 0,
  rows: rows.map(({ series, ...row }) => ({ ...row, action: toAction(series) })),
});

const toAction = (series: unknown): 'ACCEPT' | 'REJECT' | null =>
  series === 'ACCEPT' || series === 'REJECT' ? series : null;
