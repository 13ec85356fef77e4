/** What the numbers rest on, and whom the geography comes from. */
import { useOverview } from './api/queries.ts';
import { formatCount, formatPlural } from './format/number.ts';
import { formatMoment } from './format/time.ts';

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

export const Footer = () => {
  const { data } = useOverview();
  return (
    <footer className="border-t border-line">
      <div className="mx-auto flex min-h-12 max-w-[160rem] flex-wrap items-center gap-x-6 gap-y-1 px-3 py-3 text-xs text-faint sm:px-5">
        {data && (
          <>
            <span className="num">
              {formatCount(data.records.stored)} records from {formatPlural(data.objects, 'object')}
              {sum(data.records.rejected) > 0 && `, ${formatCount(sum(data.records.rejected))} unreadable`}
            </span>
            <span className="num">
              {data.inventory === null
                ? 'No inventory'
                : `Inventory of ${formatMoment(Date.parse(data.inventory.capturedAt) / 1000)}: ${formatPlural(data.inventory.groups, 'group')}, ${formatPlural(data.inventory.interfaces, 'interface')}`}
            </span>
            <span className="flex-1" />
            {data.geography.map(({ name, buildDate, attribution, url }) => (
              <span key={name}>
                {url === null ? (
                  attribution
                ) : (
                  <a href={url} rel="noreferrer" target="_blank" className="underline underline-offset-2">
                    {attribution}
                  </a>
                )}{' '}
                ({name}, {buildDate.slice(0, 10)})
              </span>
            ))}
            <span>Times in UTC</span>
            <span>Flowfit {data.version}</span>
          </>
        )}
      </div>
    </footer>
  );
};
