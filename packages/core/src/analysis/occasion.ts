/** Tells conversations of one peer apart, see `TopTally`: by what they are, never by their place in the input. */
import type { Conversation } from '../conversation/model.ts';
import { mix32 } from './distinct-count.ts';

export const occasionOf = ({ firstSeen, lastSeen, bytes, servicePort }: Conversation): number =>
  mix32(mix32(mix32(firstSeen) ^ lastSeen) ^ bytes) ^ (servicePort ?? 0);
