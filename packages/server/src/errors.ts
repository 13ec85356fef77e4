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

  toBody(): ErrorBody {
    return toBody(this.code, this.message, this.details);
  }
}

/** The client went away; nobody reads the answer. */
const CLIENT_CLOSED_REQUEST = 499;

/** Status of the errors that the lake and the domain throw; what is not named here is a fault of the server's side. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'filter-invalid': 400,
  'field-unknown': 400,
  'window-invalid': 400,
  'lake-locked': 409,
  'lake-missing': 503,
  'lake-newer': 503,
  'lake-damaged': 503,
  'disk-full': 507,
};

const statusOf = (code: string): number => STATUS_OF_CODE[code] ?? (/(^|-)unknown(-|$)/.test(code) ? 404 : 500);

/** Answers every error as `{ code, message, details }`; defects are logged and shown without their inside. */
export const answerErrors = (app: FastifyInstance): void => {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiError) return reply.status(error.status).send(error.toBody());
    if (error instanceof FlowfitError)
      return reply.status(statusOf(error.code)).send(toBody(error.code, error.message));
    if (hasZodFastifySchemaValidationErrors(error)) {
      const issues = error.validation.map(({ instancePath, message }) => ({ at: instancePath, message }));
      const [first] = issues;
      const message = `The request is not valid: ${first?.at ?? ''} ${first?.message ?? ''}. See /api/openapi.json.`;
      return reply.status(400).send(toBody('request-invalid', message, { issues }));
    }
    if (isAbort(error)) {
      return reply.status(CLIENT_CLOSED_REQUEST).send(toBody('cancelled', 'The client went away before the answer.'));
    }
    const status = statusOfFastify(error);
    if (status < 500) return reply.status(status).send(toBody('request-invalid', (error as Error).message));
    request.log.error(error);
    return reply.status(500).send(toBody('internal', 'The server failed on this request. Its log says why.'));
  });
};

const toBody = (code: string, message: string, details?: Readonly<Record<string, unknown>>): ErrorBody =>
  details === undefined ? { code, message } : { code, message, details };

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const statusOfFastify = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
