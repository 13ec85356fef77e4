/** Numbers of address and port pairs as people read them: they reach from none to 2^145. */

const WHOLE = new Intl.NumberFormat('en');
const IN_WORDS = new Intl.NumberFormat('en', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumSignificantDigits: 3,
});

/** `1,024`, `4.29 billion`, `7.92 × 10^28`: exact below 100,000, else three digits. */
export const formatPairs = (count: number): string => {
  if (count < 100_000) return WHOLE.format(count);
  if (count < 1e15) return IN_WORDS.format(count);
  const [digits = '', exponent = ''] = count.toExponential(2).split('e+');
  return `${digits} × 10^${exponent}`;
};

/** `281,470,681,743,360 address-port pairs`. Beyond 2^53 it is the nearest number that a double can hold. */
export const exactPairs = (count: number): string =>
  `${BigInt(Math.round(count)).toLocaleString('en')} address-port ${count === 1 ? 'pair' : 'pairs'}`;
