/** Records over time as bars, rejected ones hatched on top. */
import type { Histogram } from '@flowfit/lake/queries/histogram';
import { Html, html } from './markup.ts';
import { count, ofSeconds } from './words.ts';

const WIDTH = 1150;
const HEIGHT = 140;

export const histogramSvg = ({ from, to, stepSeconds, rows }: Histogram): Html => {
  if (from === null || to === null) return html`<p class="soft">No records.</p>`;
  const bars = Math.max(1, Math.round((to - from) / stepSeconds));
  const width = WIDTH / bars;
  const accepted = new Map<number, number>();
  const rejected = new Map<number, number>();
  for (const { time, series, flows } of rows) {
    const index = Math.floor((time - from) / stepSeconds);
    const part = series === 'REJECT' ? rejected : accepted;
    part.set(index, (part.get(index) ?? 0) + flows);
  }
  const heightOf = (index: number): number => (accepted.get(index) ?? 0) + (rejected.get(index) ?? 0);
  const indices = Array.from({ length: bars }, (_, index) => index);
  const top = Math.max(1, ...indices.map(heightOf));
  const bar = (index: number, value: number, below: number, fill: string): Html => {
    const height = (value / top) * HEIGHT;
    const y = HEIGHT - ((value + below) / top) * HEIGHT;
    return new Html(
      `<rect x="${(index * width).toFixed(2)}" y="${y.toFixed(2)}" width="${Math.max(0.5, width - 1).toFixed(2)}" height="${height.toFixed(2)}" fill="${fill}"/>`,
    );
  };
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="Records over time, at most ${count(top)} in a bar">
<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="var(--reject)"/><line y2="5" stroke="var(--panel)" stroke-width="2" opacity=".45"/></pattern>
${indices.map((index) => bar(index, accepted.get(index) ?? 0, 0, 'var(--accept)'))}
${indices.map((index) => bar(index, rejected.get(index) ?? 0, accepted.get(index) ?? 0, 'url(#hatch)'))}
</svg><p class="faint">${ofSeconds(from)} to ${ofSeconds(to)} UTC, at most ${count(top)} records in a bar. Blue: accepted. Orange, hatched: rejected.</p>`;
};
