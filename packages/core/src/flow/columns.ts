/** Names of fields as columns: Parquet and SQL cannot have AWS's hyphens, so AWS itself writes underscores there. */
import { fieldOf } from './fields.ts';
import { isTransitGatewayField } from './transit-gateway.ts';

/** `pkt-srcaddr` -> `pkt_srcaddr`. */
export const toColumn = (name: string): string => name.replaceAll('-', '_');

/**
 * `pkt_srcaddr` -> `pkt-srcaddr`. A name that is no field in either spelling stays as it is: it belongs to whoever
 * wrote it.
 */
export const toFieldName = (column: string): string => {
  const name = column.replaceAll('_', '-');
  return fieldOf(name) !== undefined || isTransitGatewayField(name) ? name : column;
};
