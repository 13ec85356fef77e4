/** Records as CSV: one column for each field, and one for what no field of the table names. */
import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import { type FlowRow, type FlowRowValue, presentFields, streamFlows } from '@flowfit/lake/queries/flows';
import type { Selection } from '@flowfit/lake/queries/window';
import type { LakeState } from '@flowfit/lake/state';
import { toCsvLine } from '../contract/csv.ts';

const OTHERS = 'other-fields';

export const csvLines = async function* (lake: LakeState, selection: Selection): AsyncGenerator<string> {
  const names = [...(await presentFields(lake, selection)), ...ADDED_FIELDS.map(({ name }) => name)];
  const known = new Set(names);
  yield toCsvLine([...names, OTHERS]);
  for await (const flow of streamFlows(lake, selection)) {
    yield toCsvLine([...names.map((name) => toCell(flow[name] ?? null)), othersOf(flow, known)]);
  }
};

/** Lists are joined by blanks, as ids hold none. */
const toCell = (value: FlowRowValue): string | number => {
  if (value === null) return '';
  if (typeof value !== 'object') return value;
  return 'lat' in value ? `${value.lat},${value.lon}` : value.join(' ');
};

const othersOf = (flow: FlowRow, known: ReadonlySet<string>): string => {
  const others = Object.entries(flow).filter(([name]) => !known.has(name));
  return others.length === 0 ? '' : JSON.stringify(Object.fromEntries(others));
};
