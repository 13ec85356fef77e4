import { FlowfitError } from '@flowfit/core/errors';

/**
 * `geo-file-missing`: the file is not there or may not be read. `geo-not-mmdb`: it is no MaxMind DB, or was cut off.
 * `geo-unknown-shape`: it is one, and its records hold no geography (an ASN database, say).
 */
export type GeoErrorCode = 'geo-file-missing' | 'geo-not-mmdb' | 'geo-unknown-shape';

export class GeoDatabaseError extends FlowfitError {
  override readonly name = 'GeoDatabaseError';

  constructor(code: GeoErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
