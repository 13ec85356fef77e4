/** What the functions say about their work: structured log lines and counts. Powertools' classes fit these shapes. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export interface Log {
  readonly info: (message: string, data: Record<string, unknown>) => void;
  readonly warn: (message: string, data: Record<string, unknown>) => void;
  readonly error: (message: string, data: Record<string, unknown>) => void;
}

/** Adds to a counter of this invocation. */
export type Count = (name: string, value: number) => void;

export interface Telemetry {
  readonly log: Log;
  readonly count: Count;
  /** Writes the counts of the invocation out; called once at its end, also when it fails. */
  readonly flush: () => void;
}

/** Namespace of all metrics; the dashboard and the alarms name it. */
export const METRIC_NAMESPACE = 'Flowfit';

/** JSON lines and embedded-metric lines on stdout, which Lambda hands to CloudWatch. */
export function powertools(service: string): Telemetry {
  const log = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  return {
    log: {
      info: (message, data) => log.info(message, data),
      warn: (message, data) => log.warn(message, data),
      error: (message, data) => log.error(message, data),
    },
    count: (name, value) => metrics.addMetric(name, MetricUnit.Count, value),
    flush: () => metrics.publishStoredMetrics(),
  };
}
