/** Fields as values to group by. */
import { addedFieldOf } from '@flowfit/core/enrich/added';
import { columnOf } from '../sql/columns.ts';

/** The value to group by; lists become their elements. */
export const valueSql = (field: string): string => {
  const column = columnOf(field);
  switch (addedFieldOf(field)?.type) {
    case 'text-list':
      return `unnest(CASE WHEN len(${column}) > 0 THEN ${column} ELSE [NULL] END)`;
    case 'location':
      return `CASE WHEN ${column} IS NOT NULL THEN ${column}.lat || ',' || ${column}.lon END`;
    default:
      return column;
  }
};
