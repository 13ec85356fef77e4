/** Who asks, and for how long the answer is wanted. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A page says with it which revision it shows, as /overview gave it. */
export const REVISION_HEADER = 'flowfit-revision';

export interface Asker {
  /** Programs on one machine are told apart by the name that they give themselves. */
  readonly client: string;
  /** Of the state that the page shows; null = the newest. */
  readonly revision: string | null;
  /** Aborts when the client goes away before its answer is complete. */
  readonly signal: AbortSignal;
}

export const askerOf = (request: FastifyRequest, reply: FastifyReply): Asker => {
  const controller = new AbortController();
  const leave = (): void => {
    if (!reply.raw.writableFinished) controller.abort();
  };
  if (reply.raw.destroyed) leave();
  else reply.raw.once('close', leave);
  const revision = request.headers[REVISION_HEADER];
  return {
    client: `${request.ip} ${request.headers['user-agent'] ?? ''}`,
    revision: typeof revision === 'string' ? revision : null,
    signal: controller.signal,
  };
};
