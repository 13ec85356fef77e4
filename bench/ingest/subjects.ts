/** What is measured, the reference among it. */
export const SUBJECTS = ['flowfit', 'duckdb', 'gunzip', 'loop'] as const;

export type Subject = (typeof SUBJECTS)[number];
