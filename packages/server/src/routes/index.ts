/** Every route below /api/v1. A new one is a file here and a line in this list. */
import type { Route } from '../context.ts';

export const ROUTES: readonly Route[] = [];
