/** The geography database, and what its licence asks to be shown beside results. */
import type { GeoDatabase } from '@flowfit/geo/database';
import type { Shell } from './shell.ts';

/** The user's own file, else the best database that is installed. */
export const openGeography = async (userFile?: string): Promise<GeoDatabase> => {
  const { openBestGeoDatabase } = await import('@flowfit/geo/bundled');
  return openBestGeoDatabase({ base: import.meta.url, ...(userFile === undefined ? {} : { userFile }) });
};

const GEOGRAPHY_FIELD = /^(source|destination)-/;

export const isGeographyField = (name: string): boolean => GEOGRAPHY_FIELD.test(name);

/**
 * Says below results that show geography whose data the best installed database holds. The lake does not record which
 * file located its records; who brings an own one knows its terms.
 */
export const noteAttribution = async (shell: Shell): Promise<void> => {
  const { findBundledDatabases } = await import('@flowfit/geo/bundled');
  const [best] = findBundledDatabases(import.meta.url);
  if (best?.terms.attribution == null) return;
  const link = best.terms.link === null ? '' : ` (${best.terms.link})`;
  const text = `${best.terms.attribution}${link}, unless --geoip named another database when the logs were ingested.`;
  await shell.note(shell.errorColours.dim(text));
};

/** `Country data by IPtoASN (https://iptoasn.com), built 2026-06-17.` */
export const formatAttribution = ({ attribution, link, name, buildDate }: GeoDatabase['info']): string => {
  const source = attribution ?? `Geography from ${name}`;
  const text = source.replace(/\.$/, '');
  const linked = link === null || text.includes(link) ? text : `${text} (${link})`;
  return `${linked}, built ${buildDate.slice(0, 10)}.`;
};
