/**
 * How long a silent connection is still the same connection. Source: EC2 User Guide, "Security group connection
 * tracking", idle connection tracking time-outs; an interface may set its own (`ConnectionTrackingConfiguration`).
 */
import { TCP, UDP } from '../net/protocol.ts';

/** AWS's defaults, seconds. */
export const TCP_ESTABLISHED_SECONDS = 432_000;
export const UDP_STREAM_SECONDS = 180;
export const UDP_SINGLE_SECONDS = 30;
export const OTHER_SECONDS = 600;

/** Reported times are up to a minute off. Seconds. */
export const TIME_TOLERANCE = 60;

/** An interface's own settings, seconds; null or absent = AWS's default. */
export interface TrackingSettings {
  readonly tcpEstablished: number | null;
  readonly udpStream: number | null;
  readonly udpSingle: number | null;
}

/**
 * Seconds of silence after which a connection is forgotten. `bothWays`: packets went in both directions, which makes a
 * UDP flow a stream.
 */
export function idleTimeout(protocol: number, bothWays: boolean, settings?: TrackingSettings): number {
  if (protocol === TCP) return settings?.tcpEstablished ?? TCP_ESTABLISHED_SECONDS;
  if (protocol !== UDP) return OTHER_SECONDS;
  if (bothWays) return settings?.udpStream ?? UDP_STREAM_SECONDS;
  return settings?.udpSingle ?? UDP_SINGLE_SECONDS;
}

/**
 * Whether a record that starts at `start` may continue a connection last seen at `lastSeen`. The reported times are
 * those of an aggregation interval and up to a minute off at both ends, so that interval and a minute are granted.
 */
export function isSameConnection(gap: {
  readonly lastSeen: number;
  readonly start: number;
  readonly timeout: number;
  readonly aggregationInterval: number;
}): boolean {
  return gap.start - gap.lastSeen <= gap.timeout + gap.aggregationInterval + TIME_TOLERANCE;
}
