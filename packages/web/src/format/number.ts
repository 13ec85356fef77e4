/** Numbers as people read them, in English and with a fixed width of digits. */

const WHOLE = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** `12,345` */
export const formatCount = (value: number): string => WHOLE.format(value);

/** At most five characters and a letter: `12.3K`, `987`. */
export const formatCompact = (value: number): string => COMPACT.format(value);

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Decimal units, as AWS bills: `12.3 MB`. */
export const formatBytes = (value: number): string => {
  const power = value < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  const digits = power === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${BYTE_UNITS[power]}`;
};

/** Share of a whole: `<0.1 %`, `4.2 %`, `37 %`. */
export const formatShare = (part: number, whole: number): string => {
  if (whole <= 0) return '0 %';
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
};

/** Change against an earlier value: `+12 %`, `−3 %`, `×14`; null where there was nothing to compare with. */
export const formatChange = (current: number, previous: number): string | null => {
  if (previous === 0) return null;
  const ratio = current / previous;
  if (ratio >= 10) return `×${Math.round(ratio)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
};

/** `1 rule`, `2 rules` */
export const formatPlural = (count: number, noun: string, plural = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 ? noun : plural}`;
