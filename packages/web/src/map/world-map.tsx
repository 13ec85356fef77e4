/**
 * The world in the Equal Earth projection: areas keep their size, so that a shaded country does not look larger than
 * it is. Countries are shaded by traffic; where the database knows coordinates, discs show them.
 */
import type { MapAnswer } from '@flowfit/server/contract/traffic';
import { geoEqualEarth, geoPath } from 'd3-geo';
import { useMemo } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import outlines from 'world-atlas/countries-110m.json';
import type { Measure } from '../state/scope.ts';
import { useWidth } from '../ui/use-width.ts';
import { countryCodeOf } from './countries.ts';

const WORLD = outlines as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
/** Nobody sends packets from Antarctica, and it takes a fifth of the picture. */
const COUNTRIES = feature(WORLD, WORLD.objects.countries).features.filter(({ id }) => id !== '010');
const MAX_RADIUS = 14;
const MIN_RADIUS = 2.5;

export interface WorldMapProps {
  readonly answer: MapAnswer;
  readonly measure: Measure;
  readonly format: (value: number) => string;
  readonly onChoose: (countryCode: string) => void;
}

export const WorldMap = ({ answer, measure, format, onChoose }: WorldMapProps) => {
  const [ref, width] = useWidth<HTMLDivElement>();
  const height = Math.round(Math.min(width * 0.5, 340));
  const { shapes, projection } = useMemo(() => project(width, height), [width, height]);
  const byCode = new Map(answer.countries.map((country) => [country.code, country]));
  const largest = Math.max(1, ...answer.countries.map((country) => country[measure]));
  const largestPoint = Math.max(1, ...answer.points.map((point) => point[measure]));
  return (
    <div ref={ref} className="flex h-full items-center">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`World map: sources in ${answer.countries.length} countries. The list beside it names them.`}
        >
          {shapes.map(({ key, code, name, path }) => {
            const country = code === undefined ? undefined : byCode.get(code);
            const amount = country?.[measure] ?? 0;
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the list of countries does the same for the keyboard
              <path
                key={key}
                d={path}
                className={`stroke-(--land-line) ${amount > 0 ? 'cursor-pointer fill-accept hover:fill-accent' : 'fill-(--land)'}`}
                strokeWidth={0.5}
                fillOpacity={amount > 0 ? shade(amount, largest, answer.points.length > 0) : 1}
                onClick={() => code !== undefined && amount > 0 && onChoose(code)}
              >
                <title>{amount > 0 ? `${country?.name ?? name}: ${format(amount)}` : name}</title>
              </path>
            );
          })}
          {answer.points.map((point) => {
            const place = projection([point.lon, point.lat]);
            if (place === null) return null;
            return (
              <circle
                key={`${point.lat},${point.lon}`}
                cx={place[0]}
                cy={place[1]}
                r={Math.max(MIN_RADIUS, MAX_RADIUS * Math.sqrt(point[measure] / largestPoint))}
                className="pointer-events-none fill-reject/55 stroke-panel"
                strokeWidth={0.75}
              />
            );
          })}
        </svg>
      )}
    </div>
  );
};

/** Traffic spans orders of magnitude: the logarithm keeps the small ones visible. Beneath discs shades stay light. */
const shade = (amount: number, largest: number, beneathDiscs: boolean): number => {
  const share = Math.log1p(amount) / Math.log1p(largest);
  return beneathDiscs ? 0.15 + 0.3 * share : 0.2 + 0.75 * share;
};

const project = (width: number, height: number) => {
  const world = { type: 'FeatureCollection' as const, features: COUNTRIES };
  const projection = geoEqualEarth().fitSize([Math.max(1, width), Math.max(1, height)], world);
  const draw = geoPath(projection);
  const shapes = COUNTRIES.map((country, index) => ({
    key: `${country.id ?? index}-${index}`,
    code: countryCodeOf(country.id),
    name: country.properties.name,
    path: draw(country) ?? '',
  }));
  return { shapes, projection };
};
