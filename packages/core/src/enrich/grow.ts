/** An array of integers that grows as things get numbers; what was not written yet is 0. */
export const grown = (array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> => {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, 2 * array.length, 64));
  larger.set(array);
  return larger;
};
