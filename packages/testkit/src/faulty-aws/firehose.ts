/** A delivery stream that refuses what a plan says and keeps what it accepts: partial failures are not to be had from emulators. */
import { type CallFailure, type PutAnswer, startFirehoseApi } from '../firehose/api.ts';
import type { LocalServer } from './http.ts';

/** What to do with call number `call` (0 = the first) of `size` records. */
export type FaultPlan = (call: number, size: number) => Fault | undefined;

export type Fault =
  /** Refuse these entries with the code of throttling. */
  | { readonly refuse: readonly number[] }
  /** Fail the call, before anything was written. */
  | { readonly fail: CallFailure };

export interface FaultyFirehose extends LocalServer {
  /** Accepted records as text, in the order of acceptance. */
  readonly accepted: readonly string[];
  /** Size of every call, failed ones included. */
  readonly calls: readonly number[];
}

export const THROTTLED: CallFailure = { status: 400, code: 'ServiceUnavailableException', message: 'Slow down.' };
export const SERVER_ERROR: CallFailure = { status: 500, code: 'InternalFailure', message: 'An internal error.' };
export const DENIED: CallFailure = { status: 400, code: 'AccessDeniedException', message: 'Not authorized.' };
export const HANG_UP: CallFailure = { status: 500, code: '', message: '', hangUp: true };

/** Starts the stream; without a plan it accepts everything. */
export async function startFaultyFirehose(plan: FaultPlan = () => undefined): Promise<FaultyFirehose> {
  const accepted: string[] = [];
  const calls: number[] = [];
  const server = await startFirehoseApi((_stream, records) => {
    const fault = plan(calls.length, records.length);
    calls.push(records.length);
    if (fault && 'fail' in fault) return fault.fail;
    const refused = new Set(fault?.refuse ?? []);
    return records.map((record, i): PutAnswer => {
      if (refused.has(i)) return { code: 'ServiceUnavailableException', message: 'Slow down.' };
      accepted.push(record.toString('utf8'));
      return { recordId: `record-${accepted.length}` };
    });
  });
  return { ...server, accepted, calls };
}
