/** Numbers and times as people read them. Always the same wherever the machine stands: English digits, UTC. */

/** `1234567` -> `1,234,567`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** `formatQuantity(1, 'record')` -> `1 record`; other numbers take the plural. */
export const formatQuantity = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatCount(count)} ${count === 1 ? singular : plural}`;

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1536` -> `1.5 KiB`. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.95 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${BINARY_UNITS[unit]}`;
};

/** Unix seconds or ISO 8601 -> `2026-06-01 07:30:00`; null -> `-`. */
export const formatTime = (time: number | string | null): string => {
  if (time === null) return '-';
  const date = new Date(typeof time === 'number' ? time * 1000 : time);
  return date.toISOString().slice(0, 19).replace('T', ' ');
};

/** Unix seconds -> `2026-06-01T07:30:00Z`. */
export const toIso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

const DURATIONS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Two units at most: `90061` -> `1 d 1 h`; below a minute one decimal, `1.54` -> `1.5 s`. */
export const formatDuration = (seconds: number): string => {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1).replace(/\.0$/, '') : Math.round(seconds)} s`;
  const first = DURATIONS.findIndex(([size]) => seconds >= size);
  const [size, unit] = DURATIONS[first] as (typeof DURATIONS)[number];
  const [smaller, smallerUnit] = DURATIONS[first + 1] as (typeof DURATIONS)[number];
  const whole = Math.floor(seconds / size);
  const rest = Math.floor((seconds - whole * size) / smaller);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smallerUnit}`;
};

/** `formatShare(1, 8)` -> `12.5 %`; of nothing `-`. */
export const formatShare = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
