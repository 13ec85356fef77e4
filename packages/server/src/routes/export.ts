import type { Route } from '../context.ts';
import { exportQuery } from '../contract/records.ts';
import { csvLines } from '../export/csv.ts';
import { ndjsonLines } from '../export/ndjson.ts';
import { parquetBytes } from '../export/parquet.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

const WRITERS = { csv: csvLines, ndjson: ndjsonLines, parquet: parquetBytes } as const;

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
} as const;

export const exportRoute: Route = (app, { access }) => {
  app.get(
    '/export',
    { schema: { summary: 'All records that match, as a file: CSV, NDJSON or Parquet', querystring: exportQuery } },
    async (request, reply) => {
      const { format, ...scope } = request.query;
      const selection = toSelection(scope);
      const records = await access.stream(askerOf(request, reply), ({ lake, signal }) =>
        WRITERS[format](lake, { ...selection, signal }),
      );
      return reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="flows.${format}"`)
        .send(records);
    },
  );
};
