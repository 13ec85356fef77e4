/** The geography database, and what its licence asks to be shown beside results. */
import type { GeoDatabase } from '@flowfit/geo/database';

/** The user's own file, else the best database that is installed. */
export const openGeography = async (userFile?: string): Promise<GeoDatabase> => {
  const { openBestGeoDatabase } = await import('@flowfit/geo/bundled');
  return openBestGeoDatabase({ base: import.meta.url, ...(userFile === undefined ? {} : { userFile }) });
};

/** `Country data by IPtoASN (https://iptoasn.com), built 2026-06-17.` */
export const formatAttribution = ({ attribution, link, name, buildDate }: GeoDatabase['info']): string => {
  const source = attribution ?? `Geography from ${name}`;
  const text = source.replace(/\.$/, '');
  const linked = link === null || text.includes(link) ? text : `${text} (${link})`;
  return `${linked}, built ${buildDate.slice(0, 10)}.`;
};
