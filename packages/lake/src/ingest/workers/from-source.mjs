/** The reading thread where nothing is built: threads do not inherit what lets the process read TypeScript. */
import { register } from 'tsx/esm/api';

register();
export const { read } = await import('./read-worker.ts');
