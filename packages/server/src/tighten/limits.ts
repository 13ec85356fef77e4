/** Bytes of a body that names a point for each of thousands of groups. */
export const CHOICES_LIMIT = 1024 * 1024;
