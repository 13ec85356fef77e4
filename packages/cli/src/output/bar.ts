/** Bars of eighths of a character cell. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of at most `width` cells; a value above 0 shows at least the thinnest one. */
export const formatBar = (value: number, maximum: number, width: number): string => {
  if (value <= 0 || maximum <= 0) return '';
  const eighths = Math.max(1, Math.round((Math.min(value, maximum) / maximum) * width * 8));
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
};
