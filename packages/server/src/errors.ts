/** Errors of the API: a status, a stable code, a message with the remedy, and details for programs. */
import { FlowfitError } from '@flowfit/core/errors';
import type { FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ErrorBody } from './contract/common.ts';

export class ApiError extends FlowfitError {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(status: number, code: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(code, message);
    this.status = status;
    this.details = details;
  }
}

/** The client went away; nobody reads the answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** A turn is a matter of seconds. */
const RETRY_AFTER_SECONDS = 2;

/** Status of the errors that the lake and the domain throw; what is not named here is a fault of the server's side. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'filter-invalid': 400,
  'field-unknown': 400,
  'window-invalid': 400,
  'keep-unknown': 422,
  'keep-expired': 422,
  'patch-needs-rule-ids': 422,
  'patch-rule-unreadable': 422,
  'certificate-no-records': 422,
  'certificate-not-rolled-up': 409,
  'lake-locked': 409,
  'lake-missing': 503,
  'lake-newer': 503,
  'lake-damaged': 503,
  'disk-full': 507,
};

const statusOf = (code: string): number => STATUS_OF_CODE[code] ?? (/(^|-)unknown(-|$)/.test(code) ? 404 : 500);

/**
 * Answers every error as `{ code, message, details }`; the details name the request as the log does. What the server's
 * side is to blame for is logged; a defect is shown without its inside.
 */
export const answerErrors = (app: FastifyInstance): void => {
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message, details } = answerOf(error, request.id);
    if (code === 'internal') request.log.error({ err: error, req: request }, code);
    else if (status >= 500 && code !== 'server-busy') request.log.warn({ err: error, req: request }, code);
    if (code === 'server-busy') reply.header('retry-after', RETRY_AFTER_SECONDS);
    return reply.status(status).send({ code, message, details: { ...details, reqId: request.id } });
  });
};

interface Answer extends ErrorBody {
  readonly status: number;
}

const answerOf = (error: unknown, reqId: string): Answer => {
  if (error instanceof ApiError) {
    const { status, code, message, details } = error;
    return { status, code, message, details };
  }
  if (error instanceof FlowfitError) {
    return { status: statusOf(error.code), code: error.code, message: error.message };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message }) => ({ at: instancePath, message }));
    const [first] = issues;
    const message = `The request is not valid: ${first?.at ?? ''} ${first?.message ?? ''}. See /api/openapi.json.`;
    return { status: 400, code: 'request-invalid', message, details: { issues } };
  }
  if (isAbort(error)) {
    return { status: CLIENT_CLOSED_REQUEST, code: 'cancelled', message: 'The client went away before the answer.' };
  }
  const status = statusOfFastify(error);
  if (status < 500) return { status, code: 'request-invalid', message: (error as Error).message };
  const message = `The server failed on this request. Its log says why: look for ${reqId}.`;
  return { status: 500, code: 'internal', message };
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const statusOfFastify = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
